import NIOCore

/// Who is at the other end of a connection.
struct RequestClient: Sendable, Hashable {
    /// What tells it from others: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one customer of a provider gets.
    let key: UInt64
    /// Whether it is this machine itself.
    let isLocal: Bool

    /// One whose address is not known.
    static let unknown = RequestClient(key: 0, isLocal: false)
    /// This machine.
    static let local = RequestClient(key: 1, isLocal: true)

    private init(key: UInt64, isLocal: Bool) {
        self.key = key
        self.isLocal = isLocal
    }

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address):
            self.init(v4: UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            let (high, low) = withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            // An IPv4 address in IPv6 clothes, as a socket that takes both gives it.
            if high == 0, low >> 32 == 0xFFFF {
                self.init(v4: UInt32(truncatingIfNeeded: low))
            } else {
                self.init(key: high, isLocal: high == 0 && low == 1)
            }
        case .unixDomainSocket: self = .local
        case nil: self = .unknown
        }
    }

    private init(v4 address: UInt32) {
        self.init(key: 0xFFFF_0000_0000 | UInt64(address), isLocal: address >> 24 == 127)
    }
}
