import ConformanceTesting
import Foundation
import PackageIdentity
@_spi(Minting) import Stores

extension ConformanceCase {
    static let exceptions: [ConformanceCase] = [
        ConformanceCase("an exception needs two people, and accepts from the decision to its end and no longer") {
            world in
            let place = try await Place(world)
            let made = try await place.request(
                ExceptionScope(vulnerability: "CVE-1", package: nil), until: 1_000, at: 10)
            try expect(made.state(at: world.at(10)), equals: .requested)
            try expect(made.request.name, equals: "ann@example.com")
            try expect(try await place.accepted(at: 11), equals: [:], "a request accepts nothing")
            try await expect(throws: .ownRequest, "who asked approves") {
                _ = try await place.decide(made.id, by: place.ann, at: 12)
            }
            let active = try await place.decide(made.id, by: place.bob, at: 13)
            try expect(active.state(at: world.at(13)), equals: .active)
            try expect(active.decision?.name, equals: "bob@example.com")
            try await expect(throws: .decided("exception"), "decided twice") {
                _ = try await place.decide(made.id, by: place.bob, at: 14)
            }
            try expect(try await place.accepted(at: 13), equals: ["CVE-1": 2])
            try expect(try await place.accepted(at: 999.999), equals: ["CVE-1": 2], "until the last moment")
            try expect(try await place.accepted(at: 1_000), equals: [:], "open again, and nothing had to run")
            let overview = try await world.store.fetchOverview(scope: place.scope, at: world.at(20))
            try expect(overview.counts.total, equals: 2, "accepted ones stay counted")
            try expect(overview.accepted.total, equals: 1)
            try expect(overview.acceptedExposures, equals: 2)
            let later = try await world.store.fetchOverview(scope: place.scope, at: world.at(1_000))
            try expect(later.accepted.total, equals: 0)
            try await expect(throws: .decided("exception"), "revoked after its end") {
                _ = try await place.revoke(made.id, at: 1_000)
            }
        },
        ConformanceCase("an expired exception is written down once, as what the system did") { world in
            let place = try await Place(world)
            let made = try await place.activate(
                ExceptionScope(vulnerability: "CVE-1", package: nil), until: 100, at: 10)
            let revoked = try await place.activate(
                ExceptionScope(vulnerability: "CVE-2", package: nil), until: 100, at: 10)
            _ = try await place.revoke(revoked.id, at: 20)
            _ = try await place.request(ExceptionScope(vulnerability: "CVE-2", package: nil), until: 100, at: 30)
            try expect(try await world.store.recordExpirations(at: world.at(99), limit: 9), equals: 0)
            try expect(try await world.store.recordExpirations(at: world.at(100), limit: 9), equals: 1)
            try expect(try await world.store.recordExpirations(at: world.at(101), limit: 9), equals: 0)
            var query = AuditQuery()
            query.action = "exception.expired"
            let entries = try await world.store.fetchAudit(scope: place.scope, query: query, page: PageRequest()).items
            try expect(entries.map(\.subject), equals: [made.id.description])
            try expect(entries[0].context.actor.kind, equals: .system)
        },
        ConformanceCase("what is revoked or rejected accepts nothing") { world in
            let place = try await Place(world)
            let made = try await place.activate(ExceptionScope(vulnerability: "CVE-1", package: nil), at: 10)
            let revoked = try await place.revoke(made.id, at: 20)
            try expect(revoked.state(at: world.at(20)), equals: .revoked)
            try expect(revoked.revocation?.comment, equals: "no longer")
            try expect(try await place.revoke(made.id, at: 21), equals: revoked, "again")
            try expect(try await place.accepted(at: 20), equals: [:])
            let other = try await place.request(ExceptionScope(vulnerability: "CVE-1", package: nil), at: 30)
            // Who asked may reject: it is no approval.
            let rejected = try await place.decide(other.id, false, by: place.ann, at: 31)
            try expect(rejected.state(at: world.at(31)), equals: .rejected)
            try expect(try await place.accepted(at: 32), equals: [:])
            var audit = AuditQuery()
            audit.subject = made.id.description
            let entries = try await world.store.fetchAudit(scope: place.scope, query: audit, page: PageRequest()).items
            try expect(
                entries.map(\.action), equals: ["exception.revoked", "exception.approved", "exception.requested"])
            try expect(entries.last?.details["reason"], equals: "we know")
        },
        ConformanceCase("an exception is about what its scope says and nothing else") { world in
            let place = try await Place(world)
            let (a, b) = (try World.purl("a").unversioned, try World.purl("b").unversioned)
            try expect(a, equals: "pkg:deb/debian/a")
            try await world.store.setLabels(
                scope: place.scope, agentID: place.second, labels: ["lab", "old"], at: world.at(5))
            let cases: [(ExceptionScope, [String: Int], String)] = [
                (ExceptionScope(vulnerability: "GHSA-CVE-1", package: nil), ["CVE-1": 2], "an alias"),
                (ExceptionScope(vulnerability: "CVE-9", package: nil), [:], "one that nobody has"),
                (ExceptionScope(vulnerability: nil, package: a), ["CVE-1": 1], "on the second agent b carries it too"),
                (ExceptionScope(vulnerability: nil, package: b), ["CVE-2": 1], "CVE-1 is on a as well"),
                (ExceptionScope(vulnerability: "CVE-1", package: b), [:], "never b alone"),
                (ExceptionScope(vulnerability: "CVE-1", package: nil, label: "lab"), ["CVE-1": 1], "a label"),
                (ExceptionScope(vulnerability: "CVE-2", package: nil, label: "none"), [:], "a label of nobody"),
                (ExceptionScope(vulnerability: "CVE-1", package: nil, agent: place.first), ["CVE-1": 1], "an agent"),
                (ExceptionScope(vulnerability: "CVE-2", package: nil, agent: place.first), [:], "that has it not"),
                (
                    ExceptionScope(vulnerability: "CVE-2", package: nil, label: "lab", agent: place.second),
                    ["CVE-2": 1], "both"
                ),
                (
                    ExceptionScope(vulnerability: "CVE-2", package: nil, label: "x", agent: place.second), [:],
                    "not both"
                ),
            ]
            for (scope, expected, what) in cases {
                let made = try await place.activate(scope, at: 10)
                try expect(try await place.accepted(at: 20), equals: expected, what)
                // The same, agent by agent.
                let each = try await world.store.fetchAcceptance(
                    scope: place.scope, agents: [place.first, place.second], at: world.at(20))
                var sum: [String: Int] = [:]
                for id in each.values.flatMap(\.vulnerabilities.keys) { sum[id, default: 0] += 1 }
                try expect(sum, equals: expected, what)
                _ = try await place.revoke(made.id, at: 20)
            }
            // Two together accept what neither does alone.
            _ = try await place.activate(ExceptionScope(vulnerability: "CVE-1", package: a), at: 30)
            _ = try await place.activate(ExceptionScope(vulnerability: nil, package: b), at: 30)
            try expect(try await place.accepted(at: 31), equals: ["CVE-1": 2, "CVE-2": 1])
        },
        ConformanceCase("what is accepted is listed apart, and follows the inventories") { world in
            let place = try await Place(world)
            _ = try await place.activate(ExceptionScope(vulnerability: "CVE-1", package: nil), at: 10)
            let acceptance = try await world.store.fetchAcceptance(scope: place.scope, at: world.at(20))
            try expect(acceptance.entirely, equals: ["CVE-1"])
            var open = VulnerabilityQuery()
            open.besides = acceptance.entirely
            try expect(try await world.vulnerabilities(place.scope, open).map(\.record.id), equals: ["CVE-2"])
            try expect(try await world.findings(place.scope, place.second, open).map(\.record.id), equals: ["CVE-2"])
            var accepted = VulnerabilityQuery()
            accepted.among = ["CVE-1", "CVE-9"]
            try expect(try await world.vulnerabilities(place.scope, accepted).map(\.record.id), equals: ["CVE-1"])
            try expect(try await world.findings(place.scope, place.first, accepted).map(\.record.id), equals: ["CVE-1"])
            accepted.among = []
            try expect(try await world.vulnerabilities(place.scope, accepted).count, equals: 0)
            let findings = try await world.findings(place.scope, place.second)
            let own = try await world.store.fetchAcceptance(
                scope: place.scope, agents: [place.second], at: world.at(20))
            let agent = try unwrap(own[place.second], "acceptance of the agent")
            for finding in findings {
                try expect(
                    agent.state(of: finding.record), equals: finding.record.id == "CVE-1" ? .accepted : .open)
                let about = agent.exceptions(on: finding.record, of: finding.packages.map(\.purl))
                try expect(about.count, equals: finding.record.id == "CVE-1" ? 1 : 0, "why")
            }
            try expect(agent.counts.total, equals: 1)
            try await world.apply(place.scope, place.first, [], at: 40, feed: place.feed)
            try expect(try await place.accepted(at: 41), equals: ["CVE-1": 1], "one agent is rid of it")
        },
        ConformanceCase("what an exception is about is said with the packages that carry it") { world in
            let place = try await Place(world)
            let (a, b) = (try World.purl("a").unversioned, try World.purl("b").unversioned)
            let known = try await world.store.requestException(
                scope: place.scope, ExceptionScope(vulnerability: "GHSA-CVE-1", package: nil), reason: "we know",
                justification: .codeNotInExecutePath, expiresAt: world.at(1_000), by: place.ann, at: world.at(10))
            let stored = try await place.decide(known.id, by: place.bob, at: 11)
            try expect(stored.justification, equals: .codeNotInExecutePath)
            let whole = try await place.activate(ExceptionScope(vulnerability: nil, package: b), at: 12)
            try expect(whole.justification, equals: nil)
            _ = try await place.activate(
                ExceptionScope(vulnerability: "CVE-1", package: nil, agent: place.first), at: 13)
            let subjects = try await world.store.fetchAcceptance(scope: place.scope, at: world.at(20)).subjects
            let expected = [
                AcceptedSubject(
                    exception: known.id, vulnerability: "CVE-1", aliases: ["GHSA-CVE-1"], packages: [a, b]),
                AcceptedSubject(exception: whole.id, vulnerability: "CVE-1", aliases: ["GHSA-CVE-1"], packages: [b]),
                AcceptedSubject(exception: whole.id, vulnerability: "CVE-2", aliases: ["GHSA-CVE-2"], packages: [b]),
            ].sorted { ($0.vulnerability, $0.exception.description) < ($1.vulnerability, $1.exception.description) }
            try expect(subjects, equals: expected)
        },
        ConformanceCase("exceptions are listed by state and vulnerability, newest first, in pages") { world in
            let place = try await Place(world)
            var ids: [ExceptionID] = []
            for number in 0..<10 {
                let scope = ExceptionScope(vulnerability: "CVE-\(number % 2)", package: nil)
                ids.append(try await place.request(scope, until: number < 5 ? 100 : 1_000, at: Double(number)).id)
            }
            _ = try await place.decide(ids[9], by: place.bob, at: 20)
            _ = try await place.decide(ids[8], false, by: place.bob, at: 20)
            _ = try await place.revoke(ids[0], at: 20)
            func list(_ state: ExceptionState?, _ vulnerability: String? = nil) async throws -> [Int?] {
                var query = ExceptionQuery()
                query.state = state
                query.vulnerability = vulnerability
                return try await world.all(limit: 3) {
                    try await world.store.fetchExceptions(
                        scope: place.scope, query: query, page: $0, at: world.at(500))
                }.map { ids.firstIndex(of: $0.id) }
            }
            try expect(try await list(nil), equals: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
            try expect(try await list(.requested), equals: [7, 6, 5])
            try expect(try await list(.active), equals: [9])
            try expect(try await list(.rejected), equals: [8])
            try expect(try await list(.revoked), equals: [0])
            try expect(try await list(.expired), equals: [4, 3, 2, 1])
            try expect(try await list(nil, "CVE-1"), equals: [9, 7, 5, 3, 1])
        },
        ConformanceCase("exceptions and labels are the company's own") { world in
            let (place, other) = (try await Place(world), try await world.company("other"))
            let eve = try await world.store.insertUser(
                email: "eve@example.com", passwordHash: "x", role: .owner, companyID: other.companyID, at: world.at(0))
            let made = try await place.activate(ExceptionScope(vulnerability: "CVE-1", package: nil), at: 10)
            try expect(try await world.store.fetchException(scope: other, id: made.id), equals: nil)
            let page = PageRequest()
            try expect(
                try await world.store.fetchExceptions(
                    scope: other, query: ExceptionQuery(), page: page, at: world.at(20)
                ).items, equals: [])
            try expect(
                try await world.store.fetchAcceptance(scope: other, at: world.at(20)),
                equals: Acceptance(exceptions: [], vulnerabilities: [:]))
            try expect(
                try await world.store.fetchAcceptance(scope: other, agents: [place.first], at: world.at(20)).count,
                equals: 0)
            try await expect(throws: .notFound("exception"), "revoke") {
                _ = try await world.store.revokeException(
                    scope: other, id: made.id, comment: "", by: eve.id, at: world.at(20))
            }
            try await expect(throws: .notFound("exception"), "decide") {
                _ = try await world.store.decideException(
                    scope: other, id: made.id, isApproved: true, comment: "", by: eve.id, at: world.at(20))
            }
            try await expect(throws: .notFound("agent"), "labels") {
                try await world.store.setLabels(scope: other, agentID: place.first, labels: ["x"], at: world.at(20))
            }
            try await expect(throws: .notFound("agent"), "another company's agent in a scope") {
                _ = try await world.store.requestException(
                    scope: other, ExceptionScope(vulnerability: "CVE-1", package: nil, agent: place.first), reason: "x",
                    expiresAt: world.at(100), by: eve.id, at: world.at(20))
            }
            try await expect(throws: .notFound("user"), "another company's user") {
                _ = try await world.store.requestException(
                    scope: place.scope, ExceptionScope(vulnerability: "CVE-1", package: nil), reason: "x",
                    expiresAt: world.at(100), by: eve.id, at: world.at(20))
            }
        },
    ]
}

/// A company with two people and two agents: `a` carries CVE-1 on both, `b` carries CVE-1 and CVE-2 on the second.
private struct Place {
    let world: World
    let scope: CompanyScope
    let (ann, bob): (UserID, UserID)
    let (first, second): (AgentID, AgentID)
    let feed: Feed

