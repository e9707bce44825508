import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let waiting: [QueueConformanceCase] = [
        QueueConformanceCase("a worker that waits is woken by a hint") { world in
            async let lease = world.queue.lease(for: .seconds(60))
            try await world.enqueue(0)
            // Where no word comes, workers ask by themselves after a while.
            world.clock.advance(by: .seconds(2))
            try expect(try await lease?.hint, equals: world.hint(0))
        },
        QueueConformanceCase("a cancelled worker stops waiting") { world in
            let lease = try await withThrowingTaskGroup(of: WorkLease?.self) { group in
                group.addTask { try await world.queue.lease(for: .seconds(60)) }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            try expect(lease, equals: nil)
        },
        QueueConformanceCase("a worker that waits gets the work of a lease that expires") { world in
            try await world.enqueue(0)
            let first = try await world.lease(for: .milliseconds(500))
            async let second = world.queue.lease(for: .seconds(60))
            await world.clock.untilSomebodySleeps()
            world.clock.advance(by: .milliseconds(500))
            let found = try await second
            try expect(found?.hint, equals: first.hint)
            try expect(found?.id != first.id, "the same lease twice")
        },
        QueueConformanceCase("a worker that waits gets released work when it is due") { world in
            try await world.enqueue(0)
            try await world.queue.release(try await world.lease(), retryAfter: .milliseconds(500))
            async let second = world.queue.lease(for: .seconds(60))
            await world.clock.untilSomebodySleeps()
            world.clock.advance(by: .milliseconds(500))
            try expect(try await second?.hint, equals: world.hint(0))
        },
        QueueConformanceCase("many workers and companies: every hint is leased once, no company twice at once") {
            world in
            let scopes = (0..<20).map { _ in CompanyScope(companyID: CompanyID()) }
            let hints = Set(
                scopes.flatMap { scope in
                    (0..<10).map { WorkHint(scope: scope, priority: .allCases[$0 % 4], subject: "\($0)") }
                })
            for hint in hints { try await world.queue.enqueue(hint) }
            let busy = Busy(awaiting: hints.count)
            let served = try await withThrowingTaskGroup(of: [WorkHint].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var mine: [WorkHint] = []
                        while let lease = try await world.queue.lease(upTo: 2, for: .seconds(60)) {
                            try await busy.begin(lease)
                            mine += lease.hints
                            await busy.end(lease)
                            try await world.queue.complete(lease)
                        }
                        return mine
                    }
                }
                // Those who find nothing wait for ever; they are let go when all is done.
                await busy.untilAllIsDone()
                group.cancelAll()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expect(served.count, equals: hints.count)
            try expect(Set(served), equals: hints)
        },
    ]
}

/// Notes which companies are worked on, and how much was done.
private actor Busy {
    private var companies: Set<CompanyScope> = []
    private var left: Int
    private var watcher: CheckedContinuation<Void, Never>?

    init(awaiting count: Int) { left = count }

    func begin(_ lease: WorkLease) throws {
        try expect(companies.insert(lease.scope).inserted, "a company is worked on twice")
    }

    func end(_ lease: WorkLease) {
        companies.remove(lease.scope)
        left -= lease.hints.count
        if left <= 0 { watcher?.resume() }
        if left <= 0 { watcher = nil }
    }

    func untilAllIsDone() async {
        guard left > 0 else { return }
        await withCheckedContinuation { watcher = $0 }
    }
}
