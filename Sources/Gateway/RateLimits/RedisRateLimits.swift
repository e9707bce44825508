import RedisClient

/// Buckets in Redis, where all gateways see them. Time is the server's, so that clocks of gateways need not agree.
public struct RedisRateLimits: SharedRateLimits {
    private let client: RedisClient

    /// Requests on their way at the same time.
    private static let width = 64

    /// A bucket is the moment at which it will be full, in microseconds; it is forgotten once it is.
    private static let script = RedisScript(
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local full = tonumber(redis.call('GET', KEYS[1]) or '0')
            if full < now then full = now end
            full = full + tonumber(ARGV[1])
            redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.max(1, math.ceil((full - now) / 1000)))
            return full - now
            """)

    /// Wraps a client.
    public init(_ client: RedisClient) { self.client = client }

    /// See ``SharedRateLimits/count(_:)``.
    public func count(_ uses: [RateUse]) async throws -> [Int64] {
        var left = [Int64](repeating: 0, count: uses.count)
        try await withThrowingTaskGroup(of: (Int, Int64).self) { group in
            for (index, use) in uses.enumerated() {
                if index >= Self.width, let (place, value) = try await group.next() { left[place] = value }
                group.addTask {
                    let reply = try await Self.script.run(on: client, keys: [use.key], arguments: [.number(use.cost)])
                    return (index, reply.integer ?? 0)
                }
            }
            for try await (place, value) in group { left[place] = value }
        }
        return left
    }
}
