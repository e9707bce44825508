import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let hints: [QueueConformanceCase] = [
        QueueConformanceCase("equal hints are one, others are not") { world in
            for _ in 0..<5 { try await world.enqueue(0) }
            try await world.enqueue(0, .change, "agent")
            try await world.enqueue(1)
            try expect(try await world.queue.statistics().pending[.change], equals: 3)
        },
        QueueConformanceCase("a second hint makes the one held more urgent, never less") { world in
            try await world.enqueue(0, .change)
            try await world.enqueue(0, .knownExploitedChange)
            try await world.enqueue(0, .routine)
            let lease = try await world.serve()
            try expect(lease.hints, equals: [world.hint(0, .knownExploitedChange)])
            try await world.expectNothingElse()
        },
        QueueConformanceCase("any subject comes back as it was, if it is not too long") { world in
            let subjects = ["", "a b:c|{d}*!", "\u{0}\r\n", "ä💡", String(repeating: "x", count: 128)]
            for subject in subjects { try await world.enqueue(0, .change, subject) }
            let lease = try await world.serve(10)
            try expect(lease.hints.map(\.subject), equals: subjects)
            do {
                try await world.enqueue(0, .change, String(repeating: "x", count: 129))
                throw ConformanceFailure(description: "a long subject was taken")
            } catch JobQueueError.subjectTooLong {}
        },
        QueueConformanceCase("holds so many hints and no more", policy: QueuePolicy(limit: 3, companyLimit: 2)) {
            world in
            try await world.enqueue(0, .change, "a")
            try await world.enqueue(0, .change, "b")
            try await world.expectError(.companyFull(limit: 2)) { try await world.enqueue(0, .change, "c") }
            try await world.enqueue(1)
            try await world.expectError(.full(limit: 3)) { try await world.enqueue(2) }
            try await world.enqueue(1, .routine)
            _ = try await world.serve()
            try await world.enqueue(2)
            try expect(try await world.queue.statistics().totals[.refused], equals: 2)
        },
        QueueConformanceCase("a lease takes the hints that waited longest, of one company and priority") { world in
            for number in 0..<5 { try await world.enqueue(0, .change, "\(number)") }
            try await world.enqueue(0, .routine, "r")
            var served: [[String]] = []
            for _ in 0..<3 { served.append(try await world.serve(3).hints.map(\.subject)) }
            // Routine work has its share by then.
            try expect(served, equals: [["0", "1", "2"], ["r"], ["3", "4"]])
            for company in 0..<3 { try await world.enqueue(company, .change, "\(company)") }
            for _ in 0..<3 { try expect(try await world.serve(9).hints.count, equals: 1) }
        },
        QueueConformanceCase("a lease says how long its first hint has waited") { world in
            try await world.enqueue(0, .change, "a")
            world.clock.advance(by: .seconds(3))
            try await world.enqueue(0, .change, "b")
            world.clock.advance(by: .seconds(4))
            try expect(try await world.serve(2).waited, equals: .seconds(7))
        },
    ]
}

extension QueueWorld {
    /// Fails unless the body throws this error.
    func expectError(
        _ expected: JobQueueError, file: StaticString = #fileID, line: UInt = #line,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as JobQueueError where error == expected {
            return
        }
        throw ConformanceFailure(description: "\(file):\(line) expected \(expected), nothing was thrown")
    }
}