    init(_ world: World) async throws {
        self.world = world
        let scope = try await world.company("place")
        self.scope = scope
        func user(_ email: String) async throws -> UserID {
            try await world.store.insertUser(
                email: email, passwordHash: "x", role: .admin, companyID: scope.companyID, at: world.at(0)
            ).id
        }
        (ann, bob) = (try await user("ann@example.com"), try await user("bob@example.com"))
        let (a, b) = (try World.purl("a"), try World.purl("b"))
        var feed = Feed()
        feed.say("CVE-1", of: a, cvss: 9.8)
        feed.say("CVE-1", of: b)
        feed.say("CVE-2", of: b)
        self.feed = feed
        let token = try await world.token(scope)
        first = try await world.enroll(token, "first", key: 1)
        second = try await world.enroll(token, "second", key: 2)
        try await world.apply(scope, first, [a], at: 2, feed: feed)
        try await world.apply(scope, second, [a, b], at: 3, feed: feed)
    }

    func request(_ what: ExceptionScope, until end: Double = 1_000, at time: Double) async throws -> RiskException {
        try await world.store.requestException(
            scope: scope, what, reason: "we know", expiresAt: world.at(end), by: ann, at: world.at(time))
    }

    func decide(_ id: ExceptionID, _ isApproved: Bool = true, by user: UserID, at time: Double) async throws
        -> RiskException
    {
        try await world.store.decideException(
            scope: scope, id: id, isApproved: isApproved, comment: "fine", by: user, at: world.at(time))
    }

    func activate(_ what: ExceptionScope, until end: Double = 1_000, at time: Double) async throws -> RiskException {
        let made = try await request(what, until: end, at: time)
        return try await decide(made.id, by: bob, at: time)
    }

    func revoke(_ id: ExceptionID, at time: Double) async throws -> RiskException {
        try await world.store.revokeException(
            scope: scope, id: id, comment: "no longer", by: ann, at: world.at(time))
    }

    /// Agents on which something is accepted, by vulnerability.
    func accepted(at time: Double) async throws -> [String: Int] {
        try await world.store.fetchAcceptance(scope: scope, at: world.at(time)).vulnerabilities
            .mapValues(\.acceptedAgents)
    }
}
