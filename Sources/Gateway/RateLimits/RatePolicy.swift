/// How many requests within which time: a bucket that holds `quota` tokens and fills evenly within `window`.
public struct RatePolicy: Sendable, Hashable {
    /// Requests that a full bucket allows at once, at least 1.
    public var quota: Int
    /// How long an empty bucket takes to fill, at least a millisecond.
    public var window: Duration

    /// Makes one from its parts.
    public init(quota: Int, window: Duration) {
        self.quota = quota
        self.window = window
    }

    /// Microseconds that one request takes to be given back.
    var cost: Int64 { max(1, window.microseconds / Int64(max(1, quota))) }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

/// What gateways tell each other of the buckets, so that a client that goes from one to the next has one quota and not several.
public protocol SharedRateLimits: Sendable {
    /// Counts what this gateway admitted since it asked last.
    ///
    /// - Returns: For each, after how many microseconds the bucket will be full again, all gateways counted; same order and count.
    /// - Throws: When they cannot be had; then each gateway goes on by its own count.
    func count(_ uses: [RateUse]) async throws -> [Int64]
}

/// Requests of one client that one gateway admitted.
public struct RateUse: Sendable, Hashable {
    /// Names the bucket.
    public let key: String
    /// Microseconds that they take to be given back.
    public let cost: Int64

    /// Makes one from its parts.
    public init(key: String, cost: Int64) {
        self.key = key
        self.cost = cost
    }
}
