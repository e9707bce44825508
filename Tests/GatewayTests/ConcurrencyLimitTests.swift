import Synchronization
import Testing

@testable import Gateway

/// Who had a turn.
private final class Order: Sendable {
    private let state = Mutex<[Int]>([])
    var numbers: [Int] { state.withLock(\.self) }
    func append(_ number: Int) { state.withLock { $0.append(number) } }
}

struct ConcurrencyLimitTests {
    @Test func thoseThatWaitGetTheirTurnInOrder() async throws {
        let limit = ConcurrencyLimit(1, waiting: 3)
        let order = Order()
        try limit.enter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                group.addTask { try await limit.run { order.append(number) } }
                try await untilWaiting(number + 1, at: limit)
            }
            // Three wait, and a fourth finds no room.
            await #expect(throws: APIError.self) { try await limit.run {} }
            #expect(order.numbers.isEmpty)
            limit.leave()
            try await group.waitForAll()
        }
        #expect(order.numbers == [0, 1, 2])
        try limit.enter()
        #expect(throws: APIError.self) { try limit.enter() }
    }

    @Test func whoGivesUpWaitingTakesNoPlace() async throws {
        let limit = ConcurrencyLimit(1, waiting: 2)
        try limit.enter()
        let patient = Task { try await limit.run { true } }
        try await untilWaiting(1, at: limit)
        let impatient = Task { try await limit.run { true } }
        try await untilWaiting(2, at: limit)
        impatient.cancel()
        await #expect(throws: CancellationError.self) { try await impatient.value }
        #expect(limit.waitingCount == 1)
        limit.leave()
        #expect(try await patient.value)
        try limit.enter()
    }

    @Test func whoCameCancelledNeverWaits() async throws {
        let limit = ConcurrencyLimit(1, waiting: 1)
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            try await limit.run {}
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        try limit.enter()
    }

    private func untilWaiting(_ count: Int, at limit: ConcurrencyLimit) async throws {
        while limit.waitingCount < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
