import Synchronization
import Testing
import Verdicts

@testable import VerdictClient

/// A choice that expectations can have look: they do not take what mutates.
private final class Chooser {
    private var choice: IndexChoice
    var index: IndexNotice? { choice.index }

    init(patience: Duration) { choice = IndexChoice(patience: patience) }

    func look(_ views: [IndexChoice.View], now: Duration) -> Bool { choice.look(views, now: now) }
}

struct IndexChoiceTests {
    private static func notice(_ digit: Character, _ date: Int64) -> IndexNotice {
        IndexNotice(digest: String(repeating: digit, count: 64), builtAt: date)
    }

    private let old = notice("f", 1)
    private let new = notice("a", 2)
    private let twin = notice("b", 2)

    @Test func theNewestInReachIsTaken() {
        let choice = Chooser(patience: .seconds(30))
        #expect(!choice.look([.away, .inReach(nil)], now: .zero))
        #expect(choice.index == nil)
        #expect(choice.look([.inReach(old), .inReach(new), .away], now: .zero))
        #expect(choice.index == new)
    }

    @Test func nobodyGoesBackWhileTheNewestIsThere() {
        let choice = Chooser(patience: .seconds(30))
        _ = choice.look([.inReach(old), .inReach(old)], now: .zero)
        #expect(choice.look([.inReach(new), .inReach(old)], now: .seconds(1)))
        #expect(!choice.look([.inReach(new), .inReach(old)], now: .seconds(100)))
        #expect(!choice.look([.inReach(old), .inReach(new)], now: .seconds(200)))
        #expect(choice.index == new)
    }

    @Test func indexesOfOneDateAreOrderedAlikeForEverybody() {
        let one = Chooser(patience: .seconds(30))
        let two = Chooser(patience: .seconds(30))
        _ = one.look([.inReach(new), .inReach(new)], now: .zero)
        _ = one.look([.inReach(new), .inReach(twin)], now: .zero)
        _ = two.look([.inReach(twin), .inReach(new)], now: .zero)
        #expect(one.index == two.index)
        #expect(!two.look([.inReach(new), .inReach(twin)], now: .zero))
    }

    @Test func whoeverHasTheNewestIsWaitedForSoLong() {
        let choice = Chooser(patience: .seconds(30))
        _ = choice.look([.inReach(new), .inReach(old)], now: .seconds(5))
        #expect(!choice.look([.away, .inReach(old)], now: .seconds(6)))
        #expect(!choice.look([.away, .inReach(old)], now: .seconds(35)))
        #expect(choice.index == new)
        #expect(choice.look([.away, .inReach(old)], now: .seconds(36)))
        #expect(choice.index == old)
        #expect(choice.look([.inReach(new), .inReach(old)], now: .seconds(37)))
        #expect(choice.index == new)
    }

    @Test func anOlderOneThatEverybodyHasPutBackIsTakenAtOnce() {
        let choice = Chooser(patience: .seconds(30))
        _ = choice.look([.inReach(new), .inReach(new)], now: .zero)
        #expect(!choice.look([.inReach(old), .inReach(new)], now: .zero))
        #expect(choice.look([.inReach(old), .inReach(old)], now: .zero))
        #expect(choice.index == old)
    }

    @Test func nobodyInReachChangesNothing() {
        let choice = Chooser(patience: .zero)
        _ = choice.look([.inReach(new)], now: .zero)
        #expect(!choice.look([.away], now: .seconds(1_000)))
        #expect(!choice.look([.inReach(nil)], now: .seconds(1_000)))
        #expect(choice.index == new)
    }
}

struct BudgetTests {
    @Test func extraRequestsStayAShareOfTheFirstOnes() {
        var budget = SpendingBudget(share: 0.1)
        var extra = 0
        for _ in 0..<1_000 {
            budget.pay()
            if budget.take() { extra += 1 }
        }
        #expect((100...110).contains(extra))
    }

    @Test func nothingIsSpentWithoutAShare() {
        var budget = SpendingBudget(share: 0)
        budget.pay()
        let mayMore = budget.take()
        #expect(!mayMore)
    }
}

struct LatencyTests {
    @Test func nothingIsSaidBeforeEnoughIsKnown() {
        var window = LatencyWindow()
        for _ in 0..<LatencyWindow.least - 1 { window.note(.milliseconds(1), packages: 1) }
        #expect(window.quantile(0.95, packages: 1) == nil)
        window.note(.milliseconds(1), packages: 1)
        #expect(window.quantile(0.95, packages: 1) == .milliseconds(1))
        #expect(window.quantile(0.95, packages: 1_000) == nil)
    }

