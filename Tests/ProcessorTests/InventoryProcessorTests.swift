import Events
import JobQueue
import Matching
import Stores
import Testing
import Verdicts

@testable import Processor

@Suite(.timeLimit(.minutes(15))) struct InventoryProcessorTests {
    private let installation: Installation
    private let verdicts = VerdictDouble()

    init() throws { installation = try Installation() }

    /// The changes of the next events of a company.
    private func changes(
        _ count: Int, in subscription: EventSubscription, of scope: CompanyScope
    ) async throws -> [InventoryChange] {
        var changes: [InventoryChange] = []
        for try await hint in subscription {
            let event = try await installation.event(hint, of: scope)
            if case .inventoryApplied(let change) = event?.kind { changes.append(change) }
            if changes.count == count { break }
        }
        return changes
    }

    @Test func whatIsReceivedIsAppliedWithItsFindings() async throws {
        let (scope, agents) = try await installation.company()
        verdicts.use("i1", ["a": ["CVE-1"], "b": ["CVE-1", "CVE-2"], "other": ["CVE-3"]])
        let subscription = installation.events.subscribe(scope: scope, buffer: 100)
        let processor = installation.inventoryProcessor(verdicts)
        let applied = try await running([processor.run]) { [installation] in
            try await installation.receive(["a", "b", "c"], from: agents[0], of: scope)
            return try await changes(1, in: subscription, of: scope)
        }
        #expect(applied.map(\.packagesAdded) == [3] && applied.map(\.opened) == [2])
        #expect(try await installation.state(agents[0], of: scope) == .current)
        #expect(
            try await installation.findings(agents[0], of: scope) == ["a": ["CVE-1"], "b": ["CVE-1", "CVE-2"]])
        #expect(try await installation.store.verify() == [])
    }

    @Test func aPackageIsMatchedOnceForAllCompanies() async throws {
        verdicts.use("i1", ["a": ["CVE-1"]])
        let processor = installation.inventoryProcessor(verdicts)
        for name in ["one", "two"] {
            let (scope, agents) = try await installation.company(name, agents: 2)
            for agent in agents { try await installation.receive(["a", "b"], from: agent, of: scope, priority: nil) }
            #expect(try await installation.applyWaiting(of: scope, by: processor) == [])
            for agent in agents {
                #expect(try await installation.findings(agent, of: scope) == ["a": ["CVE-1"]])
            }
        }
        #expect(verdicts.asked == ["a", "b"])
    }

    @Test func withoutAnIndexItStaysPendingAndIsAppliedOnceThereIsOne() async throws {
        let (scope, agents) = try await installation.company()
        let subscription = installation.events.subscribe(scope: scope, buffer: 100)
        let processor = installation.inventoryProcessor(verdicts)
        try await installation.receive(["a"], from: agents[0], of: scope)
        try await running([processor.run]) { [installation, verdicts] () async throws in
            var attempts = verdicts.attempts.makeAsyncIterator()
            await attempts.next()
            #expect(try await installation.state(agents[0], of: scope) == .pending, "not known is not nothing found")
            verdicts.use("i1", ["a": ["CVE-1"]])
            #expect(try await changes(1, in: subscription, of: scope).map(\.opened) == [1])
        }
        #expect(try await installation.findings(agents[0], of: scope) == ["a": ["CVE-1"]])
    }

    @Test func aServiceThatFailsLosesNothing() async throws {
        let (scope, agents) = try await installation.company(agents: 2)
        verdicts.use("i1", ["a": ["CVE-1"], "b": ["CVE-2"]])
        verdicts.withState { $0.failures = 1 }
        let subscription = installation.events.subscribe(scope: scope, buffer: 100)
        let processor = installation.inventoryProcessor(verdicts)
        for (agent, name) in zip(agents, ["a", "b"]) {
            try await installation.receive([name], from: agent, of: scope)
        }
        let applied = try await running([processor.run]) { try await changes(2, in: subscription, of: scope) }
        #expect(Set(applied.map(\.agent)) == Set(agents))
        #expect(verdicts.withState { $0.failedCalls } == 1)
        #expect(try await installation.findings(agents[1], of: scope) == ["b": ["CVE-2"]])
    }

    @Test func anIndexThatComesBetweenAnswerAndRecordHasTheLastWord() async throws {
        let (scope, agents) = try await installation.company()
        verdicts.use("i1", ["a": ["CVE-old"]])
        verdicts.withState { state in
            state.indexes["i2"] = ["a": ["CVE-new"]]
            state.afterAnswer = [{ $0.current = "i2" }]
        }
        try await installation.receive(["a"], from: agents[0], of: scope)
        _ = try await installation.applyWaiting(of: scope, by: installation.inventoryProcessor(verdicts))
        #expect(try await installation.findings(agents[0], of: scope) == ["a": ["CVE-new"]])
        #expect(verdicts.asked == ["a", "a"])
        #expect(try await installation.store.verify() == [])
    }

    @Test func onlyTheNewestOfManyInventoriesIsApplied() async throws {
        let (scope, agents) = try await installation.company()
        verdicts.use("i1", ["a": ["CVE-1"], "b": ["CVE-2"]])
        for names in [["a"], ["b"], ["c"], ["a", "c"]] {
            try await installation.receive(names, from: agents[0], of: scope, priority: nil)
        }
        _ = try await installation.applyWaiting(of: scope, by: installation.inventoryProcessor(verdicts))
        #expect(try await installation.findings(agents[0], of: scope) == ["a": ["CVE-1"]])
        #expect(try await installation.state(agents[0], of: scope) == .current)
    }

    @Test func aCompanyWithMoreThanABatchIsServedToItsEnd() async throws {
        let count = InventoryProcessor.batchSize + 3
        let (scope, agents) = try await installation.company(agents: count)
        verdicts.use("i1", [:])
        for agent in agents { try await installation.receive(["a"], from: agent, of: scope, priority: nil) }
        let subscription = installation.events.subscribe(scope: scope, buffer: 1_000)
        try await installation.queue.enqueue(WorkHint(scope: scope, priority: .firstInventory))
        let processor = installation.inventoryProcessor(verdicts)
        let applied = try await running([processor.run]) { try await changes(count, in: subscription, of: scope) }
        #expect(Set(applied.map(\.agent)) == Set(agents))
    }

    @Test func twoWorkersNeverServeOneCompanyAtOnce() async throws {
        let (scope, agents) = try await installation.company(agents: 12)
        verdicts.use("i1", [:])
        let subscription = installation.events.subscribe(scope: scope, buffer: 1_000)
        let processor = installation.inventoryProcessor(verdicts, workers: 2)
        let applied = try await running([processor.run]) { [installation] in
            for (number, agent) in agents.enumerated() {
                // Packages nobody has seen, so that each inventory needs a call; hints of every kind.
                try await installation.receive(
                    ["p\(number)"], from: agent, of: scope, priority: WorkPriority.allCases[number % 3])
            }
            return try await changes(agents.count, in: subscription, of: scope)
        }
        #expect(Set(applied.map(\.agent)) == Set(agents) && applied.count == agents.count)
        #expect(verdicts.withState { $0.mostAtOnce } == 1)
    }

    @Test func twoWorkersServeTwoCompaniesAtOnce() async throws {
        // Each call waits for the other, so this ends only if there are two.
        let verdicts = VerdictDouble(rendezvous: Rendezvous(2))
        verdicts.use("i1", [:])
        let one = try await installation.company("one")
        let two = try await installation.company("two")
        let first = installation.events.subscribe(scope: one.scope, buffer: 10)
        let second = installation.events.subscribe(scope: two.scope, buffer: 10)
        let processor = installation.inventoryProcessor(verdicts, workers: 2)
        try await installation.receive(["a"], from: one.agents[0], of: one.scope)
        try await installation.receive(["b"], from: two.agents[0], of: two.scope)
        try await running([processor.run]) { () async throws in
            #expect(try await changes(1, in: first, of: one.scope).map(\.agent) == one.agents)
            #expect(try await changes(1, in: second, of: two.scope).map(\.agent) == two.agents)
        }
        #expect(verdicts.withState { $0.mostAtOnce } == 2)
    }

    @Test func forgottenWorkIsFoundBySweeping() async throws {
        let (scope, agents) = try await installation.company()
        verdicts.use("i1", ["a": ["CVE-1"]])
        try await installation.receive(["a"], from: agents[0], of: scope, priority: nil)
        let subscription = installation.events.subscribe(scope: scope, buffer: 10)
        let sweeper = Sweeper(
            store: installation.store, queue: installation.queue, interval: .seconds(3_600), logger: Installation.silent
        )
        let processor = installation.inventoryProcessor(verdicts)
        try await running([processor.run, sweeper.run]) { () async throws in
            #expect(try await changes(1, in: subscription, of: scope).map(\.opened) == [1])
        }
        #expect(try await installation.store.fetchPendingWork(limit: 10) == [])
    }

    @Test func anInventoryThatCannotBeAppliedHoldsUpNobodyAndIsSetAsideWithItsReason() async throws {
        let (scope, agents) = try await installation.company(agents: 3)
        verdicts.use("i1", ["a": ["CVE-1"]])
        verdicts.withState { $0.poison = "bad" }
        var policy = QueuePolicy()
        policy.maximumFailures = 1
        let queue = EmbeddedJobQueue(policy: policy)
        for (agent, name) in zip(agents, ["a", "bad", "a"]) {
            try await installation.receive([name], from: agent, of: scope, priority: nil)
            try await queue.enqueue(WorkHint(scope: scope, priority: .change, subject: agent.description))
        }
        let subscription = installation.events.subscribe(scope: scope, buffer: 100)
        let processor = installation.inventoryProcessor(verdicts, queue: queue)
        let applied = try await running([processor.run]) { try await changes(2, in: subscription, of: scope) }
        #expect(Set(applied.map(\.agent)) == [agents[0], agents[2]])
        let dead = try await queue.fetchDeadLetters(scope: scope, limit: 9)
        #expect(dead.map(\.hint.subject) == [agents[1].description])
        #expect(dead.map(\.reason) == ["Poisoned()"])
        #expect(try await queue.statistics().leases == 0)
    }

    /// What fails together is tried again one by one; what is alone has been tried on its own.
    @Test(arguments: [1, 2]) func anInventoryThatFailsAloneIsTriedOnce(_ count: Int) async throws {
        let (scope, agents) = try await installation.company(agents: count)
        verdicts.use("i1", [:])
        verdicts.withState { $0.poison = "bad" }
        for agent in agents { try await installation.receive(["bad"], from: agent, of: scope, priority: nil) }
        let failures = try await installation.inventoryProcessor(verdicts).apply(agents, scope: scope)
        #expect(Set(failures.map(\.subject)) == Set(agents.map(\.description)))
        #expect(verdicts.withState { $0.failedCalls } == (count == 1 ? 1 : count + 1))
    }

    @Test func whatIsUnderWayIsGivenBackWhenTheServiceIsAway() async throws {
        let (scope, agents) = try await installation.company(agents: 2)
        var policy = QueuePolicy()
        policy.maximumFailures = 1
        let queue = EmbeddedJobQueue(policy: policy)
        for agent in agents {
            try await installation.receive(["a"], from: agent, of: scope, priority: nil)
            try await queue.enqueue(WorkHint(scope: scope, priority: .change, subject: agent.description))
        }
        let processor = installation.inventoryProcessor(verdicts, queue: queue)
        try await running([processor.run]) { [verdicts] () async throws in
            var attempts = verdicts.attempts.makeAsyncIterator()
            await attempts.next()
        }
        let statistics = try await queue.statistics()
        #expect(statistics.dead == 0 && statistics.leases == 0)
        #expect(statistics.delayed + statistics.pending.values.reduce(0, +) == 2)
    }

    @Test func aStoreWithoutRoomIsNoInventorysFault() async throws {
        let (scope, agents) = try await installation.company(agents: 2)
        verdicts.use("i1", [:])
        verdicts.withState { state in
            state.poison = "bad"
            state.poisoning = StoreError.unavailable("apply inventories: SQLSTATE 53100")
        }
        for agent in agents { try await installation.receive(["bad"], from: agent, of: scope, priority: nil) }
        let processor = installation.inventoryProcessor(verdicts)
        await #expect(throws: StoreError.self) { try await processor.apply(agents, scope: scope) }
        #expect(verdicts.withState { $0.failedCalls } == 1)
        for error in [StoreError.timedOut("it"), .failed("it")] {
            verdicts.withState { $0.poisoning = error }
            #expect(try await processor.apply(agents, scope: scope).count == 2, "\(error)")
        }
    }

    @Test func moreThanOneSweepTakesIsFoundByTheNext() async throws {
        let (scope, agents) = try await installation.company(agents: 7)
        for agent in agents { try await installation.receive(["a"], from: agent, of: scope, priority: nil) }
        let waiting = WaitingAgents(store: installation.store, queue: installation.queue)
        var place: PendingAgent?
        var pages = 0
        repeat {
            place = try await waiting.announce(scope: scope, after: place, limit: 3)
            pages += 1
        } while place != nil
        #expect(pages == 3)
        #expect(try await installation.queue.statistics().pending[.routine] == 7)
    }
}
