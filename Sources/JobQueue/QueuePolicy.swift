/// The bounds of a queue. All processes that share a queue must have the same.
public struct QueuePolicy: Sendable, Hashable {
    /// Most hints held at once, leased ones included.
    public var limit: Int
    /// Most of them of one company, so that one company cannot fill the queue for all.
    public var companyLimit: Int
    /// Failures after which a hint becomes a dead letter.
    public var maximumFailures = 5
    /// Rest after the first failure; doubles with each one.
    public var retryDelay = Duration.seconds(2)
    /// Longest rest after a failure.
    public var maximumRetryDelay = Duration.seconds(300)
    /// Most dead letters; the oldest makes room.
    public var deadLimit = 10_000
    /// Age at which a dead letter is forgotten.
    public var deadAge = Duration.seconds(30 * 86_400)
    /// How long a sweep cannot bring a dead letter's work back; see ``JobQueue``.
    public var deadRest = Duration.seconds(3_600)

    /// Makes a policy.
    public init(limit: Int = 1_000_000, companyLimit: Int = 250_000) {
        self.limit = max(1, limit)
        self.companyLimit = max(1, companyLimit)
    }

    /// The rest after a hint's `failures`th failure.
    public func delay(afterFailures failures: Int) -> Duration {
        min(maximumRetryDelay, retryDelay * (1 << min(max(failures - 1, 0), 20)))
    }
}
