import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let failures: [QueueConformanceCase] = [
        QueueConformanceCase("of a lease, what failed is tried again after a rest that grows; the rest is done") {
            world in
            for subject in ["a", "b", "c"] { try await world.enqueue(0, .change, subject) }
            try await world.queue.finish(
                try await world.lease(3), failures: [WorkFailure(subject: "b", reason: "broken")])
            for (number, rest) in [2, 4, 8].enumerated() {
                world.clock.advance(by: .seconds(rest) - .milliseconds(1))
                try await world.expectNothingElse()
                world.clock.advance(by: .milliseconds(1))
                try await world.queue.tidy()
                let lease = try await world.lease(3)
                try expect(lease.hints.map(\.subject), equals: ["b"])
                try expect(lease.failures, equals: number + 1)
                try await world.queue.finish(lease, failures: [WorkFailure(subject: "b", reason: "broken")])
            }
        },
        QueueConformanceCase("what failed before is leased alone") { world in
            for subject in ["a", "b", "c", "d"] { try await world.enqueue(0, .change, subject) }
            _ = try await world.lease(2, for: .seconds(1))
            world.clock.advance(by: .seconds(1))
            try await world.queue.tidy()
            var batches: [[String]] = []
            for _ in 0..<3 { batches.append(try await world.serve(9).hints.map(\.subject)) }
            try expect(batches, equals: [["c", "d"], ["a"], ["b"]])
        },
        QueueConformanceCase("what keeps failing becomes a dead letter with its reason") { world in
            try await world.enqueue(0, .firstInventory, "agent")
            try await world.kill(0, "agent", reason: "no such file: x y")
            try await world.expectNothingElse()
            let letters = try await world.queue.fetchDeadLetters(scope: nil, limit: 9)
            try expect(letters.map(\.hint), equals: [world.hint(0, .firstInventory, "agent")])
            try expect(letters.map(\.reason), equals: ["no such file: x y"])
            try expect(letters.map(\.failures), equals: [5])
            try expect(letters.map(\.age), equals: [.seconds(300)])
            let statistics = try await world.queue.statistics()
            try expect([statistics.dead, statistics.totals[.died], statistics.totals[.failed]], equals: [1, 1, 5])
        },
        QueueConformanceCase("work that lets its lease expire again and again dies too") { world in
            try await world.enqueue(0, .change, "agent")
            for _ in 0..<5 {
                _ = try await world.lease(for: .seconds(10))
                world.clock.advance(by: .seconds(10))
                try await world.queue.tidy()
            }
            try await world.expectNothingElse()
            try expect(
                try await world.queue.fetchDeadLetters(scope: nil, limit: 9).map(\.reason),
                equals: ["the lease expired"])
        },
        QueueConformanceCase("work without a subject is tried for ever, at growing intervals") { world in
            try await world.enqueue(0)
            for number in 0..<20 {
                let lease = try await world.lease()
                try expect(lease.failures, equals: number)
                try await world.queue.finish(lease, failures: [WorkFailure(subject: "", reason: "broken")])
                world.clock.advance(by: world.policy.delay(afterFailures: number + 1) - .milliseconds(1))
                try await world.expectNothingElse()
                world.clock.advance(by: .milliseconds(1))
                try await world.queue.tidy()
            }
            try expect(try await world.queue.statistics().dead, equals: 0)
        },
        QueueConformanceCase("a sweep does not raise the dead before their time, a change does") { world in
            try await world.enqueue(0, .change, "a")
            try await world.kill(0, "a")
            try await world.enqueue(0, .routine, "a")
            try await world.expectNothingElse()
            try await world.enqueue(0, .change, "a")
            try expect(try await world.serve().failures, equals: 0)
            try expect(try await world.queue.statistics().dead, equals: 0)
            try await world.enqueue(1, .change, "b")
            try await world.kill(1, "b")
            world.clock.advance(by: QueuePolicy().deadRest)
            try await world.enqueue(1, .routine, "b")
            try expect(try await world.serve().scope, equals: world.companies[1])
        },
        QueueConformanceCase("dead letters are listed by company, newest first, and retried or discarded") { world in
            for (company, subject) in [(0, "a"), (0, "b"), (1, "c")] {
                try await world.enqueue(company, .change, subject)
                try await world.kill(company, subject)
            }
            func dead(_ company: Int?) async throws -> [String] {
                try await world.queue.fetchDeadLetters(scope: company.map { world.companies[$0] }, limit: 9)
                    .map(\.hint.subject)
            }
            try expect(try await dead(nil), equals: ["c", "b", "a"])
            try expect(try await dead(0), equals: ["b", "a"])
            try expect(try await world.queue.fetchDeadLetters(scope: nil, limit: 1).count, equals: 1)
            let one = DeadLetterSelection.one(scope: world.companies[0], subject: "a")
            try expect(try await world.queue.retryDeadLetters(one), equals: 1)
            try expect(try await world.queue.retryDeadLetters(one), equals: 0)
            try expect(try await world.serve().hints, equals: [world.hint(0, .change, "a")])
            try expect(try await world.queue.discardDeadLetters(.company(world.companies[1])), equals: 1)
            try expect(try await world.queue.retryDeadLetters(.all), equals: 1)
            try expect(try await world.serve().hints, equals: [world.hint(0, .change, "b")])
            try expect(try await dead(nil), equals: [])
        },
        QueueConformanceCase("dead letters are bounded and forgotten in time", policy: .fewDead) { world in
            for subject in ["a", "b", "c"] {
                try await world.enqueue(0, .change, subject)
                try await world.kill(0, subject)
            }
            try expect(
                try await world.queue.fetchDeadLetters(scope: nil, limit: 9).map(\.hint.subject), equals: ["c", "b"])
            world.clock.advance(by: .seconds(86_400))
            try await world.queue.tidy()
            try expect(try await world.queue.statistics().dead, equals: 0)
        },
    ]
}

extension QueuePolicy {
    fileprivate static let fewDead: QueuePolicy = {
        var policy = QueuePolicy()
        policy.deadLimit = 2
        policy.deadAge = .seconds(86_400)
        return policy
    }()
}
