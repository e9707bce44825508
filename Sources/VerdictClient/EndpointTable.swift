import CircuitBreaking
import Logging
import Synchronization
import Verdicts

/// What is known of every endpoint, and the index that is asked.
final class EndpointTable: Sendable {
    fileprivate struct Entry {
        var breaker: CircuitBreaker
        /// Requests under way.
        var outstanding = 0
        /// It asked to be left alone until then.
        var restsUntil = Duration.zero
        /// As it answered last; `away` before the first answer.
        var view = IndexChoice.View.away
        var lastFailure: EndpointFailure?
    }

    fileprivate struct State {
        var entries: [Entry]
        var choice: IndexChoice
        var readers: [UInt64: AsyncStream<String>.Continuation] = [:]
        var nextReader: UInt64 = 0
        var isFinished = false
        var draws = SystemRandomNumberGenerator()
    }

    let addresses: [String]
    private let state: Mutex<State>
    private let metrics: ClientMetrics
    private let logger: Logger
    private let start = ContinuousClock.now

    init(_ configuration: RemoteVerdictConfiguration, metrics: ClientMetrics, logger: Logger) {
        addresses = configuration.endpoints
        self.metrics = metrics
        self.logger = logger
        let entry = Entry(breaker: CircuitBreaker(configuration.breaker))
        state = Mutex(
            State(
                entries: configuration.endpoints.map { _ in entry },
                choice: IndexChoice(patience: configuration.indexPatience)))
    }

    private var now: Duration { start.duration(to: .now) }

    // MARK: - Choosing

    /// The index that is asked.
    var index: IndexNotice? { state.withLock { $0.choice.index } }

    /// The index that an endpoint has in use, as far as it is in reach.
    func index(at endpoint: Int) -> IndexNotice? { state.withLock { $0.entries[endpoint].notice } }

    /// Those that may be asked and have the index in use, in random order.
    func all(with digest: String) -> [Int] {
        let now = now
        return state.withLock { state in
            state.entries.indices.filter {
                state.entries[$0].isUsable(now: now) && state.entries[$0].notice?.digest == digest
            }.shuffled(using: &state.draws)
        }
    }

    /// Takes that endpoint, if it may be asked; see ``take(for:besides:)``.
    func take(_ endpoint: Int) -> Bool {
        let now = now
        return state.withLock { state in
            guard state.entries[endpoint].isUsable(now: now) else { return false }
            state.entries[endpoint].outstanding += 1
            state.entries[endpoint].breaker.began(now: now)
            return true
        }
    }

    /// Takes an endpoint for a request: of two drawn at random the one with fewer requests under way, of those that have the index in
    /// use; without such, of all that may be asked, for they may still hold it. Whoever takes one gives it back with
    /// ``ended(_:_:longestRest:)``.
    ///
    /// - Parameters:
    ///   - digest: The index that is to answer.
    ///   - others: Endpoints that are not wanted.
    ///   - mayGuess: Whether one will do that has another index in use.
    func take(for digest: String, besides others: Set<Int> = [], mayGuess: Bool = true) -> Int? {
        let now = now
        return state.withLock { state in
            let usable = state.entries.indices.filter { !others.contains($0) && state.entries[$0].isUsable(now: now) }
            let fitting = usable.filter { state.entries[$0].notice?.digest == digest }
            let pool = fitting.isEmpty && mayGuess ? usable : fitting
            guard let first = pool.randomElement(using: &state.draws),
                let second = pool.randomElement(using: &state.draws)
            else { return nil }
            let chosen = state.entries[second].outstanding < state.entries[first].outstanding ? second : first
            state.entries[chosen].outstanding += 1
            state.entries[chosen].breaker.began(now: now)
            return chosen
        }
    }

    /// Those that nothing speaks against asking, and when there are none, all: whom to ask for the index in use.
    var reachable: [Int] {
        let now = now
        return state.withLock { state in
            let allowed = state.entries.indices.filter { state.entries[$0].breaker.allows(now: now) }
            return allowed.isEmpty ? Array(state.entries.indices) : allowed
        }
    }

    /// How long until one may be asked that asked to be left alone; `nil` when that is not what keeps us.
    var rest: Duration? {
        let now = now
        return state.withLock { state in
            state.entries.filter { $0.notice != nil && $0.breaker.allows(now: now) }.map { $0.restsUntil - now }.min()
        }
    }

    // MARK: - Outcomes

    /// Gives an endpoint back.
    ///
    /// - Parameter failure: `nil` when it answered.
    func ended(_ endpoint: Int, _ failure: EndpointFailure?, longestRest: Duration) {
        let now = now
        let (before, after) = state.withLock { state in
            state.entries[endpoint].outstanding -= 1
            let before = state.entries[endpoint].breaker.condition(now: now)
            state.entries[endpoint].note(failure, now: now, longestRest: longestRest)
            return (before, state.entries[endpoint].breaker.condition(now: now))
        }
        report(endpoint, failure, before, after)
    }

