import ConformanceTesting
import Foundation
import Inventory
import Matching
import PackageIdentity
import Scoring
@_spi(Minting) import Stores

extension ConformanceCase {
    static let verdicts: [ConformanceCase] = [
        ConformanceCase("first seen is the later of package and verdict") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            var feed = Feed()
            feed.say("CVE-1", of: a)
            try await world.apply(scope, agent, [a], at: 10, feed: feed)
            feed.say("CVE-1", of: b)
            try await world.apply(scope, agent, [a, b], at: 20, feed: feed)
            let finding = try unwrap(try await world.findings(scope, agent).first, "finding")
            try expect(finding.packages.map(\.firstSeen), equals: [world.at(10), world.at(20)])
            try expect(try await world.vulnerabilities(scope).map(\.firstSeen), equals: [world.at(10)])
            feed.say("CVE-2", of: a)
            try await world.record([a], at: 30, feed: feed)
            try expect(
                try await world.findings(scope, agent).map { $0.packages.map(\.firstSeen) },
                equals: [[world.at(10), world.at(20)], [world.at(30)]], "re-matching keeps the date")
            // Without the older package the company's date follows its present findings.
            try await world.apply(scope, agent, [b], at: 40, feed: feed)
            try expect(try await world.vulnerabilities(scope).map(\.firstSeen), equals: [world.at(20)])
            let packages = try await world.store.fetchAgentPackages(
                scope: scope, agentID: agent, search: "", page: PageRequest())
            try expect(packages.items.map(\.since), equals: [world.at(20)])
        },
        ConformanceCase("a verdict that changes opens and resolves findings everywhere, with one event per company") {
            world in
            let (first, second) = (try await world.company("first"), try await world.company("second"))
            let a = try World.purl("a")
            var agents: [(CompanyScope, AgentID)] = []
            for (scope, key) in [(first, UInt64(1)), (first, 2), (second, 3)] {
                let token = try await world.token(scope, key)
                agents.append((scope, try await world.enroll(token, "host", key: key)))
            }
            for (scope, agent) in agents { try await world.apply(scope, agent, [a], at: 2) }
            var feed = Feed()
            feed.say("CVE-1", of: a, fixed: "2.0", cvss: 9.8, exploited: true)
            let opened = try await world.record([a], at: 10, feed: feed)
            try expect(Set(opened.keys), equals: [first, second])
            guard case .verdictsChanged(let change) = opened[first]?.kind else { throw failure("event", opened) }
            try expect(
                change,
                equals: VerdictsChange(
                    agents: 2, opened: 1, resolved: 0, openedExamples: ["CVE-1"], resolvedExamples: [],
                    indexDigest: "index"))
            let summary = try await world.summary(first, agents[0].1)
            try expect([summary.counts.critical, summary.counts.exploited, summary.counts.fixable], equals: [1, 1, 1])
            try expect(summary.risk, equals: try unwrap(feed.records["CVE-1"], "record").risk.value)
            try await world.verify()
            try expect(try await world.record([a], at: 11, feed: feed), equals: [:], "nothing new")
            feed.retract("CVE-1", of: a)
            let resolved = try await world.record([a], at: 12, feed: feed)
            guard case .verdictsChanged(let back) = resolved[second]?.kind else { throw failure("event", resolved) }
            try expect(
                [back.agents, back.opened, back.resolved], equals: [1, 0, 1])
            try expect(try await world.findings(first, agents[0].1).count, equals: 0)
            try expect(try await world.store.fetchVulnerability(scope: first, id: "CVE-1"), equals: nil)
        },
        ConformanceCase("undetermined verdicts count apart, and not where another package is affected") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            var feed = Feed()
            feed.say("CVE-1", of: a, .undetermined)
            feed.say("CVE-1", of: b, fixed: "2")
            feed.say("CVE-2", of: a, .undetermined)
            try await world.apply(scope, agent, [a, b], at: 2, feed: feed)
            var query = VulnerabilityQuery()
            query.undetermined = true
            try expect(try await world.findings(scope, agent).map(\.record.id), equals: ["CVE-1"])
            try expect(try await world.findings(scope, agent).first?.packages.map(\.purl), equals: [b])
            try expect(try await world.findings(scope, agent, query).map(\.record.id), equals: ["CVE-2"])
            let counts = try await world.summary(scope, agent).counts
            try expect([counts.total, counts.undetermined], equals: [1, 1])
            let overview = try await world.store.fetchOverview(scope: scope, at: world.at(3))
            try expect([overview.counts.total, overview.counts.undetermined, overview.exposures], equals: [1, 1, 1])
            try expect(try await world.vulnerabilities(scope).map(\.record.id), equals: ["CVE-1"])
            try expect(try await world.store.fetchVulnerability(scope: scope, id: "CVE-2"), equals: nil)
            // The affected package goes: what was hidden by it shows.
            try await world.apply(scope, agent, [a], at: 4, feed: feed)
            try expect(try await world.findings(scope, agent, query).map(\.record.id), equals: ["CVE-1", "CVE-2"])
        },
        ConformanceCase("what is known of a vulnerability moves counts, risk and order") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let a = try World.purl("a")
            var feed = Feed()
            feed.say("CVE-1", of: a, cvss: 9)
            feed.say("CVE-2", of: a, cvss: 5)
            try await world.apply(scope, agent, [a], at: 2, feed: feed)
            feed.describe("CVE-1", cvss: 3)
            feed.describe("CVE-3", cvss: 10)
            try await world.store.updateVulnerabilities(Array(feed.records.values), at: world.at(3))
            try expect(try await world.vulnerabilities(scope).map(\.record.id), equals: ["CVE-2", "CVE-1"])
            let summary = try await world.summary(scope, agent)
            try expect([summary.counts.critical, summary.counts.medium, summary.counts.low], equals: [0, 1, 1])
            try expect(summary.risk, equals: 22.5)
            try await world.verify()
            feed.describe("CVE-1", cvss: 3, exploited: true)
            try await world.store.updateVulnerabilities(Array(feed.records.values), at: world.at(4))
            try expect(
                try await world.vulnerabilities(scope).map(\.record),
                equals: ["CVE-1", "CVE-2"].compactMap { feed.records[$0] })
            try expect(try await world.summary(scope, agent).counts.exploited, equals: 1)
        },
        ConformanceCase("filters and searches") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let (openssl, curl) = (try World.purl("openssl"), try World.purl("curl"))
            var feed = Feed()
            feed.say("CVE-1", of: openssl, fixed: "2", cvss: 9.8)
            feed.say("CVE-2", of: openssl, cvss: 8, exploited: true)
            feed.say("CVE-3", of: curl, fixed: "3", cvss: 5)
            feed.say("CVE-100%", of: curl, cvss: 2)
            try await world.apply(scope, agent, [openssl, curl], at: 2, feed: feed)
            let table: [(String, (inout VulnerabilityQuery) -> Void, findings: [String], company: [String])] = [
                ("all", { _ in }, ["CVE-2", "CVE-1", "CVE-3", "CVE-100%"], ["CVE-2", "CVE-1", "CVE-3", "CVE-100%"]),
                ("severity", { $0.minimumSeverity = .high }, ["CVE-2", "CVE-1"], ["CVE-2", "CVE-1"]),
                ("exploited", { $0.exploitedOnly = true }, ["CVE-2"], ["CVE-2"]),
                ("fixable", { $0.fixableOnly = true }, ["CVE-1", "CVE-3"], ["CVE-1", "CVE-3"]),
                ("id", { $0.search = "cve-3" }, ["CVE-3"], ["CVE-3"]),
                ("percent is no wildcard", { $0.search = "100%" }, ["CVE-100%"], ["CVE-100%"]),
                ("underscore is no wildcard", { $0.search = "CVE_1" }, [], []),
                ("summary", { $0.search = "WRONG IN CVE-2" }, ["CVE-2"], ["CVE-2"]),
                ("package", { $0.search = "OpenSSL" }, ["CVE-2", "CVE-1"], []),
            ]
            for (name, change, findings, company) in table {
                var query = VulnerabilityQuery()
                change(&query)
                try expect(try await world.findings(scope, agent, query).map(\.record.id), equals: findings, name)
                try expect(try await world.vulnerabilities(scope, query).map(\.record.id), equals: company, name)
            }
            let packages = try await world.store.fetchAgentPackages(
                scope: scope, agentID: agent, search: "SSL", page: PageRequest())
            try expect(packages.items.map(\.purl), equals: [openssl])
            try expect(packages.items.map(\.counts.total), equals: [2])
        },
        ConformanceCase("packages are interned once and found by their advisory names") { world in
            let purls = try (1...5).map { try World.purl("p", "\($0)") } + [try World.purl("q")]
            let ids = try await world.store.internPackages(purls, at: world.at(1))
            try expect(try await world.store.internPackages(purls.reversed(), at: world.at(2)), equals: ids.reversed())
            try expect(Set(ids).count, equals: 6)
            let doubled = try await world.store.internPackages([purls[0], purls[0]], at: world.at(3))
            try expect(doubled, equals: [ids[0], ids[0]])
            let coordinates = try unwrap(purls[0].advisoryCoordinates, "coordinates")
            let name = AdvisoryName(scope: coordinates.scope, name: coordinates.name)
            let first = try await world.store.fetchPackages(named: [name], after: nil, limit: 3)
            let rest = try await world.store.fetchPackages(named: [name, name], after: first.last?.id, limit: 3)
            try expect((first + rest).map(\.id), equals: ids.prefix(5).sorted())
            let both = try await world.store.fetchPackages(
                named: [AdvisoryName(scope: name.scope, name: "q"), name], after: nil, limit: 100)
            try expect(both.map(\.id), equals: ids.sorted())
            try expect(try await world.store.fetchAllPackages(after: nil, limit: 4).count, equals: 4)
            try expect(try await world.store.fetchAllPackages(after: ids.sorted()[3], limit: 9).count, equals: 2)
            try expect(
                try await world.store.fetchUnevaluatedPackages(among: purls + purls, at: world.at(3)).map(\.id),
                equals: ids.sorted())
            try await world.record([purls[0]], at: 4, feed: Feed())
            try expect(
                try await world.store.fetchUnevaluatedPackages(among: purls, at: world.at(4)).map(\.id),
                equals: ids.dropFirst().sorted())
            try expect(try await world.store.fetchVerdictBasis(), equals: nil)
            try await world.store.setVerdictBasis("one", at: world.at(5))
            try await world.store.setVerdictBasis("two", at: world.at(6))
            try expect(try await world.store.fetchVerdictBasis(), equals: "two")
            try await world.store.checkHealth()
        },
    ]
}
