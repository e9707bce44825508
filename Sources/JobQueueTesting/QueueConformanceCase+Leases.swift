import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let leases: [QueueConformanceCase] = [
        QueueConformanceCase("one lease per company; other hints of it wait for its end") { world in
            try await world.enqueue(0, .change, "a")
            let lease = try await world.lease()
            try await world.enqueue(0, .knownExploitedChange, "b")
            try await world.expectNothingElse()
            try await world.queue.complete(lease)
            try expect(try await world.serve().hint.subject, equals: "b")
            try await world.expectNothingElse()
        },
        QueueConformanceCase("a hint for work that is under way is done again afterwards, as urgent as it came") {
            world in
            try await world.enqueue(0, .change, "a")
            let lease = try await world.lease()
            try await world.enqueue(0, .routine, "a")
            try await world.enqueue(0, .firstInventory, "a")
            try await world.queue.complete(lease)
            try expect(try await world.serve().hints, equals: [world.hint(0, .firstInventory, "a")])
            try await world.expectNothingElse()
        },
        QueueConformanceCase("a lease that expires comes back, and its late end changes nothing") { world in
            try await world.enqueue(0)
            let first = try await world.lease(for: .seconds(10))
            world.clock.advance(by: .seconds(10))
            try await world.queue.tidy()
            let second = try await world.lease(for: .seconds(10))
            try expect(second.hints, equals: first.hints)
            try expect(second.id != first.id, "the same lease twice")
            try expect(second.failures, equals: 1)
            try await world.queue.complete(first)
            try await world.queue.release(first, retryAfter: .zero)
            try expect(try await world.queue.extend(first, for: .seconds(60)), equals: false)
            try await world.expectNothingElse()
            try await world.queue.complete(second)
            try await world.expectNothingElse()
            try expect(try await world.queue.statistics().totals[.expired], equals: 1)
        },
        QueueConformanceCase("a lease that is extended stands longer") { world in
            try await world.enqueue(0)
            let lease = try await world.lease(for: .seconds(10))
            world.clock.advance(by: .seconds(9))
            try expect(try await world.queue.extend(lease, for: .seconds(10)), equals: true)
            world.clock.advance(by: .seconds(9))
            try await world.expectNothingElse()
            try expect(try await world.queue.extend(lease, for: .seconds(10)), equals: true)
            try await world.queue.complete(lease)
            try await world.expectNothingElse()
            try expect(try await world.queue.extend(lease, for: .seconds(10)), equals: false)
        },
        QueueConformanceCase("released work rests, also when the same hint arrives again, and has not failed") {
            world in
            try await world.enqueue(0)
            for _ in 0..<10 {
                let lease = try await world.lease()
                try expect(lease.failures, equals: 0)
                try await world.queue.release(lease, retryAfter: .seconds(30))
                try await world.enqueue(0)
                world.clock.advance(by: .seconds(29))
                try await world.expectNothingElse()
                world.clock.advance(by: .seconds(1))
                try await world.queue.tidy()
            }
            try expect(try await world.serve().hints, equals: [world.hint(0)])
            try await world.expectNothingElse()
        },
        QueueConformanceCase("what arrived while work was under way is not lost by its release") { world in
            try await world.enqueue(0, .routine)
            let lease = try await world.lease()
            try await world.enqueue(0, .knownExploitedChange)
            try await world.queue.release(lease, retryAfter: .zero)
            try expect(try await world.serve().hint.priority, equals: .knownExploitedChange)
            try await world.expectNothingElse()
        },
    ]
}
