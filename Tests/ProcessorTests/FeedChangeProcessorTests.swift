import Events
import Foundation
import Inventory
import JobQueue
import Matching
import PackageIdentity
import Stores
import Testing
import Verdicts

@testable import Processor

@Suite(.timeLimit(.minutes(15))) struct FeedChangeProcessorTests {
    private let installation: Installation
    private let verdicts = VerdictDouble()

    init() throws { installation = try Installation() }

    /// A company with one agent that has these packages, matched by the index in use.
    private func company(_ name: String = "company", having packages: [String]) async throws -> (
        scope: CompanyScope, agent: AgentID
    ) {
        let (scope, agents) = try await installation.company(name)
        try await installation.receive(packages, from: agents[0], of: scope, priority: nil)
        _ = try await installation.applyWaiting(of: scope, by: installation.inventoryProcessor(verdicts))
        return (scope, agents[0])
    }

    private func forgetCalls() { verdicts.withState { $0.calls = [] } }

    @Test func otherRulesMatchEverythingAgain() async throws {
        verdicts.use("i1", ["a": ["CVE-1"], "b": ["CVE-2"]])
        let (scope, agent) = try await company(having: ["a", "b"])
        let processor = installation.feedChangeProcessor(verdicts)
        #expect(try await processor.applyChanges() == 2)
        try await installation.store.setVerdictBasis("i1 rules 0", at: Date())
        verdicts.use("i1", ["a": ["CVE-1"], "b": []])
        #expect(try await processor.applyChanges() == 2)
        #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-1"]])
        #expect(try await processor.applyChanges() == 0)
    }

    @Test func onlyTheNamedPackagesAreMatchedAgain() async throws {
        verdicts.use("i1", ["a": ["CVE-1"], "b": ["CVE-2"]])
        let (scope, agent) = try await company(having: ["a", "b", "c", "d"])
        let processor = installation.feedChangeProcessor(verdicts)
        #expect(try await processor.applyChanges() == 4, "the first index is compared with nothing")
        forgetCalls()
        verdicts.use("i2", ["a": ["CVE-1"], "b": [], "c": ["CVE-3"], "not-here": ["CVE-4"]])
        #expect(try await processor.applyChanges() == 2)
        #expect(verdicts.asked == ["b", "c"])
        #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-1"], "c": ["CVE-3"]])
        #expect(try await installation.store.fetchVerdictBasis() == VerdictBasis.text(indexDigest: "i2"))
        forgetCalls()
        #expect(try await processor.applyChanges() == 0)
        #expect(verdicts.asked == [], "the same index again is no work")
        #expect(try await installation.store.verify() == [])
    }

    @Test func whatIsBeingExploitedGoesFirst() async throws {
        verdicts.use("i1", [:])
        let names = (0..<9).map { "p\($0)" }
        let (scope, agent) = try await company(having: names)
        let processor = installation.feedChangeProcessor(verdicts)
        _ = try await processor.applyChanges()
        forgetCalls()
        verdicts.withState { $0.exploited = ["CVE-7"] }
        verdicts.use("i2", Dictionary(uniqueKeysWithValues: names.map { ($0, ["CVE-" + $0.dropFirst()]) }))
        // The third call is the first about what is not being exploited, and is where everything stops.
        verdicts.withState { state in
            state.afterAnswer = [{ _ in }, { $0.failures = 1 }]
        }
        await #expect(throws: VerdictServiceError.self) { try await processor.applyChanges() }
        #expect(verdicts.withState { $0.calls.map(\.count) } == [9, 1])
        #expect(try await installation.findings(agent, of: scope) == ["p7": ["CVE-7"]])
        #expect(try await processor.applyChanges() == 9)
        #expect(try await installation.findings(agent, of: scope).count == 9)
        #expect(try await installation.store.verify() == [])
    }

    @Test func aProcessThatStandsByLeavesTheIndexAlone() async throws {
        verdicts.use("i1", ["a": ["CVE-1"]])
        let standby = installation.feedChangeProcessor(verdicts, leadership: NeverLeading())
        let (asked, told) = AsyncStream<Void>.makeStream()
        let other = installation.feedChangeProcessor(verdicts, leadership: NeverLeading { told.yield() })
        try await running([standby.run, other.run]) { () async throws in
            var questions = asked.makeAsyncIterator()
            await questions.next()
            await questions.next()
        }
        #expect(try await installation.store.fetchVerdictBasis() == nil)
        #expect(verdicts.asked == [])
    }

    @Test func textsAndScoresAreRefreshedWithoutMatching() async throws {
        verdicts.use("i1", ["a": ["CVE-1"]])
        let (scope, _) = try await company(having: ["a"])
        let processor = installation.feedChangeProcessor(verdicts)
        _ = try await processor.applyChanges()
        forgetCalls()
        verdicts.use("i2", ["a": ["CVE-1"]])
        #expect(try await processor.applyChanges() == 0)
        #expect(verdicts.asked == [])
        #expect(try await installation.store.fetchVulnerability(scope: scope, id: "CVE-1")?.record.summary == "i2")
    }

    @Test func everyCompanyConcernedHearsOfItAndNoOther() async throws {
        verdicts.use("i1", [:])
        let one = try await company("one", having: ["a"])
        let two = try await company("two", having: ["b"])
        let processor = installation.feedChangeProcessor(verdicts)
        _ = try await processor.applyChanges()
        let subscription = installation.events.subscribe(scope: one.scope, buffer: 10)
        verdicts.use("i2", ["a": ["CVE-1"]])
        _ = try await processor.applyChanges()
        var events = subscription.makeAsyncIterator()
        guard case .verdictsChanged(let change) = try await installation.event(events.next(), of: one.scope)?.kind
        else {
            Issue.record("another event")
            return
        }
        #expect(change.agents == 1 && change.openedExamples == ["CVE-1"] && change.indexDigest == "i2")
        let others = try await installation.store.fetchNewestEvents(scope: two.scope, before: nil, limit: 10)
        #expect(!others.contains { $0.name == .verdictsChanged })
    }

    @Test func followsTheIndexWhileItRuns() async throws {
        verdicts.use("i1", [:])
        let (scope, agent) = try await company(having: ["a"])
        let subscription = installation.events.subscribe(scope: scope, buffer: 10)
        let processor = installation.feedChangeProcessor(verdicts)
        try await running([processor.run]) { [installation, verdicts] () async throws in
            var events = subscription.makeAsyncIterator()
            for (digest, finding) in [("i2", ["CVE-1"]), ("i3", []), ("i4", ["CVE-2"])] {
                verdicts.use(digest, ["a": finding])
                #expect(try await installation.event(events.next(), of: scope)?.name == .verdictsChanged)
            }
        }
        #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-2"]])
    }

    @Test func aFailureHalfWayIsMadeGoodFromTheSameOlderIndex() async throws {
        verdicts.use("i1", [:])
        let (scope, agent) = try await company(having: ["a"])
        let processor = installation.feedChangeProcessor(verdicts)
        _ = try await processor.applyChanges()
        verdicts.use("i2", ["a": ["CVE-1"]])
        verdicts.withState { $0.failures = 1 }
        await #expect(throws: VerdictServiceError.self) { try await processor.applyChanges() }
        #expect(try await installation.store.fetchVerdictBasis() == VerdictBasis.text(indexDigest: "i1"))
        #expect(try await processor.applyChanges() == 1)
        #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-1"]])
    }

    @Test func aFailureWhileRunningIsTriedAgain() async throws {
        verdicts.use("i1", ["a": ["CVE-1"]])
        let (scope, _) = try await company(having: ["a"])
        let subscription = installation.events.subscribe(scope: scope, buffer: 10)
        verdicts.use("i2", ["a": []])
        verdicts.withState { $0.failures = 1 }
        let processor = installation.feedChangeProcessor(verdicts)
        try await running([processor.run]) { [installation] () async throws in
            var events = subscription.makeAsyncIterator()
            #expect(try await installation.event(events.next(), of: scope)?.name == .verdictsChanged)
        }
        #expect(verdicts.withState { $0.failedCalls } == 1)
    }

    @Test func anIndexThatComesDuringThePassIsNotMissed() async throws {
        verdicts.use("i1", [:])
        let (scope, agent) = try await company(having: ["a", "b"])
        let processor = installation.feedChangeProcessor(verdicts)
        _ = try await processor.applyChanges()
        verdicts.use("i2", ["a": ["CVE-1"]])
        verdicts.withState { state in
            // Comes after i2's answer on `a`, and speaks of `b`, which the pass for i2 does not look at.
            state.indexes["i3"] = ["a": ["CVE-1"], "b": ["CVE-2"]]
            state.afterAnswer = [{ $0.current = "i3" }]
        }
        _ = try await processor.applyChanges()
        #expect(
            try await installation.store.fetchVerdictBasis() == VerdictBasis.text(indexDigest: "i2"),
            "what was compared, not what came since")
        _ = try await processor.applyChanges()
        #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-1"], "b": ["CVE-2"]])
        #expect(try await installation.store.fetchVerdictBasis() == VerdictBasis.text(indexDigest: "i3"))
    }

    @Test func moreNamesAndPackagesThanOneBatchAreAllMatched() async throws {
        verdicts.use("i1", [:])
        let count = Matchmaker.batchSize + 7
        let names = (0..<count).map { "p\($0)" }
        let (scope, agent) = try await company(having: names)
        let processor = installation.feedChangeProcessor(verdicts)
        #expect(try await processor.applyChanges() == count)
        #expect(verdicts.withState { $0.calls.map(\.count).max() } == Matchmaker.batchSize)
        forgetCalls()
        verdicts.use("i2", Dictionary(uniqueKeysWithValues: names.map { ($0, ["CVE-1"]) }))
        #expect(try await processor.applyChanges() == count)
        #expect(verdicts.asked == names.sorted(), "each once")
        #expect(try await installation.store.fetchVulnerability(scope: scope, id: "CVE-1")?.agents == 1)
        #expect(try await installation.findings(agent, of: scope).count == count)
    }
}

/// Another process leads.
private struct NeverLeading: Leadership {
    var onQuestion: @Sendable () -> Void = {}
    func lead(for term: Duration) async throws -> Bool {
        onQuestion()
        return false
    }
    func resign() async {}
}
