import ConformanceTesting
import Foundation
import PackageIdentity
import Scoring
@_spi(Minting) import Stores

extension ConformanceCase {
    static let triage: [ConformanceCase] = [
        ConformanceCase("due dates follow from the policy and from when the company was first affected") { world in
            let (scope, other) = (try await world.company("place"), try await world.company("other"))
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            var feed = Feed()
            feed.say("CVE-1", of: a, cvss: 9.8)
            feed.say("CVE-2", of: a, cvss: 5)
            feed.say("CVE-3", of: b, cvss: 5, exploited: true)
            let day = 86_400.0
            let agent = try await world.enroll(try await world.token(scope, expires: 1e9), "host", key: 1, at: 1)
            try await world.apply(scope, agent, [a], at: 0, feed: feed)
            try await world.apply(scope, agent, [a, b], at: 10 * day, feed: feed)
            func overdue(_ policy: SLAPolicy, _ days: Double) async throws -> [String] {
                try await world.store.fetchOverdue(scope: scope, policy: policy, at: world.at(days * day)).sorted()
            }
            try expect(try await overdue(SLAPolicy(), 1_000), equals: [], "no policy, no dates")
            let policy = SLAPolicy(severity: [.critical: 7, .medium: 30], exploited: 2)
            try expect(try await overdue(policy, 6.99), equals: [])
            try expect(try await overdue(policy, 7), equals: ["CVE-1"], "on the day")
            try expect(try await overdue(policy, 12), equals: ["CVE-1", "CVE-3"], "the shorter of two rules")
            try expect(try await overdue(policy, 30), equals: ["CVE-1", "CVE-2", "CVE-3"])
            let decisions = SLAPolicy(decision: [.act: 1, .attend: 1, .trackClosely: 1, .track: 1])
            try expect(try await overdue(decisions, 2), equals: ["CVE-1", "CVE-2"], "by CISA's decision")
            try expect(try await world.store.fetchSLAPolicy(scope: scope), equals: SLAPolicy())
            try await world.store.setSLAPolicy(scope: scope, policy, at: world.at(1))
            try expect(try await world.store.fetchSLAPolicy(scope: scope), equals: policy)
            try expect(try await world.store.fetchSLAPolicy(scope: other), equals: SLAPolicy())
            let overview = try await world.store.fetchOverview(scope: scope, at: world.at(12 * day))
            try expect(overview.overdue, equals: 2)
            try expect(try await world.store.fetchOverview(scope: other, at: world.at(12 * day)).overdue, equals: 0)
            // What is accepted is not overdue.
            let (ann, bob) = (try await user(world, scope, "ann"), try await user(world, scope, "bob"))
            let made = try await world.store.requestException(
                scope: scope, ExceptionScope(vulnerability: "CVE-1", package: nil), reason: "x",
                expiresAt: world.at(20 * day), by: ann, at: world.at(11 * day))
            _ = try await world.store.decideException(
                scope: scope, id: made.id, isApproved: true, comment: "", by: bob, at: world.at(11 * day))
            try expect(
                try await world.store.fetchOverview(scope: scope, at: world.at(12 * day)).overdue, equals: 1)
            try expect(
                try await world.store.fetchOverview(scope: scope, at: world.at(20 * day)).overdue, equals: 2)
        },
        ConformanceCase("a vulnerability is given to one user, under any of its ids, until the user leaves") { world in
            let (scope, other) = (try await world.company("place"), try await world.company("other"))
            let (ann, bob) = (try await user(world, scope, "ann"), try await user(world, scope, "bob"))
            let eve = try await user(world, other, "eve")
            func assigned(_ ids: [String]? = nil) async throws -> [String: String] {
                try await world.store.fetchAssignments(scope: scope, vulnerabilities: ids).mapValues(\.name)
            }
            try await world.store.setAssignee(
                scope: scope, vulnerability: ["GHSA-1"], to: ann, at: world.at(1))
            try await world.store.setAssignee(
                scope: scope, vulnerability: ["CVE-1", "GHSA-1"], to: bob, at: world.at(2))
            try await world.store.setAssignee(scope: scope, vulnerability: ["CVE-2"], to: ann, at: world.at(3))
            try expect(try await assigned(), equals: ["CVE-1": "bob@example.com", "CVE-2": "ann@example.com"])
            try expect(try await assigned(["CVE-2", "CVE-9"]), equals: ["CVE-2": "ann@example.com"])
            try expect(try await assigned([]), equals: [:])
            try await expect(throws: .notFound("user"), "another company's user") {
                try await world.store.setAssignee(scope: scope, vulnerability: ["CVE-2"], to: eve, at: world.at(4))
            }
            try expect(try await assigned()["CVE-2"], equals: "ann@example.com", "nothing changed")
            try expect(try await world.store.fetchAssignments(scope: other, vulnerabilities: nil), equals: [:])
            _ = try await world.store.removeUser(scope: scope, userID: bob, at: world.at(5))
            try expect(try await assigned(), equals: ["CVE-2": "ann@example.com"])
            try await world.store.setAssignee(scope: scope, vulnerability: ["CVE-2"], to: nil, at: world.at(6))
            try expect(try await assigned(), equals: [:])
        },
        ConformanceCase("notes are added, listed newest first, and stay when their writer leaves") { world in
            let (scope, other) = (try await world.company("place"), try await world.company("other"))
            let (ann, bob) = (try await user(world, scope, "ann"), try await user(world, scope, "bob"))
            let eve = try await user(world, other, "eve")
            for number in 0..<9 {
                _ = try await world.store.insertNote(
                    scope: scope, vulnerability: number % 2 == 0 ? "CVE-1" : "GHSA-1",
                    package: number == 0 ? "pkg:deb/debian/a" : nil, text: "note \(number)",
                    by: number == 8 ? bob : ann, at: world.at(Double(number)))
            }
            _ = try await world.store.insertNote(
                scope: scope, vulnerability: "CVE-2", package: nil, text: "else", by: ann, at: world.at(5))
            _ = try await world.store.removeUser(scope: scope, userID: bob, at: world.at(10))
            let notes = try await world.all(limit: 4) {
                try await world.store.fetchNotes(scope: scope, vulnerability: ["CVE-1", "GHSA-1"], page: $0)
            }
            try expect(notes.map(\.text), equals: (0..<9).reversed().map { "note \($0)" })
            try expect(notes[0].authorName, equals: "bob@example.com")
            try expect(notes[8].package, equals: "pkg:deb/debian/a")
            try expect(
                try await world.store.fetchNotes(scope: other, vulnerability: ["CVE-1"], page: PageRequest()).items,
                equals: [])
            try await expect(throws: .notFound("user"), "another company's user") {
                _ = try await world.store.insertNote(
                    scope: scope, vulnerability: "CVE-1", package: nil, text: "x", by: eve, at: world.at(11))
            }
        },
    ]
}

private func user(_ world: World, _ scope: CompanyScope, _ name: String) async throws -> UserID {
    try await world.store.insertUser(
        email: "\(name)@example.com", passwordHash: "x", role: .admin, companyID: scope.companyID, at: world.at(0)
    ).id
}
