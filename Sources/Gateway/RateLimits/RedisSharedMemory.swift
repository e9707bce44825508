import RedisClient

/// Attempts and notes in Redis.
public struct RedisSharedMemory: SharedMemory {
    private let client: RedisClient

    private static let count = RedisScript(
        source: """
            local count = tonumber(redis.call('GET', KEYS[1]) or '0')
            if count >= tonumber(ARGV[1]) then return math.max(1, redis.call('PTTL', KEYS[1])) end
            if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return 0
            """)
    /// A count that is gone stays so.
    private static let takeBack = RedisScript(
        source:
            "if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end return 0")

    /// Wraps a client.
    public init(_ client: RedisClient) { self.client = client }

    /// See ``SharedMemory/countAttempt(_:limit:window:)``.
    public func countAttempt(_ key: String, limit: Int, window: Duration) async throws -> Duration? {
        let reply = try await Self.count.run(
            on: client, keys: ["zt:attempts:" + key],
            arguments: [.number(Int64(limit)), .number(max(1, window.microseconds / 1_000))])
        let left = reply.integer ?? 0
        return left > 0 ? .milliseconds(left) : nil
    }

    /// See ``SharedMemory/takeBackAttempt(_:)``.
    public func takeBackAttempt(_ key: String) async throws {
        _ = try await Self.takeBack.run(on: client, keys: ["zt:attempts:" + key], arguments: [])
    }

    /// See ``SharedMemory/forgetAttempts(_:)``.
    public func forgetAttempts(_ key: String) async throws {
        let key = "zt:attempts:" + key
        _ = try await client.send(RedisCommand("DEL", [.text(key)]), key: key)
    }

    /// See ``SharedMemory/noteOnce(_:for:)``.
    public func noteOnce(_ key: String, for lifetime: Duration) async throws -> Bool {
        let key = "zt:once:" + key
        let milliseconds = max(1, lifetime.microseconds / 1_000)
        let reply = try await client.send(
            RedisCommand("SET", [.text(key), .text("1"), .text("NX"), .text("PX"), .number(milliseconds)]), key: key)
        // OK, or null when the key was there.
        return reply != .null
    }
}
