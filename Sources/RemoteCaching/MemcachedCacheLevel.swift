import Caching
import MemcachedClient
import Stores

/// Memcached as a level of a cache.
public final class MemcachedCacheLevel: CacheLevel {
    /// `memcached`.
    public let name = "memcached"

    private let client: MemcachedClient
    private let keys: CacheKeys

    /// Makes a level; connects to nothing yet.
    public init(_ configuration: MemcachedConfiguration) {
        client = MemcachedClient(configuration)
        keys = CacheKeys(prefix: configuration.prefix)
    }

    /// Ends the connections.
    public func shutDown() { client.shutDown() }

    /// See ``Caching/CacheLevel/read(_:)``.
    public func read(_ key: StoredCacheKey) async throws -> CacheReading {
        let scope = key.key.scope
        let replies = try await send([.get(keys.stamp(scope)), .get(keys.entry(key))], scope)
        guard case .value(let held, _) = replies[0], let stamp = CacheStamp(held: held) else {
            return CacheReading(entry: nil, stamp: CacheStamp())
        }
        guard case .value(let sealed, let flags) = replies[1], let bytes = stamp.unseal(sealed),
            let seconds = flags.first(where: { $0.hasPrefix("t") }).flatMap({ Int($0.dropFirst()) }), seconds > 0
        else { return CacheReading(entry: nil, stamp: stamp) }
        return CacheReading(entry: .init(bytes: bytes, remaining: .seconds(seconds)), stamp: stamp)
    }

    /// See ``Caching/CacheLevel/write(_:for:ttl:stamp:)``. Keeps nothing that lives less than a second, which memcached cannot count.
    public func write(_ bytes: [UInt8], for key: StoredCacheKey, ttl: Duration, stamp: CacheStamp) async throws {
        let seconds = Int(min(ttl, longestLifetime).components.seconds)
        guard seconds > 0 else { return }
        let scope = key.key.scope
        var commands: [MemcachedCommand] = []
        // When another process was first, this entry is under a stamp that does not stand, and is not given.
        if stamp.isNew {
            commands.append(
                .set(keys.stamp(scope), stamp.bytes, seconds: Self.stampSeconds, onlyIfMissing: true))
        }
        commands.append(.set(keys.entry(key), stamp.seal(bytes), seconds: seconds))
        try await send(commands, scope)
    }

    /// See ``Caching/CacheLevel/invalidate(scope:)``.
    public func invalidate(scope: CompanyScope) async throws {
        try await send([.set(keys.stamp(scope), CacheStamp().bytes, seconds: Self.stampSeconds)], scope)
    }

    private static let stampSeconds = Int(stampLifetime.components.seconds)

    @discardableResult
    private func send(_ commands: [MemcachedCommand], _ scope: CompanyScope) async throws -> [MemcachedReply] {
        let replies = try await client.send(commands, group: scope.companyID.description)
        for case .error(let line) in replies { throw CacheLevelError(description: line) }
        return replies
    }
}
