import Synchronization

/// How often one client may ask: a bucket of tokens each, filled steadily, one token a request.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: Duration
    }

    private let perSecond: Double
    private let now: @Sendable () -> Duration
    private let buckets = Mutex<[UInt64: Bucket]>([:])

    /// Most clients remembered. A client that is forgotten finds its bucket full.
    static let clientLimit = 65_536

    init<C: Clock>(perSecond: Int, clock: C = ContinuousClock()) where C.Duration == Duration {
        self.perSecond = Double(max(1, perSecond))
        let start = clock.now
        now = { start.duration(to: clock.now) }
    }

    /// Takes a token.
    ///
    /// - Returns: Whole seconds until there is one again; `nil` when there was one.
    func wait(for client: RequestClient) -> Int? {
        let now = now()
        return buckets.withLock { buckets in
            var bucket = buckets[client.key] ?? Bucket(tokens: perSecond, filledAt: now)
            bucket.tokens = min(perSecond, bucket.tokens + (now - bucket.filledAt).inSeconds * perSecond)
            bucket.filledAt = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            if buckets[client.key] == nil, buckets.count >= Self.clientLimit { forget(&buckets, now: now) }
            buckets[client.key] = bucket
            return isAllowed ? nil : max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up)))
        }
    }

    /// Forgets those whose buckets are full again, which is no loss; when all are in use, everyone.
    private func forget(_ buckets: inout [UInt64: Bucket], now: Duration) {
        buckets = buckets.filter { $0.value.tokens + (now - $0.value.filledAt).inSeconds * perSecond < perSecond }
        if buckets.count >= Self.clientLimit { buckets.removeAll() }
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
