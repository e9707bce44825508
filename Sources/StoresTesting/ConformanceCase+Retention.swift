import ConformanceTesting
import Foundation
@_spi(Minting) import Stores
import Synchronization

extension ConformanceCase {
    /// What an archive was given.
    private final class Archive: Sendable {
        let ids = Mutex<[Int64]>([])
        func keep(_ events: [Event]) { ids.withLock { $0 += events.map(\.id.rawValue) } }
        var kept: [Int64] { ids.withLock { $0 } }
    }

    /// Why an archive does not take more.
    private struct Full: Error {}

    static let retention: [ConformanceCase] = [
        ConformanceCase("events go when the company's policy says so, oldest first, after they were archived") {
            world in
            let (scope, other) = (try await world.company("company"), try await world.company("other"))
            let day = 86_400.0
            for (company, key) in [(scope, 1), (other, 2)] {
                let token = try await world.token(company, expires: 1e9)
                let agent = try await world.enroll(token, "host", key: UInt64(key), at: 0)
                for index in 1...9 {
                    let packages = try (0...index).map { try World.purl("p\($0)") }
                    try await world.apply(company, agent, packages, at: Double(index) * day)
                }
            }
            let all = try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 100)
            let sweep = RetentionSweep(world.store, batch: 2)
            let (archive, now) = (Archive(), world.at(12.5 * day))
            func run(_ scope: CompanyScope, dry: Bool = false) async throws -> RetentionSweep.Outcome {
                try await sweep.run(scope: scope, at: now, isDryRun: dry) { archive.keep($0) }
            }
            func left(_ scope: CompanyScope) async throws -> [EventID] {
                try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 100).map(\.id)
            }
            try expect(try await world.store.fetchRetentionPolicy(scope: scope), equals: RetentionPolicy())
            try expect(try await run(scope).events, equals: 0, "without a policy everything stays")
            let policy = RetentionPolicy(eventDays: 7)
            try await world.store.setRetentionPolicy(scope: scope, policy, at: world.at(10 * day))
            try expect(try await world.store.fetchRetentionPolicy(scope: scope), equals: policy)
            try expect(try await world.store.fetchRetentionPolicy(scope: other), equals: RetentionPolicy())

            let old = all.filter { $0.at < world.at(5.5 * day) }
            try expect(old.count, equals: 6)
            try expect(try await run(scope, dry: true).events, equals: 6, "a dry run counts")
            try expect(try await left(scope), equals: all.map(\.id), "and changes nothing")
            try expect(archive.kept, equals: [])
            let outcome = try await run(scope)
            try expect(outcome.events, equals: 6)
            try expect(outcome.ids, equals: old[0].id.rawValue...old[5].id.rawValue)
            try expect(archive.kept, equals: old.map(\.id.rawValue))
            try expect(try await left(scope), equals: all.dropFirst(6).map(\.id))
            try expect(try await left(other).count, equals: all.count, "another company's stay")
            try expect(try await run(scope).events, equals: 0, "once")
            var asked = AuditQuery()
            asked.action = "events.removed"
            let entries = try await world.store.fetchAudit(scope: scope, query: asked, page: PageRequest()).items
            try expect(entries.map { $0.details["count"] }, equals: ["6"])
            try expect(try await world.store.verify(), equals: [])
        },
        ConformanceCase("an event that could not be archived stays, and the newest always does") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope, expires: 1e9), "host", key: 1, at: 0)
            for index in 1...5 { try await world.apply(scope, agent, [try World.purl("p\(index)")], at: Double(index)) }
            try await world.store.setRetentionPolicy(scope: scope, RetentionPolicy(eventDays: 7), at: world.at(9))
            let now = world.at(1e8)
            do {
                _ = try await RetentionSweep(world.store).run(scope: scope, at: now, isDryRun: false) { _ in
                    throw Full()
                }
                throw ConformanceFailure(description: "nothing was thrown")
            } catch is Full {}
            let all = try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 100)
            try expect(all.count, equals: 6)
            _ = try await RetentionSweep(world.store).run(scope: scope, at: now, isDryRun: false) { _ in }
            try expect(
                try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 100),
                equals: [all[5]])
            try expect(try await world.store.deleteEvents(scope: scope, through: all[5].id), equals: 0)
            try expect(try await world.store.fetchLatestEventID(scope: scope), equals: all[5].id)
        },
    ]
}
