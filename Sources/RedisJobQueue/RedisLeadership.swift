import JobQueue
import RedisClient

/// A leadership that processes share in Redis: a key that belongs to whoever wrote it, for as long as it is written again in time.
///
/// A server that loses the key has the next one who asks lead; the one before learns of it when it asks again.
public final class RedisLeadership: Leadership {
    private let client: RedisClient
    private let key: String
    private let token: String

    private static let take = RedisScript(
        source: """
            local holder = redis.call('GET', KEYS[1])
            if holder and holder ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """)
    private static let release = RedisScript(
        source: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

    /// Makes one; asks for nothing yet.
    ///
    /// - Parameter task: What the leader does, the same in all processes: letters, digits and `-`.
    public init(client: RedisClient, task: String) {
        self.client = client
        key = "\(client.configuration.prefix):leader:\(task)"
        token =
            String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// See ``JobQueue/Leadership/lead(for:)``.
    public func lead(for term: Duration) async throws -> Bool {
        let milliseconds = max(1, term.microseconds / 1_000)
        let reply = try await Self.take.run(
            on: client, keys: [key], arguments: [.text(token), .number(milliseconds)])
        return reply.integer == 1
    }

    /// See ``JobQueue/Leadership/resign()``. A server that cannot be reached lets the term run out.
    public func resign() async {
        _ = try? await Self.release.run(on: client, keys: [key], arguments: [.text(token)])
    }
}
