import Testing

@testable import AgentKit

@Suite struct BackoffTests {
    @Test(arguments: [
        // Failures before, and the longest rest after the next.
        (0, 1.0), (1, 2), (2, 4), (8, 256), (9, 300), (15, 300), (60, 300),
    ])
    func doublesUpToFiveMinutes(failures: Int, longest: Double) {
        var generator = SystemRandomNumberGenerator()
        let rests = (0..<2_000).map { _ in
            var backoff = Backoff()
            for _ in 0..<failures { _ = backoff.next(using: &generator) }
            return backoff.next(using: &generator)
        }
        #expect(rests.allSatisfy { (longest / 10...longest).contains($0) })
        // With 2,000 draws a miss is as likely as 0.95 to the power of 2,000.
        #expect(rests.contains { $0 > longest * 0.95 } && rests.contains { $0 < longest * 0.15 })
    }

    @Test func restsAreSpreadOverTheWholeSpan() {
        var generator = SystemRandomNumberGenerator()
        var tenths = Set<Int>()
        for _ in 0..<2_000 {
            var backoff = Backoff()
            let rest = backoff.next(using: &generator)
            #expect((0.1...1).contains(rest))
            tenths.insert(Int(rest * 10))
        }
        #expect(tenths.isSuperset(of: 1...9))
    }

    @Test func startsAnewAfterSuccess() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff()
        for _ in 0..<9 { _ = backoff.next(using: &generator) }
        #expect(backoff.failures == 9)
        backoff.reset()
        #expect(backoff.next(using: &generator) <= 1)
    }

    @Test func whatStartsInTheSameSecondCallsWithinATenthOfThePeriod() {
        var generator = SystemRandomNumberGenerator()
        for (period, longest) in [(300, 30.0), (86_400, 30), (60, 6), (1, 0.1)] {
            let rests = (0..<2_000).map { _ in Backoff.restAtStart(period: period, using: &generator) }
            #expect(rests.allSatisfy { (0...longest).contains($0) })
            #expect(rests.contains { $0 < longest * 0.05 } && rests.contains { $0 > longest * 0.95 })
        }
    }

    /// Agents call every 5 minutes and meet a server that is away, for a moment or for an hour. Undisturbed, a third of a percent calls in a second.
    @Test(arguments: [1.0, 20, 60, 280, 600, 3_600])
    func agentsThatLostOneServerDoNotComeBackAtOnce(outage: Double) {
        let agents = 10_000
        var generator = SystemRandomNumberGenerator()
        let (start, end) = (300.0, 300 + outage)
        var calls = [Int](repeating: 0, count: 400)
        for _ in 0..<agents {
            var backoff = Backoff()
            var time = Double.random(in: 0..<300, using: &generator)
            while time < end + 400 {
                if time >= start, time < end {
                    time += backoff.next(using: &generator)
                    continue
                }
                if time >= end { calls[Int(time - end)] += 1 }
                backoff.reset()
                time += Backoff.jittered(300, using: &generator)
            }
        }
        #expect(calls.reduce(0, +) >= agents, "everybody is back within six minutes")
        // Worst is an outage of nearly a period: all who called in its last seconds try again within seconds. 3 percent were seen.
        #expect((calls.max() ?? 0) <= agents * 4 / 100)
    }

    @Test func periodsAreSpreadByATenth() {
        var generator = SystemRandomNumberGenerator()
        let periods = (0..<2_000).map { _ in Backoff.jittered(300, using: &generator) }
        #expect(periods.allSatisfy { (270...330).contains($0) })
        #expect(periods.contains { $0 < 275 } && periods.contains { $0 > 325 })
    }
}
