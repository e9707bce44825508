/// How long to wait before the next try: twice as long each time, between half and all of it, so that many do not come at once.
struct Backoff: Sendable {
    let first: Duration
    let most: Duration

    /// - Parameter attempt: 1 after the first failure.
    func delay(after attempt: Int) -> Duration {
        let doubled = first * (1 << min(max(attempt - 1, 0), 16))
        return min(doubled, most) * Double.random(in: 0.5...1)
    }

    static let reconnecting = Backoff(first: .milliseconds(25), most: .seconds(2))
    static let retrying = Backoff(first: .milliseconds(5), most: .milliseconds(500))
}
