import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let control: [QueueConformanceCase] = [
        QueueConformanceCase("a paused queue takes hints in and gives none out; leases that stand may end") { world in
            try await world.enqueue(0, .change, "a")
            let lease = try await world.lease()
            try await world.queue.setMode(.paused)
            try await world.enqueue(0, .change, "b")
            try await world.queue.complete(lease)
            async let next = world.queue.lease(for: .seconds(60))
            for _ in 0..<20 { try expect(try await world.queue.statistics().leases, equals: 0) }
            try expect(try await world.queue.statistics().mode, equals: .paused)
            try await world.queue.setMode(.running)
            world.clock.advance(by: .seconds(2))
            try expect(try await next?.hint.subject, equals: "b")
        },
        QueueConformanceCase("a queue that is drained takes no hints in and gives out what it has") { world in
            try await world.enqueue(0)
            try await world.queue.setMode(.draining)
            try await world.expectError(.draining) { try await world.enqueue(1) }
            try expect(try await world.serve().hint, equals: world.hint(0))
            try await world.queue.setMode(.running)
            try await world.enqueue(1)
            try expect(try await world.serve().hint, equals: world.hint(1))
        },
        QueueConformanceCase("statistics count what is held and what was done") { world in
            for subject in ["a", "b", "c"] { try await world.enqueue(0, .change, subject) }
            try await world.enqueue(0, .change, "c")
            try await world.enqueue(1, .routine)
            let lease = try await world.lease(2)
            let held = try await world.queue.statistics()
            try expect(held.pending, equals: [.knownExploitedChange: 0, .firstInventory: 0, .change: 1, .routine: 1])
            try expect([held.delayed, held.leases, held.dead], equals: [0, 1, 0])
            try await world.queue.finish(lease, failures: [WorkFailure(subject: "a", reason: "broken")])
            try await world.queue.release(try await world.lease(), retryAfter: .seconds(5))
            let after = try await world.queue.statistics()
            try expect([after.delayed, after.leases, after.dead], equals: [2, 0, 0])
            let totals = after.totals.filter { $0.value > 0 }
            try expect(
                totals, equals: [.enqueued: 4, .absorbed: 1, .leased: 3, .completed: 1, .failed: 1, .released: 1])
        },
    ]
}
