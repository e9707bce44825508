import Glibc

/// A connection to a service that runs in this same process, so that its edges count.
final class LocalConnection {
    private let descriptor: CInt
    private var received: [UInt8] = []

    /// - Returns: `nil` when nobody listens.
    init?(port: Int) {
        guard let descriptor = Self.connected(port) else { return nil }
        self.descriptor = descriptor
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        // Closed at once and leaving nothing behind, or the ports of the machine would run out.
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    }

    deinit { close(descriptor) }

    /// - Returns: Whether the other side took everything.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                Self.retrying { Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) }
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Says that nothing more comes.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Everything up to the end of the connection.
    func readToEnd() -> [UInt8] {
        while receive() {}
        return received
    }

    /// One reply whose body has a length.
    ///
    /// - Returns: `nil` when the connection ended before its end.
    func readReply() -> LocalReply? {
        while true {
            if let (reply, length) = LocalReply.parse(received) {
                received.removeFirst(length)
                return reply
            }
            guard receive() else { return nil }
        }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = buffer.withUnsafeMutableBytes { bytes in
            Self.retrying { recv(descriptor, bytes.baseAddress, bytes.count, 0) }
        }
        guard count > 0 else { return false }
        received += buffer.prefix(count)
        return true
    }

    /// libFuzzer's alarm interrupts connecting as well. What was begun then goes on unseen, so another one is begun.
    private static func connected(_ port: Int) -> CInt? {
        var address = address(port)
        while true {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { return nil }
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            let reason = errno
            if isConnected { return descriptor }
            close(descriptor)
            guard reason == EINTR else { return nil }
        }
    }

    /// libFuzzer's alarm interrupts what waits.
    private static func retrying(_ body: () -> Int) -> Int {
        while true {
            let count = body()
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    /// A port that nobody listens on at the moment.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0)
            }
            return Int(in_port_t(bigEndian: pointer.pointee.sin_port))
        }
    }
}
