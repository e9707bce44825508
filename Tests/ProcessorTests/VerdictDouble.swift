import Foundation
import Matching
import PackageIdentity
import Scoring
import Synchronization
import Verdicts

/// A verdict service and change feed that a test steers; its indexes are tables of what they say of packages by name.
final class VerdictDouble: VerdictService, AdvisoryChangeFeed {
    /// What an index says: vulnerabilities by package name.
    typealias Index = [String: [String]]

    struct State {
        var indexes: [String: Index] = [:]
        var current: String?
        /// Answers that fail before the next one succeeds.
        var failures = 0
        /// Vulnerabilities that are being exploited.
        var exploited: Set<String> = []
        /// A package by whose name every call fails, in a way that is not the service's.
        var poison: String?
        /// How.
        var poisoning: any Error = Poisoned()
        /// Done after an answer is made and before it is given.
        var afterAnswer: [@Sendable (inout State) -> Void] = []
        /// Names of the packages of every call.
        var calls: [[String]] = []
        var failedCalls = 0
        /// Calls under way, and the most there were at once.
        var underWay = 0
        var mostAtOnce = 0
        /// What ``changes(since:)`` says in place of the difference of the tables.
        var changedNames: [AdvisoryName]?
        fileprivate var watchers: [AsyncStream<String>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Calls that came, failed ones included, as they come.
    let attempts: AsyncStream<Void>
    private let attempted: AsyncStream<Void>.Continuation
    /// When set, an answer is given only once as many calls are under way.
    let rendezvous: Rendezvous?

    init(rendezvous: Rendezvous? = nil) {
        (attempts, attempted) = AsyncStream.makeStream()
        self.rendezvous = rendezvous
    }

    func withState<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }

    /// Puts an index into use and tells those who follow.
    func use(_ digest: String, _ index: Index) {
        state.withLock { state in
            state.indexes[digest] = index
            state.current = digest
            for watcher in state.watchers { watcher.yield(digest) }
        }
    }

    /// All calls' packages, in order of name.
    var asked: [String] { state.withLock { $0.calls.flatMap { $0 }.sorted() } }

    func verdicts(for packages: [PackageURL]) async throws -> VerdictBatch {
        attempted.yield()
        try state.withLock { state in
            if let poison = state.poison, packages.contains(where: { $0.name == poison }) {
                state.failedCalls += 1
                throw state.poisoning
            }
            guard state.failures == 0 else {
                state.failures -= 1
                state.failedCalls += 1
                throw VerdictServiceError.unavailable("for a while")
            }
            guard state.current != nil else {
                state.failedCalls += 1
                throw VerdictServiceError.noIndex
            }
            state.underWay += 1
            state.mostAtOnce = max(state.mostAtOnce, state.underWay)
        }
        await rendezvous?.meet()
        return state.withLock { state in
            state.underWay -= 1
            state.calls.append(packages.map(\.name))
            let digest = state.current ?? ""
            let index = state.indexes[digest] ?? [:]
            if !state.afterAnswer.isEmpty { state.afterAnswer.removeFirst()(&state) }
            let found = packages.map { index[$0.name] ?? [] }
            return VerdictBatch(
                verdicts: found.map { $0.map(Self.verdict) },
                vulnerabilities: Set(found.joined()).sorted().map { state.record($0) }, indexDigest: digest)
        }
    }

    func explain(_ package: PackageURL, vulnerability id: String) async throws -> Explanation {
        throw VerdictServiceError.unavailable("not asked for here")
    }

    func vulnerability(_ id: String) async throws -> VulnerabilityRecord? { nil }

    func status() async -> AdvisoryStatus {
        AdvisoryStatus(indexDigest: state.withLock { $0.current }, vulnerabilities: 0, feeds: [])
    }

    func indexDigests() -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            state.withLock { state in
                state.watchers.append(continuation)
                if let current = state.current { continuation.yield(current) }
            }
        }
    }

    func changes(since digest: String?) async throws -> AdvisoryChanges {
        try state.withLock { state in
            guard let current = state.current, let newer = state.indexes[current] else {
                throw VerdictServiceError.noIndex
            }
            guard let digest, let older = state.indexes[digest] else {
                return AdvisoryChanges(names: nil, vulnerabilities: [], indexDigest: current)
            }
            let names = Set(newer.keys).union(older.keys).filter { newer[$0] != older[$0] }.sorted()
            return AdvisoryChanges(
                names: state.changedNames ?? names.map { AdvisoryName(scope: "PyPI", name: $0) },
                vulnerabilities: Set(newer.values.joined()).sorted().map { state.record($0, summary: current) },
                indexDigest: current)
        }
    }

    private static func verdict(_ id: String) -> Verdict {
        Verdict(
            vulnerability: id, advisories: ["ADV"], status: .affected, fixedVersion: "9",
            reason: VerdictReason.inRange)
    }
}

extension VerdictDouble.State {
    fileprivate func record(_ id: String, summary: String = "") -> VulnerabilityRecord {
        VulnerabilityRecord(
            id: id, summary: summary, severity: .high, cvssScore: 8,
            kev: exploited.contains(id)
                ? KnownExploitation(dateAdded: "2026-01-01", dueDate: nil, ransomware: false) : nil,
            risk: Risk(cvss: 8, severity: .high, epss: nil, exploitation: nil))
    }
}

/// What a package that cannot be matched brings.
struct Poisoned: Error {}

/// Lets nobody go on before a number of tasks have come; from then on, everybody.
final class Rendezvous: Sendable {
    private struct State {
        var missing: Int
        var waiters: [UUID: CheckedContinuation<Void, Never>] = [:]
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(missing: count)) }

    func meet() async {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let released = state.withLock { state in
                    state.missing -= 1
                    state.waiters[id] = continuation
                    guard state.missing <= 0 || Task.isCancelled else {
                        return [CheckedContinuation<Void, Never>]()
                    }
                    defer { state.waiters = [:] }
                    return Array(state.waiters.values)
                }
                for waiter in released { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
