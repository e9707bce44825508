import Inventory
import Testing

@testable import Governor

@Suite struct PaceTests {
    private static let idle: LoadReading = {
        var reading = LoadReading(processors: 4)
        (reading.runnable, reading.loadAverage, reading.processorPressure) = (1, 0.3, 0)
        return reading
    }()

    private static func reading(_ change: (inout LoadReading) -> Void) -> LoadReading {
        var reading = idle
        change(&reading)
        return reading
    }

    /// Runs a scan that needs `work` seconds of a processor, in steps of 5 ms, and answers when it ended.
    private func run(_ pace: inout Pace, work: Double, load: (Double) -> LoadReading) -> Double {
        var (time, used) = (0.0, 0.0)
        while used < work {
            pace.take(load(time), at: time)
            while let rest = pace.rest(at: time, processorTime: used) {
                time += rest.seconds
                pace.note(rest, of: rest.seconds)
                pace.take(load(time), at: time)
            }
            time += 0.005
            used += 0.005
        }
        return time
    }

    @Test func anIdleMachineIsScannedAtFullSpeed() {
        var pace = Pace(PaceRules())
        #expect(abs(run(&pace, work: 3) { _ in Self.idle } - 3) < 0.01)
        #expect(pace.rested.isEmpty && pace.reason == nil)
    }

    @Test func whatTheSystemDoesNotSayMakesNoScanRest() {
        var pace = Pace(PaceRules())
        #expect(abs(run(&pace, work: 1) { _ in LoadReading(processors: 1) } - 1) < 0.01)
        #expect(pace.rested.isEmpty)
    }

    @Test(arguments: [
        (PauseReason.processor, 0.05, reading { $0.processorPressure = 0.1 }),
        (.processor, 0.05, reading { ($0.processorPressure, $0.loadAverage) = (nil, 4.1) }),
        (.processor, 0.05, reading { $0.runnable = 5 }),
        (.disk, 0.05, reading { $0.diskPressure = 0.5 }),
        (.heat, 0.05, reading { $0.isHot = true }),
        (.battery, 0.25, reading { $0.isOnBattery = true }),
        // The strictest of several counts.
        (.heat, 0.05, reading { ($0.isHot, $0.isOnBattery) = (true, true) }),
    ])
    func aSignOfLoadSetsAShare(reason: PauseReason, share: Double, load: LoadReading) {
        var pace = Pace(PaceRules())
        let end = run(&pace, work: 2) { _ in load }
        #expect(abs(2 / end - share) < share / 20, "2 s of work took \(end) s")
        #expect(Set(pace.rested.keys) == [reason])
        #expect(abs(pace.rested.values.reduce(2, +) - end) < 0.01, "all the rest of the time it rested")
    }

    @Test(arguments: [
        reading { $0.processorPressure = 0.09 }, reading { $0.runnable = 4 }, reading { $0.memoryPressure = 0.09 },
        // The load average remembers what was a minute ago; the pressure is what is.
        reading { $0.loadAverage = 12 },
    ])
    func lessIsNoSign(load: LoadReading) {
        var pace = Pace(PaceRules())
        #expect(abs(run(&pace, work: 1) { _ in load } - 1) < 0.01)
    }

    @Test func oneCrowdedMomentIsNothing() {
        var pace = Pace(PaceRules())
        pace.take(Self.reading { $0.runnable = 9 }, at: 0)
        #expect(pace.reason == nil)
        pace.take(Self.idle, at: 0.25)
        pace.take(Self.reading { $0.runnable = 9 }, at: 0.5)
        #expect(pace.reason == nil)
        pace.take(Self.reading { $0.runnable = 5 }, at: 0.75)
        #expect(pace.reason == .processor)
    }

    @Test func fullSpeedComesBackAfterFiveCalmSeconds() {
        var pace = Pace(PaceRules())
        pace.take(Self.reading { $0.diskPressure = 1 }, at: 10)
        pace.take(Self.idle, at: 14.9)
        #expect(pace.reason == .disk)
        pace.take(Self.idle, at: 15)
        #expect(pace.reason == nil)
    }

    @Test func aBatteryIsForgottenAsSoonAsTheMainsAreThere() {
        var pace = Pace(PaceRules())
        pace.take(Self.reading { $0.isOnBattery = true }, at: 10)
        #expect(pace.reason == .battery)
        pace.take(Self.idle, at: 10.25)
        #expect(pace.reason == nil)
    }

    @Test func itGoesOnWhereItWasWhenTheLoadIsOver() {
        var pace = Pace(PaceRules())
        let load: (Double) -> LoadReading = {
            (2..<20).contains($0) ? Self.reading { $0.memoryPressure = 0.4 } : Self.idle
        }
        let end = run(&pace, work: 3, load: load)
        // 2 s before, until the last sign and five calm seconds nothing, then the last second.
        #expect((25.0...27.1).contains(end), "\(end)")
        #expect(Set(pace.rested.keys) == [.memory])
    }

    @Test(arguments: [reading { $0.memoryPressure = 1 }, reading { $0.processorPressure = 1 }])
    func restsAreBoundedHoweverLongTheLoadLasts(load: LoadReading) {
        var rules = PaceRules(budget: 0.001)
        rules.longestDelay = 60
        var pace = Pace(rules)
        let end = run(&pace, work: 5) { _ in load }
        #expect((65.0...66.1).contains(end), "\(end)")
        #expect(pace.isOverdue && pace.reason == nil)
    }

    @Test func whatWasSavedAtFullSpeedIsNotSpentUnderLoad() {
        var pace = Pace(PaceRules())
        pace.take(Self.idle, at: 0)
        #expect(pace.rest(at: 0, processorTime: 0) == nil)
        #expect(pace.rest(at: 100, processorTime: 1) == nil)
        pace.take(Self.reading { $0.isHot = true }, at: 100)
        let rest = pace.rest(at: 100.01, processorTime: 1.01)
        #expect(rest?.reason == .heat && abs((rest?.seconds ?? 0) - 0.19) < 0.001)
    }

    @Test func noSingleRestIsLong() {
        var pace = Pace(PaceRules(budget: 0.01))
        pace.take(Self.reading { $0.isHot = true }, at: 0)
        _ = pace.rest(at: 0, processorTime: 0)
        #expect(pace.rest(at: 10, processorTime: 10) == Pace.Rest(seconds: 1, reason: .heat))
    }

    @Test(arguments: [(-1.0, 0.001), (0, 0.001), (0.5, 0.5), (7, 1)])
    func budgetsAreShares(given: Double, kept: Double) {
        #expect(PaceRules(budget: given).budget == kept)
    }
}
