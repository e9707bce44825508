import Foundation
import Matching
import PostgresStore

/// `zerotrace-fleet INDEX NAMES FIRST COMPANIES AGENTS PACKAGES OWN CHANGES WORKERS`, see this target's README.
@main struct Fleet {
    static func main() async throws {
        let paths = CommandLine.arguments.dropFirst().prefix(2)
        let numbers = CommandLine.arguments.dropFirst(3).compactMap { Int($0) }
        guard paths.count == 2, numbers.count == 7, numbers.allSatisfy({ $0 >= 0 }), numbers[6] > 0,
            let settings = try DatabaseSettings(environment: ProcessInfo.processInfo.environment)
        else {
            print(
                "usage: DB_HOST=… zerotrace-fleet INDEX NAMES FIRST COMPANIES AGENTS PACKAGES OWN CHANGES WORKERS")
            exit(2)
        }
        let index = try AdvisoryIndex(path: paths[1])
        let draw = PackageDraw(try String(contentsOfFile: paths[2], encoding: .utf8))
        let plan = CompanyLoad.Plan(
            agents: numbers[2], packages: numbers[3], own: numbers[4], changes: numbers[5])
        let store = try await PostgresStore.open(settings)
        defer { store.close() }
        let companies = numbers[0]..<numbers[0] + numbers[1]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, number) in companies.enumerated() {
                if place >= numbers[6] { try await group.next() }
                group.addTask {
                    let started = ContinuousClock.now
                    var company = try await CompanyLoad(number, plan, draw, index, store)
                    let inventories = try await company.run()
                    let seconds = (ContinuousClock.now - started).components.seconds
                    print("company \(number + 1): \(plan.agents) agents, \(inventories) inventories, \(seconds) s")
                    fflush(nil)
                }
            }
            try await group.waitForAll()
        }
    }
}
