import Settings

/// Which part of a cluster a key is in.
///
/// - Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>, "Key distribution model" and "Hash tags".
public enum RedisSlot {
    /// How many there are.
    public static let count = 16_384

    /// The slot of a key, from what stands between its first `{` and the next `}` if that is not empty, else from all of it.
    public static func of(_ key: String) -> Int {
        let bytes = Array(key.utf8)
        var hashed = bytes[...]
        if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            hashed = bytes[(open + 1)..<close]
        }
        return Int(checksum(hashed)) % count
    }

    /// CRC-16 XMODEM: polynomial 0x1021, nothing reflected, starting from 0.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in
            (0..<8).reduce(crc ^ UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
    }
}

/// Who holds which slot, as far as is known.
package struct ClusterMap: Sendable, Equatable {
    /// Masters.
    private(set) var nodes: [ServerAddress] = []
    /// For each slot the place of its master in `nodes`; `nil` when nobody holds it.
    private var owners = [Int?](repeating: nil, count: RedisSlot.count)

    init() {}

    /// Reads the answer to `CLUSTER SLOTS`.
    ///
    /// - Parameter asked: The node that answered; it may leave its own host out.
    package init(_ reply: RedisValue, asked: ServerAddress) throws(RedisError) {
        guard let ranges = reply.array, !ranges.isEmpty else { throw .unexpectedReply("CLUSTER SLOTS") }
        for range in ranges {
            guard let parts = range.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
                let master = parts[2].array, master.count >= 2, let port = master[1].integer,
                0 <= first, first <= last, last < RedisSlot.count, (1...65_535).contains(port)
            else { throw .unexpectedReply("CLUSTER SLOTS") }
            let host = master[0].text.flatMap { $0.isEmpty || $0 == "?" ? nil : $0 } ?? asked.host
            assign(Int(first)...Int(last), to: ServerAddress(host: host, port: Int(port)))
        }
    }

    /// The master of a slot.
    package func owner(of slot: Int) -> ServerAddress? { owners[slot].map { nodes[$0] } }

    /// Notes who holds these slots.
    mutating func assign(_ slots: ClosedRange<Int>, to address: ServerAddress) {
        let place = nodes.firstIndex(of: address) ?? nodes.count
        if place == nodes.count { nodes.append(address) }
        for slot in slots { owners[slot] = place }
    }
}

/// A node's word that the key is elsewhere.
package enum Redirect: Equatable {
    /// For good.
    case moved(slot: Int, ServerAddress)
    /// This once, announced with `ASKING`.
    case ask(ServerAddress)
    /// Nobody can say yet: a slot is on its way, the cluster is looking for a new master, or a node is reading its data.
    case later

    /// Reads an error; `nil` when it is about something else.
    package init?(_ reply: RedisValue, from asked: ServerAddress) {
        guard case .error(let line) = reply else { return nil }
        let words = line.split(separator: " ")
        switch words.first {
        case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY": self = .later
        case "MOVED", "ASK":
            guard words.count >= 3, let slot = Int(words[1]), (0..<RedisSlot.count).contains(slot),
                let colon = words[2].lastIndex(of: ":"),
                let port = Int(words[2][words[2].index(after: colon)...]), (1...65_535).contains(port)
            else { return nil }
            let host = words[2][..<colon]
            let address = ServerAddress(host: host.isEmpty ? asked.host : String(host), port: port)
            self = words[0] == "ASK" ? .ask(address) : .moved(slot: slot, address)
        default: return nil
        }
    }
}
