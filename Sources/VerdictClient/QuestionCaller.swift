import Logging
import Synchronization
import Verdicts

/// Gets one answer to one question, from whichever endpoint gives it: asks elsewhere when one fails or takes long, in bounded numbers.
final class QuestionCaller: Sendable {
    /// A question that any endpoint with the index can answer.
    struct Question<Answer: Sendable>: Sendable {
        /// How many packages it is about.
        var packages = 0
        /// The request, for an index.
        let request: @Sendable (_ digest: String) -> EndpointClient.Request
        /// Takes the answer apart.
        let read: @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Answer
        /// The index that answered.
        let digest: @Sendable (Answer) -> String
    }

    /// No endpoint holds the index any more that had to answer.
    struct IndexGone: Error {}

    private struct Spending {
        var hedges: SpendingBudget
        var retries: SpendingBudget
        var latencies = LatencyWindow()
    }

    private let configuration: RemoteVerdictConfiguration
    private let table: EndpointTable
    private let client: EndpointClient
    private let follower: IndexFollower
    private let metrics: ClientMetrics
    private let spending: Mutex<Spending>

    init(
        _ configuration: RemoteVerdictConfiguration, table: EndpointTable, client: EndpointClient,
        follower: IndexFollower, metrics: ClientMetrics
    ) {
        self.configuration = configuration
        self.table = table
        self.client = client
        self.follower = follower
        self.metrics = metrics
        spending = Mutex(
            Spending(
                hedges: SpendingBudget(share: configuration.hedging.isOn ? configuration.hedging.share : 0),
                retries: SpendingBudget(share: configuration.retries.share)))
    }

    /// Asks until there is an answer, the time is over, or nothing speaks for trying further.
    ///
    /// - Parameter pinned: The index that has to answer, its digest; `nil` takes the one in use.
    /// - Throws: ``VerdictServiceError``; ``IndexGone`` for an index that is named; `CancellationError`.
    func ask<Answer>(_ question: Question<Answer>, pinned: String? = nil) async throws -> Answer {
        metrics.call()
        spending.withLock {
            $0.hedges.pay()
            $0.retries.pay()
        }
        do {
            return try await answer(question, pinned: pinned)
        } catch let error as VerdictServiceError {
            metrics.unansweredCall()
            throw error
        }
    }

    private func answer<Answer>(_ question: Question<Answer>, pinned: String?) async throws -> Answer {
        var attempts = Attempts(configuration)
        while true {
            try Task.checkCancellation()
            guard let digest = if let pinned { pinned } else { await follower.index()?.digest } else {
                throw table.complaint
            }
            guard let endpoint = await take(for: digest, &attempts) else { throw table.complaint }
            let result = await race(question, endpoint, digest, limit: attempts.left, &attempts.tried)
            switch result {
            case .success(let answer): return answer
            case .failure(.withdrawn): throw CancellationError()
            case .failure(.refusedQuestion(let reason)): throw VerdictServiceError.unavailable(reason)
            case .failure(.otherIndex):
                await follower.refresh()
                if pinned != nil, attempts.isSecondRound(of: table.addresses.count) { throw IndexGone() }
                guard attempts.another() else { throw pinned == nil ? table.complaint : IndexGone() }
            case .failure:
                guard attempts.another(), spending.withLock({ $0.retries.take() }) else { throw table.complaint }
                metrics.retry()
            }
        }
    }

    /// An endpoint that was not tried yet; when all were, any, after a rest.
    private func take(for digest: String, _ attempts: inout Attempts) async -> Int? {
        if let untried = table.take(for: digest, besides: attempts.tried) { return untried }
        if !attempts.tried.isEmpty {
            attempts.tried = []
            guard (try? await Task.sleep(for: attempts.nextRest())) != nil else { return nil }
            if let endpoint = table.take(for: digest) { return endpoint }
        }
        if let rest = table.rest, rest > .zero, rest < attempts.left {
            guard (try? await Task.sleep(for: rest)) != nil else { return nil }
        } else {
            await follower.refresh()
        }
        return table.take(for: digest)
    }

    // MARK: - One answer of one or two endpoints

    private enum Step<Answer: Sendable>: Sendable {
        case ended(Int, Result<Answer, EndpointFailure>)
        case takesLong
    }

