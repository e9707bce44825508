import ConformanceTesting
import Foundation
import Inventory
import PackageIdentity
@_spi(Minting) import Stores

extension ConformanceCase {
    static let events: [ConformanceCase] = [
        ConformanceCase("events are read in order, forwards and backwards") { world in
            let (scope, other) = (try await world.company("company"), try await world.company("other"))
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let stranger = try await world.enroll(try await world.token(other), "host", key: 2)
            var expected: [Event] = []
            for index in 0..<9 {
                let packages = try (0...index).map { try World.purl("p\($0)") }
                expected.append(
                    try unwrap(try await world.apply(scope, agent, packages, at: Double(10 + index)), "event"))
                try await world.apply(other, stranger, packages, at: Double(10 + index))
            }
            let all = try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 100)
            try expect(all.first?.kind, equals: .agentEnrolled(agent: agent, hostname: "host"))
            try expect(Array(all.dropFirst()), equals: expected)
            try expect(all.map(\.id), equals: all.map(\.id).sorted(), "ids grow")
            try expect(
                try await world.store.fetchEvents(scope: scope, after: all[3].id, limit: 2), equals: [all[4], all[5]])
            try expect(
                try await world.store.fetchNewestEvents(scope: scope, before: nil, limit: 2), equals: [all[9], all[8]])
            try expect(
                try await world.store.fetchNewestEvents(scope: scope, before: all[8].id, limit: 2),
                equals: [all[7], all[6]])
            try expect(try await world.store.fetchLatestEventID(scope: scope), equals: all[9].id)
            try expect(try await world.store.fetchEvents(scope: scope, after: all[9].id, limit: 2), equals: [])
        },
        ConformanceCase("an event names the riskiest ten of what opened and resolved") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let a = try World.purl("a")
            var feed = Feed()
            for index in 0..<15 { feed.say("CVE-\(index)", of: a, cvss: Double(index) / 2) }
            try await world.apply(scope, agent, [], at: 1)
            let opened = try await world.apply(scope, agent, [a], at: 2, feed: feed)
            let riskiest = (5..<15).reversed().map { "CVE-\($0)" }
            try expect(
                opened?.kind,
                equals: .inventoryApplied(
                    InventoryChange(
                        agent: agent, hostname: "host", packagesAdded: 1, packagesRemoved: 0, opened: 15, resolved: 0,
                        openedExamples: riskiest, resolvedExamples: [])))
            let resolved = try await world.apply(scope, agent, [], at: 3, feed: feed)
            try expect(
                resolved?.kind,
                equals: .inventoryApplied(
                    InventoryChange(
                        agent: agent, hostname: "host", packagesAdded: 0, packagesRemoved: 1, opened: 0, resolved: 15,
                        openedExamples: [], resolvedExamples: riskiest)))
        },
        ConformanceCase("the trend holds the last counts of each hour in which something changed") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let a = try World.purl("a")
            var feed = Feed()
            feed.say("CVE-1", of: a, cvss: 9.8)
            let hour = 3600.0
            try await world.apply(scope, agent, [a], at: 10, feed: feed)
            try await world.apply(scope, agent, [], at: 2 * hour, feed: feed)
            try await world.apply(scope, agent, [a], at: 2 * hour + 5, feed: feed)
            func trend(_ days: Int, at hours: Double) async throws -> [TrendPoint] {
                try await world.store.fetchTrend(scope: scope, days: days, at: world.at(hours * hour))
            }
            let soon = try await trend(7, at: 3)
            try expect(soon.map(\.hour), equals: [world.at(0), world.at(2 * hour)])
            try expect(soon.map(\.counts.critical), equals: [1, 1])
            try expect(soon.map(\.agents), equals: [1, 1])
            try expect(
                try await trend(1, at: 100).map(\.hour), equals: [world.at(2 * hour)], "what held when the time began")
            try expect(try await trend(1, at: 1).map(\.hour), equals: [world.at(0)], "nothing of what comes later")
        },
        ConformanceCase("of a week ago and before, the trend keeps the last hour of each day, for 400 days") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            var feed = Feed()
            feed.say("CVE-1", of: try World.purl("a"), cvss: 9.8)
            let (hour, day) = (3600.0, 86_400.0)
            // Midnight (UTC): days are those of the calendar.
            let start = (world.at(0).timeIntervalSince1970 / day).rounded(.up) * day - world.at(0).timeIntervalSince1970
            var isThere = false
            func change(_ seconds: Double) async throws {
                isThere.toggle()
                try await world.apply(
                    scope, agent, isThere ? [try World.purl("a")] : [], at: start + seconds, feed: feed)
            }
            for seconds in [hour, 5 * hour, 23 * hour, day, day + hour, 9 * day] { try await change(seconds) }
            func hours(_ days: Int, at seconds: Double) async throws -> [Date] {
                try await world.store.fetchTrend(scope: scope, days: days, at: world.at(start + seconds)).map(\.hour)
            }
            try expect(
                try await hours(30, at: 9 * day), equals: [23 * hour, day + hour, 9 * day].map { world.at(start + $0) })
            try await change(402 * day)
            try expect(try await hours(400, at: 402 * day), equals: [9 * day, 402 * day].map { world.at(start + $0) })
        },
    ]
}
