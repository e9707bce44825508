import Crypto

/// A Lua script that the server runs as one step. Sent once to each server, and named by its digest from then on.
public struct RedisScript: Sendable {
    private let source: String
    private let digest: String

    /// Wraps a script.
    ///
    /// - Parameter source: All its keys must be in `KEYS` and have the same hash tag.
    public init(source: String) {
        self.source = source
        // SHA-1 is the name that Redis gives to scripts, and protects nothing here.
        digest = Insecure.SHA1.hash(data: Array(source.utf8)).reduce(into: "") { text, byte in
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
    }

    /// Runs the script, and sends it first to a server that does not know it (any more).
    ///
    /// - Parameter keys: At least one.
    public func run(
        on client: RedisClient, keys: [String], arguments: [RedisCommand.Argument]
    ) async throws(RedisError) -> RedisValue {
        let rest = [.number(Int64(keys.count))] + keys.map { .text($0) } + arguments
        do {
            return try await client.send(RedisCommand("EVALSHA", [.text(digest)] + rest), key: keys.first)
        } catch {
            guard case .server(code: "NOSCRIPT", message: _) = error else { throw error }
            return try await client.send(RedisCommand("EVAL", [.text(source)] + rest), key: keys.first)
        }
    }
}
