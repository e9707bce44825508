import Testing

@testable import LoadTest

struct ScheduleTests {
    private func schedule(seed: UInt64 = 1, changes: Double = 20) -> Schedule {
        Schedule(agents: 50, arrivals: .seconds(10), changes: changes, duration: .seconds(100), seed: seed)
    }

    @Test func theSameSeedGivesTheSameSchedule() {
        #expect(schedule(seed: 3).entries == schedule(seed: 3).entries)
        #expect(schedule(seed: 3).entries != schedule(seed: 4).entries)
    }

    @Test func everyAgentArrivesOnceAndBeforeAnythingChangesOnIt() {
        var arrived: Set<Int> = []
        for entry in schedule().entries {
            switch entry.kind {
            case .arrival: #expect(arrived.insert(entry.agent).inserted)
            case .change: #expect(arrived.contains(entry.agent))
            }
        }
        #expect(arrived == Set(0..<50))
    }

    @Test func entriesAscendWithinTheDurationAtTheRateAskedFor() {
        let entries = schedule().entries
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.due <= $1.due })
        #expect(entries.last.map { $0.due < .seconds(100) } == true)
        let changes = entries.count { $0.kind == .change }
        #expect((1_800...2_200).contains(changes))
    }

    @Test func nothingChangesBeforeItIsTo() {
        let schedule = Schedule(
            agents: 50, arrivals: .seconds(10), changes: 20, after: .seconds(30), duration: .seconds(100), seed: 1)
        let changes = schedule.entries.filter { $0.kind == .change }
        #expect(changes.first.map { $0.due > .seconds(30) } == true)
        #expect((1_200...1_600).contains(changes.count))
        #expect(schedule.entries.count - changes.count == 50)
    }

    @Test func nothingChangesAtARateOfZero() {
        #expect(schedule(changes: 0).entries.allSatisfy { $0.kind == .arrival })
    }
}
