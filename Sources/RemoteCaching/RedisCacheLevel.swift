import Caching
import RedisClient
import Stores

/// Redis as a level of a cache.
public final class RedisCacheLevel: CacheLevel {
    /// `redis`.
    public let name = "redis"

    private let client: RedisClient
    private let keys: CacheKeys

    /// Makes a level; connects to nothing yet.
    ///
    /// - Parameter timeout: Longest wait for Redis, fail-over of a cluster not included.
    /// - Throws: When the TLS files cannot be read.
    public init(_ configuration: RedisConfiguration, timeout: Duration = .milliseconds(250)) throws {
        var configuration = configuration
        configuration.timeout = timeout
        configuration.patience = timeout
        client = try RedisClient(configuration)
        keys = CacheKeys(prefix: configuration.prefix)
    }

    /// Ends the connections.
    public func shutDown() { client.shutDown() }

    /// See ``Caching/CacheLevel/read(_:)``.
    public func read(_ key: StoredCacheKey) async throws -> CacheReading {
        let (stampKey, entryKey) = (keys.stamp(key.key.scope), keys.entry(key))
        let replies = try await send(
            [
                RedisCommand("MGET", [.text(stampKey), .text(entryKey)]),
                RedisCommand("PTTL", [.text(entryKey)]),
            ], key: stampKey)
        guard let found = replies[0].array, found.count == 2, let left = replies[1].integer else {
            throw CacheLevelError(description: "unexpected reply")
        }
        guard let stamp = found[0].bytes.flatMap({ CacheStamp(held: $0) }) else {
            return CacheReading(entry: nil, stamp: CacheStamp())
        }
        guard let bytes = found[1].bytes.flatMap({ stamp.unseal($0) }), left > 0 else {
            return CacheReading(entry: nil, stamp: stamp)
        }
        return CacheReading(entry: .init(bytes: bytes, remaining: .milliseconds(left)), stamp: stamp)
    }

    /// See ``Caching/CacheLevel/write(_:for:ttl:stamp:)``.
    public func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async throws {
        let milliseconds = Int64(min(ttl, longestLifetime) / .milliseconds(1))
        guard milliseconds > 0 else { return }
        let stampKey = keys.stamp(key.key.scope)
        var commands: [RedisCommand] = []
        // When another process was first, this entry is under a stamp that does not stand, and is not given.
        if stamp.isNew { commands.append(Self.set(stampKey, stamp.bytes, stampLifetime, ["NX"])) }
        commands.append(Self.set(keys.entry(key), stamp.seal(bytes), .milliseconds(milliseconds), []))
        try await send(commands, key: stampKey)
    }

    /// See ``Caching/CacheLevel/invalidate(scope:)``.
    public func invalidate(scope: CompanyScope) async throws {
        let key = keys.stamp(scope)
        try await send([Self.set(key, CacheStamp().bytes, stampLifetime, [])], key: key)
    }

    private static func set(
        _ key: String, _ value: [UInt8], _ lifetime: Duration, _ more: [RedisCommand.Argument]
    ) -> RedisCommand {
        RedisCommand("SET", [.text(key), .bytes(value), "PX", .number(Int64(lifetime / .milliseconds(1)))] + more)
    }

    @discardableResult
    private func send(_ commands: [RedisCommand], key: String) async throws -> [RedisValue] {
        let replies = try await client.send(commands, key: key)
        for case .error(let line) in replies { throw CacheLevelError(description: line) }
        return replies
    }
}
