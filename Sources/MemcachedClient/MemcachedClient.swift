import NIOCore
import PipelinedConnections

/// A client of one or several memcached servers. Shared by all who need it.
public final class MemcachedClient: Sendable {
    /// What it was made with.
    public let configuration: MemcachedConfiguration

    private let endpoints: [PipelinedEndpoint<MemcachedParser>]

    /// Makes a client; connects to nothing yet.
    public init(_ configuration: MemcachedConfiguration) {
        self.configuration = configuration
        let limits = PipelineLimits(connect: configuration.timeout, reply: configuration.timeout)
        endpoints = configuration.addresses.map { address in
            PipelinedEndpoint(address: address, security: nil, limits: limits, makeParser: { MemcachedParser() })
        }
    }

    /// Sends commands in one go.
    ///
    /// - Parameter group: Chooses the server; see the target's README.
    /// - Returns: One reply for each.
    public func send(
        _ commands: [MemcachedCommand], group: String
    ) async throws(ConnectionError) -> [MemcachedReply] {
        guard let endpoint = endpoint(for: group) else { throw .unreachable("no server is named") }
        var bytes = ByteBuffer()
        for command in commands { bytes.writeImmutableBuffer(command.bytes) }
        return try await endpoint.send(bytes, replies: commands.count)
    }

    /// Ends all connections; what waits and what comes fails.
    public func shutDown() {
        for endpoint in endpoints { endpoint.shutDown() }
    }

    /// Rendezvous hashing (Thaler and Ravishankar, 1996): the server whose name hashes highest together with the group.
    private func endpoint(for group: String) -> PipelinedEndpoint<MemcachedParser>? {
        endpoints.max { Self.hash("\($0.address) \(group)") < Self.hash("\($1.address) \(group)") }
    }

    /// FNV-1a, with its bits mixed once more since the last bytes of similar texts would hardly reach the upper ones.
    private static func hash(_ text: String) -> UInt64 {
        var hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ hash >> 33
    }
}
