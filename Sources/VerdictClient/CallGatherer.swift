import Matching
import Synchronization
import Verdicts

/// Lets a bounded number of requests be under way, and asks what comes meanwhile together.
///
/// Who finds room asks at once, alone: gathering costs no delay where there is no load. Who finds none waits; when a request ends, the first
/// who waits asks for himself and for as many behind him as fit. No task of its own is needed, and each request runs in a caller's.
final class CallGatherer: Sendable {
    /// Asks about packages, at most ``limit``.
    typealias Ask = @Sendable ([String]) async throws -> VerdictBatch

    /// What a waiting caller is told.
    private enum Turn: Sendable {
        /// Another one asked for it.
        case answered(Result<VerdictBatch, VerdictServiceError>)
        /// It asks now, for these too.
        case leads([Caller])
        /// It does not want to wait any more.
        case withdrawn
    }

    private struct Caller: Sendable {
        let number: UInt64
        let packages: [String]
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var underWay = 0
        var waiting: [Caller] = []
        var next: UInt64 = 0
        /// Callers that withdrew before they stood in line.
        var early: Set<UInt64> = []
    }

    private let limit: Int
    private let concurrency: Int
    private let ask: Ask
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: Most packages in one request.
    ///   - concurrency: Most requests under way.
    init(limit: Int, concurrency: Int, ask: @escaping Ask) {
        self.limit = max(1, limit)
        self.concurrency = max(1, concurrency)
        self.ask = ask
    }

    /// Verdicts for packages, at most as many as one request takes.
    ///
    /// - Throws: ``VerdictServiceError``, `CancellationError`.
    func verdicts(for packages: [String]) async throws -> VerdictBatch {
        let hasRoom = state.withLock { state in
            guard state.underWay < concurrency else { return false }
            state.underWay += 1
            return true
        }
        if hasRoom { return try await lead(packages, []) }
        switch await wait(packages) {
        case .answered(let result): return try result.get()
        case .leads(let others): return try await lead(packages, others)
        case .withdrawn: throw CancellationError()
        }
    }

    /// Callers that wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func wait(_ packages: [String]) async -> Turn {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let caller = Caller(number: number, packages: packages, continuation: continuation)
                let turn = state.withLock { state -> Turn? in
                    if state.early.remove(number) != nil { return .withdrawn }
                    // Room may have come up since it was looked for, and nobody is left to hand it on.
                    if state.underWay < concurrency {
                        state.underWay += 1
                        return .leads([])
                    }
                    state.waiting.append(caller)
                    return nil
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            withdraw(number)
        }
    }

    /// A caller that gives up leaves the line; one that is being asked for already gets its answer.
    private func withdraw(_ number: UInt64) {
        let caller = state.withLock { state -> Caller? in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
                state.early.insert(number)
                return nil
            }
            return state.waiting.remove(at: place)
        }
        caller?.continuation.resume(returning: .withdrawn)
    }

    private func lead(_ own: [String], _ others: [Caller]) async throws -> VerdictBatch {
        let result: Result<VerdictBatch, VerdictServiceError>
        do {
            result = .success(try await ask(own + others.flatMap(\.packages)))
        } catch let error as VerdictServiceError {
            result = .failure(error)
        } catch {
            // This caller gave up. The others did not: one of them asks in its place.
            handOn(others)
            throw error
        }
        handOn([])
        guard !others.isEmpty else { return try result.get() }
        var start = own.count
        for other in others {
            let range = start..<start + other.packages.count
            other.continuation.resume(returning: .answered(result.map { $0.part(range) }))
            start = range.upperBound
        }
        return try result.map { $0.part(0..<own.count) }.get()
    }

    /// Lets the next one ask, for himself and those behind him; without any there is room.
    ///
    /// - Parameter first: Callers that come before those who wait.
    private func handOn(_ first: [Caller]) {
        let group = state.withLock { state in
            state.waiting.insert(contentsOf: first, at: 0)
            // Numbers of callers that got their answers and withdrew afterwards.
            if state.waiting.isEmpty { state.early = [] }
            guard !state.waiting.isEmpty else {
                state.underWay -= 1
                return [Caller]()
            }
            var packages = 0
            let count = state.waiting.prefix { caller in
                packages += caller.packages.count
                return packages <= limit
            }.count
            let group = Array(state.waiting.prefix(max(1, count)))
            state.waiting.removeFirst(group.count)
            return group
        }
        group.first?.continuation.resume(returning: .leads(Array(group.dropFirst())))
    }
}

extension VerdictBatch {
    /// What was answered about some of the packages.
    func part(_ range: Range<Int>) -> VerdictBatch {
        let verdicts = Array(verdicts[range])
        let named = Set(verdicts.joined().map(\.vulnerability))
        return VerdictBatch(
            verdicts: verdicts, vulnerabilities: vulnerabilities.filter { named.contains($0.id) },
            indexDigest: indexDigest)
    }
}
