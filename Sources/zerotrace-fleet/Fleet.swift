import Foundation
import PostgresStore

/// `zerotrace-fleet FIRST COMPANIES AGENTS PACKAGES OWN CHANGES WORKERS`, see this target's README.
@main struct Fleet {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 7, numbers.allSatisfy({ $0 >= 0 }), numbers[6] > 0,
            let settings = try DatabaseSettings(environment: ProcessInfo.processInfo.environment)
        else {
            print("usage: DB_HOST=… zerotrace-fleet FIRST COMPANIES AGENTS PACKAGES OWN CHANGES WORKERS")
            exit(2)
        }
        let plan = CompanyLoad.Plan(
            agents: numbers[2], packages: numbers[3], own: numbers[4], changes: numbers[5])
        let store = try await PostgresStore.open(settings)
        defer { store.close() }
        try await load(numbers[0]..<numbers[0] + numbers[1], plan, workers: numbers[6], store)
    }

    private static func load(_ companies: Range<Int>, _ plan: CompanyLoad.Plan, workers: Int, _ store: PostgresStore)
        async throws
    {
        let draw = PackageDraw()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, number) in companies.enumerated() {
                if place >= workers { try await group.next() }
                group.addTask {
                    let started = ContinuousClock.now
                    var company = try await CompanyLoad(number, plan, draw, store)
                    let inventories = try await company.run()
                    let seconds = (ContinuousClock.now - started).components.seconds
                    print("company \(number + 1): \(plan.agents) agents, \(inventories) inventories, \(seconds) s")
                }
            }
            try await group.waitForAll()
        }
    }
}