    /// Counts it against an endpoint that another one, asked later, was faster by far.
    func outrun(_ endpoint: Int) {
        let now = now
        let (before, after) = state.withLock { state in
            let before = state.entries[endpoint].breaker.condition(now: now)
            state.entries[endpoint].breaker.failed(now: now)
            return (before, state.entries[endpoint].breaker.condition(now: now))
        }
        report(endpoint, .unreachable("slower than others by far"), before, after)
    }

    /// Notes what an endpoint says of its index, outside of requests that ``take(for:besides:)`` gave it to.
    func noticed(_ endpoint: Int, _ notice: IndexNotice?) {
        let now = now
        change { state in
            if state.entries[endpoint].view == .away { state.entries[endpoint].breaker.revived(now: now) }
            state.entries[endpoint].view = .inReach(notice)
            state.entries[endpoint].lastFailure = notice == nil ? .noIndex : nil
            return state.look(now: now)
        }
    }

    /// Notes that an endpoint could not say which index it has.
    func missed(_ endpoint: Int, _ failure: EndpointFailure, longestRest: Duration) {
        guard failure != .withdrawn else { return }
        let now = now
        var conditions = (CircuitBreaker.Condition.closed, CircuitBreaker.Condition.closed)
        change { state in
            conditions.0 = state.entries[endpoint].breaker.condition(now: now)
            // It was a probe, if its pause is over.
            state.entries[endpoint].breaker.began(now: now)
            state.entries[endpoint].note(failure, now: now, longestRest: longestRest)
            state.entries[endpoint].view = .away
            conditions.1 = state.entries[endpoint].breaker.condition(now: now)
            return state.look(now: now)
        }
        report(endpoint, failure, conditions.0, conditions.1)
    }

    private func change(_ body: (inout State) -> IndexNotice?) {
        guard let taken = state.withLock({ body(&$0) }) else { return }
        metrics.exchange()
        logger.info("index in use", metadata: ["index": "\(taken.digest)"])
    }

    private func report(
        _ endpoint: Int, _ failure: EndpointFailure?, _ before: CircuitBreaker.Condition,
        _ after: CircuitBreaker.Condition
    ) {
        metrics.breaker(endpoint, is: after)
        guard before != after, before == .open || after == .open || after == .closed else { return }
        let metadata: Logger.Metadata = [
            "endpoint": "\(addresses[endpoint])", "reason": "\(failure?.words ?? "it answers")",
        ]
        if after == .closed { logger.notice("endpoint is asked again", metadata: metadata) }
        if after == .open { logger.warning("endpoint is left alone for a while", metadata: metadata) }
    }

    /// Why nobody answers: each endpoint with its last failure.
    var complaint: VerdictServiceError {
        state.withLock { state in
            let failures = state.entries.map(\.lastFailure)
            if !failures.isEmpty, failures.allSatisfy({ $0 == .noIndex }) { return .noIndex }
            let words = zip(addresses, failures).map { "\($0): \($1?.words ?? "not asked yet")" }
            return .unavailable(words.joined(separator: "; "))
        }
    }

    // MARK: - Readers

    /// Digests as they are taken, the present one first; a slow reader sees only the newest.
    func digests() -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state -> UInt64? in
                if let index = state.choice.index { continuation.yield(index.digest) }
                guard !state.isFinished else { return nil }
                state.nextReader += 1
                state.readers[state.nextReader] = continuation
                return state.nextReader
            }
            guard let number else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.readers.removeValue(forKey: number) }
            }
        }
    }

    /// Ends all streams.
    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}

extension EndpointTable.State {
    /// Chooses the index anew and tells the readers of another one. Yielding under the lock keeps the order, and only queues.
    fileprivate mutating func look(now: Duration) -> IndexNotice? {
        guard choice.look(entries.map(\.view), now: now), let index = choice.index else { return nil }
        for reader in readers.values { reader.yield(index.digest) }
        return index
    }
}

extension EndpointTable.Entry {
    /// The index it has in use, as far as it is in reach.
    fileprivate var notice: IndexNotice? { if case .inReach(let notice) = view { notice } else { nil } }

    /// Whether it said what index it has, and nothing speaks against asking it now.
    fileprivate func isUsable(now: Duration) -> Bool {
        notice != nil && restsUntil <= now && breaker.allows(now: now)
    }

    fileprivate mutating func note(_ failure: EndpointFailure?, now: Duration, longestRest: Duration) {
        guard let failure else {
            lastFailure = nil
            return breaker.succeeded()
        }
        if failure == .withdrawn { return breaker.withdrew(now: now) }
        lastFailure = failure
        if failure.isFault { breaker.failed(now: now) } else { breaker.succeeded() }
        switch failure {
        case .noIndex: view = .inReach(nil)
        case .busy(_, let seconds?): restsUntil = now + min(.seconds(seconds), longestRest)
        default: break
        }
    }
}
