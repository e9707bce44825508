/// Decides whether an endpoint that failed is asked. A state machine; times are durations since some start.
struct EndpointBreaker: Sendable {
    /// Where it stands; the number is what the metric says.
    enum Condition: Int, Sendable {
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

    private let settings: RemoteVerdictConfiguration.Breaker
    private var state = State.closed(failures: 0)

    init(_ settings: RemoteVerdictConfiguration.Breaker) { self.settings = settings }

    func condition(now: Duration) -> Condition {
        switch state {
        case .closed: .closed
        case .open(let until, _): until <= now ? .probing : .open
        case .probing: .probing
        }
    }

    /// Whether somebody may ask now.
    func allows(now: Duration) -> Bool {
        switch state {
        case .closed: true
        case .open(let until, _): until <= now
        case .probing: false
        }
    }

    /// Notes that somebody asks, as ``allows(now:)`` let him; he tells how it ended.
    mutating func began(now: Duration) {
        if case .open(let until, let pause) = state, until <= now { state = .probing(pause: pause) }
    }

    mutating func succeeded() { state = .closed(failures: 0) }

    mutating func failed(now: Duration) {
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

    /// The one who asked gave up for a reason that says nothing of the endpoint.
    mutating func withdrew(now: Duration) {
        if case .probing(let pause) = state { state = .open(until: now, pause: pause) }
    }

    /// The endpoint was seen alive by other means: the next one may ask at once.
    mutating func revived(now: Duration) {
        if case .open(let until, let pause) = state, until > now { state = .open(until: now, pause: pause) }
    }
}
