import Inventory

/// The sockets of `/proc/net/tcp`, `tcp6`, `udp` and `udp6` at which others are waited for.
///
/// - Source: proc_pid_net(5), and `tcp4_seq_show` of the kernel.
struct ListeningSockets {
    struct Socket: Hashable {
        let transport: String
        let port: Int
        let reach: RunningState.Reach
    }

    /// Most sockets that are kept.
    static let maximumSockets = 10_000

    /// By number of the socket.
    private(set) var sockets: [UInt64: Socket] = [:]

    /// Takes a line of one of the tables. What is no socket that waits is left out.
    ///
    /// - Parameters:
    ///   - transport: "tcp" or "udp".
    ///   - clientPorts: From which port on the kernel gives ports to those who ask somebody: a socket of UDP there waits for an answer.
    /// - Returns: Whether it was one.
    @discardableResult
    mutating func take(_ line: some StringProtocol, transport: String, clientPorts: Int) -> Bool {
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        // 0A is LISTEN; of UDP, 07 is a socket that is connected to nobody.
        guard fields.count >= 10, fields[3] == (transport == "tcp" ? "0A" : "07"), let number = UInt64(fields[9]),
            let mark = fields[1].lastIndex(of: ":"), let reach = Self.reach(fields[1][..<mark]),
            let port = Int(fields[1][fields[1].index(after: mark)...], radix: 16), (1...65535).contains(port),
            transport == "tcp" || port < clientPorts
        else { return false }
        guard number != 0, sockets.count < Self.maximumSockets else { return true }
        sockets[number] = Socket(transport: transport, port: port, reach: reach)
        return true
    }

    /// - Parameter address: Words of 8 hexadecimal digits, each a number of this machine's byte order: one, or four of IPv6.
    static func reach(_ address: some StringProtocol) -> RunningState.Reach? {
        guard address.utf8.count == 8 || address.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var rest = address[...]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        let isMapped =
            bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped { bytes = Array(bytes.suffix(4)) }
        if bytes.allSatisfy({ $0 == 0 }) { return .any }
        if bytes.count == 4 { return bytes[0] == 127 ? .loopback : .address }
        return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 ? .loopback : .address
    }
}