    @Test func theLatestCount() {
        var window = LatencyWindow()
        for _ in 0..<500 { window.note(.seconds(9), packages: 50) }
        for value in 1...LatencyWindow.length { window.note(.milliseconds(value), packages: 50) }
        #expect(window.quantile(0.95, packages: 50) == .milliseconds(122))
        #expect(window.quantile(1, packages: 50) == .milliseconds(128))
    }
}

/// Lets requests through one by one.
private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var arrivals = 0
    private var expecting: [(count: Int, CheckedContinuation<Void, Never>)] = []

    func pass() async {
        arrivals += 1
        for (count, continuation) in expecting where count <= arrivals { continuation.resume() }
        expecting.removeAll { $0.count <= arrivals }
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func arrived(_ count: Int) async {
        if arrivals < count { await withCheckedContinuation { expecting.append((count, $0)) } }
    }
}

struct GathererTests {
    private static func answer(_ packages: [String]) -> VerdictBatch {
        VerdictBatch(
            verdicts: packages.map {
                [.init(vulnerability: "V\($0)", advisories: [$0], status: .affected, reason: "in_range")]
            },
            vulnerabilities: [], indexDigest: "digest")
    }

    @Test func whatComesMeanwhileIsAskedTogetherAndEachGetsItsOwn() async throws {
        let gate = Gate()
        let asked = Mutex<[[String]]>([])
        let gatherer = CallGatherer(limit: 5, concurrency: 1) { packages in
            asked.withLock { $0.append(packages) }
            await gate.pass()
            return Self.answer(packages)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { _ = try await gatherer.verdicts(for: ["first"]) }
            await gate.arrived(1)
            for number in 0..<6 {
                tasks.addTask {
                    let batch = try await gatherer.verdicts(for: ["\(number)a", "\(number)b"])
                    #expect(batch.verdicts.map { $0.flatMap(\.advisories) } == [["\(number)a"], ["\(number)b"]])
                }
            }
            while gatherer.waitingCount < 6 { await Task.yield() }
            await gate.open()
            try await tasks.waitForAll()
        }
        let batches = asked.withLock { $0 }
        #expect(batches.count == 4)
        #expect(batches.dropFirst().allSatisfy { $0.count == 4 })
    }

    @Test func whoGivesUpTakesNobodyAlong() async throws {
        let gate = Gate()
        let gatherer = CallGatherer(limit: 10, concurrency: 1) { packages in
            await gate.pass()
            try Task.checkCancellation()
            return Self.answer(packages)
        }
        try await withThrowingTaskGroup(of: Int.self) { tasks in
            let leader = Task { try await gatherer.verdicts(for: ["leader"]) }
            await gate.arrived(1)
            let follower = Task { try await gatherer.verdicts(for: ["follower"]) }
            while gatherer.waitingCount < 1 { await Task.yield() }
            tasks.addTask { try await gatherer.verdicts(for: ["other"]).verdicts.count }
            while gatherer.waitingCount < 2 { await Task.yield() }
            follower.cancel()
            await #expect(throws: CancellationError.self) { try await follower.value }
            leader.cancel()
            await gate.open()
            await #expect(throws: CancellationError.self) { try await leader.value }
            let verdicts = try await tasks.next()
            #expect(verdicts == 1)
        }
        #expect(try await gatherer.verdicts(for: ["later"]).verdicts.count == 1)
    }

    @Test func aFailureIsEverybodysAndTheNextOnesAreAskedAnew() async throws {
        let isFailing = Mutex(true)
        let gate = Gate()
        let gatherer = CallGatherer(limit: 10, concurrency: 1) { packages in
            await gate.pass()
            if isFailing.withLock({ $0 }) { throw VerdictServiceError.unavailable("away") }
            return Self.answer(packages)
        }
        await withTaskGroup(of: VerdictServiceError?.self) { tasks in
            for number in 0..<3 {
                tasks.addTask {
                    do {
                        _ = try await gatherer.verdicts(for: ["\(number)"])
                        return nil
                    } catch { return error as? VerdictServiceError }
                }
            }
            while gatherer.waitingCount < 2 { await Task.yield() }
            await gate.open()
            for await error in tasks { #expect(error == .unavailable("away")) }
        }
        isFailing.withLock { $0 = false }
        #expect(try await gatherer.verdicts(for: ["later"]).verdicts.count == 1)
    }
}