    /// Asks one endpoint, and when that takes long another one too; the first answer counts.
    private func race<Answer>(
        _ question: Question<Answer>, _ first: Int, _ digest: String, limit: Duration, _ tried: inout Set<Int>
    ) async -> Result<Answer, EndpointFailure> {
        let delay = patience(for: question.packages)
        var asked = [first]
        let (result, winner) = await withTaskGroup(
            of: Step<Answer>.self, returning: (Result<Answer, EndpointFailure>, Int).self
        ) { group in
            group.addTask { .ended(first, await self.send(question, first, digest, limit: limit)) }
            if let delay {
                group.addTask {
                    try? await Task.sleep(for: delay)
                    return .takesLong
                }
            }
            defer { group.cancelAll() }
            var failure = EndpointFailure.withdrawn
            var underWay = 1
            while let step = await group.next() {
                switch step {
                case .takesLong:
                    guard let second = second(besides: first, digest) else { continue }
                    asked.append(second)
                    underWay += 1
                    group.addTask { .ended(second, await self.send(question, second, digest, limit: limit)) }
                case .ended(let endpoint, .success(let answer)): return (Result.success(answer), endpoint)
                case .ended(let endpoint, .failure(let reason)):
                    failure = reason
                    underWay -= 1
                    if underWay == 0 { return (.failure(failure), endpoint) }
                }
            }
            return (.failure(failure), first)
        }
        tried.formUnion(asked)
        if case .success = result, asked.count == 2, winner != first {
            metrics.hedge(won: true)
            table.outrun(first)
        }
        return result
    }

    /// How long an answer is waited for before another endpoint is asked; `nil` for ever.
    private func patience(for packages: Int) -> Duration? {
        let hedging = configuration.hedging
        guard hedging.isOn, table.addresses.count > 1 else { return nil }
        let usual = spending.withLock { $0.latencies.quantile(hedging.quantile, packages: packages) }
        return min(hedging.most, max(hedging.least, usual ?? hedging.most))
    }

    private func second(besides first: Int, _ digest: String) -> Int? {
        guard !Task.isCancelled, spending.withLock({ $0.hedges.take() }),
            let second = table.take(for: digest, besides: [first], mayGuess: false)
        else { return nil }
        metrics.hedge(won: false)
        return second
    }

    private func send<Answer>(
        _ question: Question<Answer>, _ endpoint: Int, _ digest: String, limit: Duration
    ) async -> Result<Answer, EndpointFailure> {
        let start = ContinuousClock.now
        let limit = min(limit, configuration.requestTimeout)
        var result = await client.ask(endpoint, question.request(digest), limit: limit, question.read)
        if case .success(let answer) = result, question.digest(answer) != digest {
            result = .failure(.nonsense("another index answered than was asked"))
        }
        switch result {
        case .success:
            let duration = start.duration(to: .now)
            spending.withLock { $0.latencies.note(duration, packages: question.packages) }
            table.ended(endpoint, nil, longestRest: configuration.retries.longestRest)
        case .failure(let failure):
            table.ended(endpoint, failure, longestRest: configuration.retries.longestRest)
        }
        return result
    }
}

/// How often and until when one question is asked.
private struct Attempts {
    /// Endpoints asked since the last rest.
    var tried: Set<Int> = []
    private var count = 1
    private var rounds = 0
    private let retries: RemoteVerdictConfiguration.Retries
    private let end: ContinuousClock.Instant

    init(_ configuration: RemoteVerdictConfiguration) {
        retries = configuration.retries
        end = .now + configuration.callTimeout
    }

    /// Time that is left.
    var left: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }

    /// Whether everybody was asked once.
    func isSecondRound(of endpoints: Int) -> Bool { rounds > 0 || tried.count >= endpoints }

    /// Begins another attempt, if there may be one.
    mutating func another() -> Bool {
        count += 1
        return count <= retries.attempts && left > .zero
    }

    /// The rest before everybody is asked again.
    mutating func nextRest() -> Duration {
        let longest = min(retries.rest * (1 << min(rounds, 16)), retries.longestRest)
        rounds += 1
        return min(left, longest * Double.random(in: 0.5...1))
    }
}
