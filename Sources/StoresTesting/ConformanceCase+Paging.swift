import ConformanceTesting
import Foundation
import Inventory
import PackageIdentity
@_spi(Minting) import Stores

extension ConformanceCase {
    static let paging: [ConformanceCase] = [
        ConformanceCase("agents page in each order and filter without loss") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            var feed = Feed()
            for index in 0..<10 { feed.say("CVE-\(index)", of: try World.purl("p\(index)"), cvss: Double(index)) }
            var expected: [AgentID: (host: String, risk: Double, seen: Date)] = [:]
            for index in 0..<30 {
                let host = "Host-\(index % 7)"
                let agent = try await world.enroll(token, host, key: UInt64(index))
                if index % 3 > 0 {
                    try await world.apply(scope, agent, [try World.purl("p\(index % 10)")], at: 5, feed: feed)
                }
                if index % 5 == 0 {
                    try await world.store.receiveInventory(
                        scope: scope, agentID: agent, inventory: Inventory([try World.purl("new")]), at: world.at(6))
                }
                let seen = Double((index * 13) % 11)
                _ = try await world.store.recordHeartbeat(
                    scope: scope, agentID: agent, facts: World.facts(host), at: world.at(10 + seen))
                expected[agent] = (host, try await world.summary(scope, agent).risk, world.at(10 + seen))
            }
            for sort in AgentQuery.Sort.allCases {
                var query = AgentQuery()
                query.sort = sort
                let found = try await agents(world, scope, query)
                let sorted = found.sorted { a, b in
                    let (x, y) = (a.id.description, b.id.description)
                    return switch sort {
                    case .risk: (-a.risk, x) < (-b.risk, y)
                    case .hostname: (a.hostname.lowercased(), x) < (b.hostname.lowercased(), y)
                    case .lastSeen: (a.lastSeenAt, x) < (b.lastSeenAt, y)
                    }
                }
                try expect(found.map(\.id), equals: sorted.map(\.id), "order \(sort)")
                try expect(Set(found.map(\.id)), equals: Set(expected.keys), "all of them")
            }
            var total = 0
            for state in [InventoryState.none, .pending, .current] {
                var query = AgentQuery()
                query.state = state
                let found = try await agents(world, scope, query)
                try expect(found.allSatisfy { $0.state == state }, "state \(state)")
                total += found.count
            }
            try expect(total, equals: 30)
            var query = AgentQuery()
            query.search = "HOST-3"
            try expect(
                try await agents(world, scope, query).count,
                equals: expected.values.filter { $0.host == "Host-3" }.count)
        },
        ConformanceCase("pages neither lose nor double rows while rows change") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            var feed = Feed()
            let stable = try (0..<40).map { try World.purl(String(format: "s%02d", $0)) }
            for (index, purl) in stable.enumerated() { feed.say("CVE-S\(index)", of: purl, cvss: Double(index % 10)) }
            var moving = try (0..<10).map { try World.purl("m\($0)") }
            for (index, purl) in moving.enumerated() { feed.say("CVE-M\(index)", of: purl, cvss: Double(index)) }
            try await world.apply(scope, agent, stable + moving, at: 2, feed: feed)
            // Between two pages some packages go and come.
            var time = 3.0
            func shuffle() async throws {
                time += 1
                moving = Array(moving.dropFirst(3) + [try World.purl("n\(Int(time))")])
                try await world.apply(scope, agent, stable + moving, at: time, feed: feed)
            }
            let packages = try await world.all { page in
                let result = try await world.store.fetchAgentPackages(
                    scope: scope, agentID: agent, search: "", page: page)
                try await shuffle()
                return result
            }.map(\.purl)
            try expect(packages, equals: Set(packages).sorted(), "packages are in order, each once")
            try expect(Set(packages).isSuperset(of: stable), "no stable package is lost")
            let findings = try await world.all { page in
                let result = try await world.store.fetchAgentFindings(
                    scope: scope, agentID: agent, query: VulnerabilityQuery(), page: page)
                try await shuffle()
                return result
            }.map(\.record.id)
            try expect(findings.count, equals: Set(findings).count, "findings come once")
            try expect(findings.filter { $0.hasPrefix("CVE-S") }.count, equals: 40, "stable findings")
            let company = try await world.all { page in
                let result = try await world.store.fetchVulnerabilities(
                    scope: scope, query: VulnerabilityQuery(), page: page)
                try await shuffle()
                return result
            }
            try expect(company.filter { $0.record.id.hasPrefix("CVE-S") }.count, equals: 40, "stable vulnerabilities")
            try expect(company.map { -$0.record.risk.value }, equals: company.map { -$0.record.risk.value }.sorted())
        },
        ConformanceCase("affected agents page by host name") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            let (a, b, c) = (try World.purl("a", "1"), try World.purl("a", "2"), try World.purl("c"))
            var feed = Feed()
            feed.say("CVE-1", of: a)
            feed.say("CVE-1", of: b, .undetermined)
            var affected: [AgentID] = []
            for index in 0..<24 {
                let agent = try await world.enroll(token, String(format: "host-%02d", 50 - index), key: UInt64(index))
                try await world.apply(scope, agent, [[a, c], [b, c], [a, b], [c]][index % 4], at: 2, feed: feed)
                if index % 2 == 0 { affected.insert(agent, at: 0) }
            }
            let found = try await world.all(limit: 5) {
                try await world.store.fetchAffectedAgents(scope: scope, vulnerability: "CVE-1", page: $0)
            }
            try expect(found.map(\.agent.id), equals: affected)
            try expect(found.allSatisfy { $0.packages.map(\.purl) == [a] }, "only affected packages are named")
            try expect(try await world.vulnerabilities(scope).map(\.agents), equals: [12])
        },
        ConformanceCase("a cursor of another list, or of nobody, is refused") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            for key in UInt64(0)..<3 { _ = try await world.enroll(token, "host", key: key) }
            let first = try await world.store.fetchAgents(
                scope: scope, query: AgentQuery(), page: PageRequest(limit: 1))
            let cursor = try unwrap(first.nextCursor, "cursor")
            try expect(cursor.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }, "fit for a URL")
            let agent = try unwrap(first.items.first, "agent").id
            for bad in [cursor, "", "x", "e30", "bnVsbA", String(repeating: "A", count: 20_000)] {
                let page = PageRequest(cursor: bad, limit: 1)
                try await expect(throws: .invalidCursor, "vulnerabilities") {
                    _ = try await world.store.fetchVulnerabilities(
                        scope: scope, query: VulnerabilityQuery(), page: page)
                }
                try await expect(throws: .invalidCursor, "findings") {
                    _ = try await world.store.fetchAgentFindings(
                        scope: scope, agentID: agent, query: VulnerabilityQuery(), page: page)
                }
                try await expect(throws: .invalidCursor, "packages") {
                    _ = try await world.store.fetchAgentPackages(scope: scope, agentID: agent, search: "", page: page)
                }
                try await expect(throws: .invalidCursor, "affected") {
                    _ = try await world.store.fetchAffectedAgents(scope: scope, vulnerability: "CVE-1", page: page)
                }
                var query = AgentQuery()
                query.sort = .hostname
                try await expect(throws: .invalidCursor, "agents") {
                    _ = try await world.store.fetchAgents(scope: scope, query: query, page: page)
                }
            }
        },
    ]

    private static func agents(_ world: World, _ scope: CompanyScope, _ query: AgentQuery) async throws
        -> [AgentSummary]
    {
        try await world.all { try await world.store.fetchAgents(scope: scope, query: query, page: $0) }
    }
}
