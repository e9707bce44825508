/// Decides whether something that may be down is worth asking. A state machine without a clock; times are durations since some start.
public struct CircuitBreaker: Sendable {
    /// When it opens, and for how long.
    public struct Settings: Sendable {
        /// Failures in a row after which nobody asks, at least 1.
        public var failures = 3
        /// First pause; doubles with every attempt that fails.
        public var pause = Duration.milliseconds(500)
        /// Longest pause.
        public var longestPause = Duration.seconds(15)

        /// The defaults.
        public init() {}
    }

    /// Where it stands; the number is what a metric says.
    public enum Condition: Int, Sendable {
        /// Everybody may ask.
        case closed = 0
        /// One asks, and how that ends decides; or nobody has asked yet since the pause ended.
        case probing = 1
        /// Nobody may ask.
        case open = 2
    }

    private enum State {
        /// → `open` after failures in a row
        case closed(failures: Int)
        /// → `probing` by the first who asks after that time
        case open(until: Duration, pause: Duration)
        /// → `closed`, `open`
        case probing(pause: Duration)
    }

    private let settings: Settings
    private var state = State.closed(failures: 0)

    /// Makes one that lets everybody ask.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Where it stands at a time.
    public func condition(now: Duration) -> Condition {
        switch state {
        case .closed: .closed
        case .open(let until, _): until <= now ? .probing : .open
        case .probing: .probing
        }
    }

    /// Whether somebody may ask now.
    public func allows(now: Duration) -> Bool {
        switch state {
        case .closed: true
        case .open(let until, _): until <= now
        case .probing: false
        }
    }

    /// Notes that somebody asks, as ``allows(now:)`` let him; he tells how it ended.
    public mutating func began(now: Duration) {
        if case .open(let until, let pause) = state, until <= now { state = .probing(pause: pause) }
    }

    /// The one who asked got an answer.
    public mutating func succeeded() { state = .closed(failures: 0) }

    /// The one who asked got none.
    public mutating func failed(now: Duration) {
        switch state {
        case .closed(let failures) where failures + 1 < max(1, settings.failures):
            state = .closed(failures: failures + 1)
        case .closed: state = .open(until: now + settings.pause, pause: settings.pause)
        case .probing(let pause):
            let longer = min(pause * 2, settings.longestPause)
            state = .open(until: now + longer, pause: longer)
        case .open: break
        }
    }

    /// The one who asked gave up for a reason that says nothing of what was asked.
    public mutating func withdrew(now: Duration) {
        if case .probing(let pause) = state { state = .open(until: now, pause: pause) }
    }

    /// It was seen alive by other means: the next one may ask at once.
    public mutating func revived(now: Duration) {
        if case .open(let until, let pause) = state, until > now { state = .open(until: now, pause: pause) }
    }
}
