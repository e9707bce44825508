/// Decides whether something that may be down is worth asking. A state machine; times are durations since some start.
struct CircuitBreaker {
    /// Failures in a row after which it is asked no more.
    let threshold: Int
    /// How long, at first; doubles with every attempt that fails.
    let pause: Duration
    /// Longest pause.
    let longestPause: Duration

    private var state = State.closed(failures: 0)

    private enum State {
        /// Everybody may ask.
        case closed(failures: Int)
        /// Nobody may ask before that time; then one may.
        case open(until: Duration, pause: Duration)
        /// One asks, and how that ends decides.
        case probing(pause: Duration)
    }

    init(threshold: Int = 3, pause: Duration = .milliseconds(500), longestPause: Duration = .seconds(30)) {
        self.threshold = max(threshold, 1)
        self.pause = pause
        self.longestPause = longestPause
    }

    var isOpen: Bool {
        if case .closed = state { return false }
        return true
    }

    /// Whether the caller may ask; if so it must tell how it ended.
    mutating func mayAsk(now: Duration) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until, let pause) where until <= now:
            state = .probing(pause: pause)
            return true
        case .open, .probing: return false
        }
    }

    mutating func succeeded() { state = .closed(failures: 0) }

    mutating func failed(now: Duration) {
        switch state {
        case .closed(let failures):
            state = failures + 1 < threshold ? .closed(failures: failures + 1) : .open(until: now + pause, pause: pause)
        case .probing(let pause):
            let longer = min(pause * 2, longestPause)
            state = .open(until: now + longer, pause: longer)
        case .open: break
        }
    }
}
