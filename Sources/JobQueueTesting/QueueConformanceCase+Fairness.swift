import ConformanceTesting
import JobQueue
@_spi(Minting) import Stores

extension QueueConformanceCase {
    static let fairness: [QueueConformanceCase] = [
        QueueConformanceCase("urgent work goes first") { world in
            let order: [WorkPriority] = [.knownExploitedChange, .firstInventory, .change, .routine]
            for (company, priority) in order.reversed().enumerated() { try await world.enqueue(company, priority) }
            var served: [WorkPriority] = []
            for _ in order { served.append(try await world.serve().hint.priority) }
            try expect(served, equals: order)
        },
        QueueConformanceCase("no priority starves: of 160 leases each gets its share") { world in
            for priority in WorkPriority.allCases { try await world.enqueue(0, priority, "\(priority)") }
            var served: [WorkPriority: Int] = [:]
            for _ in 0..<160 {
                let lease = try await world.serve()
                served[lease.hint.priority, default: 0] += 1
                try await world.queue.enqueue(lease.hint)
            }
            try expect(
                served, equals: [.knownExploitedChange: 80, .firstInventory: 40, .change: 30, .routine: 10])
        },
        QueueConformanceCase("companies take turns, however much one asks for") { world in
            for number in 0..<30 { try await world.enqueue(0, .firstInventory, "\(number)") }
            for company in 1...2 {
                for number in 0..<3 { try await world.enqueue(company, .firstInventory, "\(number)") }
            }
            var served: [CompanyScope] = []
            for _ in 0..<9 { served.append(try await world.serve().scope) }
            for turn in 0..<3 { try expect(Set(served[(turn * 3)..<(turn * 3 + 3)]).count, equals: 3, "turn \(turn)") }
        },
        QueueConformanceCase("a company of three times the weight gets three times the leases") { world in
            try await world.queue.setWeight(3, of: world.companies[0])
            for number in 0..<80 { for company in 0...1 { try await world.enqueue(company, .change, "\(number)") } }
            var served = 0
            for _ in 0..<40 where try await world.serve(taking: .seconds(1)).scope == world.companies[0] { served += 1 }
            try expect((29...31).contains(served), "30 of 40 were due, \(served) given")
        },
        QueueConformanceCase("slow work counts as much as much work") { world in
            for number in 0..<80 { for company in 0...1 { try await world.enqueue(company, .change, "\(number)") } }
            var slow = 0
            for _ in 0..<55 {
                let lease = try await world.lease()
                let isSlow = lease.scope == world.companies[0]
                world.clock.advance(by: isSlow ? .seconds(10) : .seconds(1))
                try await world.queue.complete(lease)
                slow += isSlow ? 1 : 0
            }
            try expect((4...6).contains(slow), "5 of 55 were due, \(slow) given")
        },
        QueueConformanceCase("idling saves nothing up") { world in
            for number in 0..<60 { try await world.enqueue(0, .change, "\(number)") }
            for _ in 0..<20 { _ = try await world.serve(taking: .seconds(1)) }
            for number in 0..<30 { try await world.enqueue(1, .change, "\(number)") }
            var served = 0
            for _ in 0..<20 where try await world.serve(taking: .seconds(1)).scope == world.companies[1] { served += 1 }
            try expect((10...11).contains(served), "10 of 20 were due, \(served) given")
        },
        QueueConformanceCase("with one company 50,000 hints deep, another's single one waits 2 s at most") { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<50 {
                    group.addTask {
                        for number in 0..<1_000 { try await world.enqueue(0, .firstInventory, "\(worker) \(number)") }
                    }
                }
                try await group.waitForAll()
            }
            try expect(try await world.queue.statistics().pending[.firstInventory], equals: 50_000)
            // One worker, batches of 50 that take half a second. The other company's work comes when a batch has just begun.
            var longest = Duration.zero
            for round in 0..<10 {
                let busy = try await world.lease(50)
                try expect(busy.scope, equals: world.companies[0])
                try await world.enqueue(1, round % 2 == 0 ? .firstInventory : .routine)
                let came = world.clock.now
                world.clock.advance(by: .milliseconds(500))
                try await world.queue.complete(busy)
                var lease = try await world.lease(50)
                while lease.scope != world.companies[1] {
                    world.clock.advance(by: .milliseconds(500))
                    try await world.queue.complete(lease)
                    lease = try await world.lease(50)
                }
                longest = max(longest, came.duration(to: world.clock.now))
                try await world.queue.complete(lease)
            }
            try expect(longest <= .seconds(2), "waited \(longest)")
        },
    ]
}
