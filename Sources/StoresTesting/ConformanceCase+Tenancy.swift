import ConformanceTesting
import Foundation
import Inventory
import PackageIdentity
@_spi(Minting) import Stores

extension ConformanceCase {
    static let tenancy: [ConformanceCase] = [
        ConformanceCase("another company's ids find nothing and change nothing") { world in
            let (mine, theirs) = (try await world.company("mine"), try await world.company("theirs"))
            let a = try World.purl("a")
            var feed = Feed()
            feed.say("CVE-1", of: a)
            let token = try await world.token(theirs)
            let agent = try await world.enroll(token, "host", key: 1)
            try await world.apply(theirs, agent, [a], at: 2, feed: feed)
            let waiting = Inventory([a, try World.purl("b")])
            try await world.store.receiveInventory(scope: theirs, agentID: agent, inventory: waiting, at: world.at(3))
            try await world.evaluate(waiting.packages, at: 3)
            let user = try await world.store.insertUser(
                email: "a@example.com", passwordHash: "x", role: .owner, companyID: theirs.companyID, at: world.at(0))
            let before = try await snapshot(world, theirs, agent)

            let stranger = CompanyScope(companyID: CompanyID())
            for scope in [mine, stranger] {
                try expect(
                    try await world.store.recordHeartbeat(
                        scope: scope, agentID: agent, facts: World.facts("x"), at: world.at(9)), equals: nil)
                try expect(try await world.store.fetchUser(scope: scope, id: user.id)?.user, equals: nil)
                try expect(try await world.store.fetchAgent(scope: scope, id: agent)?.summary, equals: nil)
                try expect(try await world.store.fetchInventory(scope: scope, digest: waiting.digest), equals: nil)
                try expect(
                    try await world.store.fetchPendingAgents(scope: scope, after: nil, limit: 9), equals: [])
                try expect(
                    try await world.store.fetchPendingInventories(scope: scope, agents: [agent]).count, equals: 0)
                try expect(try await world.store.fetchVulnerability(scope: scope, id: "CVE-1"), equals: nil)
                try expect(try await world.store.fetchEnrollmentTokens(scope: scope), equals: [])
                try expect(
                    try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 9), equals: [])
                try expect(try await world.store.fetchNewestEvents(scope: scope, before: nil, limit: 9), equals: [])
                try expect(try await world.store.fetchLatestEventID(scope: scope), equals: EventID(rawValue: 0))
                try expect(try await world.vulnerabilities(scope).count, equals: 0)
                let page = PageRequest()
                try expect(
                    try await world.store.fetchAgents(scope: scope, query: AgentQuery(), page: page).items.count,
                    equals: 0)
                try expect(
                    try await world.store.fetchAffectedAgents(scope: scope, vulnerability: "CVE-1", page: page).items
                        .count,
                    equals: 0)
                try await expect(throws: .notFound("agent"), "findings") { _ = try await world.findings(scope, agent) }
                try await expect(throws: .notFound("agent"), "packages") {
                    _ = try await world.store.fetchAgentPackages(scope: scope, agentID: agent, search: "", page: page)
                }
                try await expect(throws: .notFound("agent"), "receive") {
                    try await world.store.receiveInventory(
                        scope: scope, agentID: agent, inventory: Inventory([]), at: world.at(9))
                }
                try await expect(throws: .notFound("agent"), "apply") {
                    _ = try await world.store.applyInventory(
                        scope: scope, agentID: agent, digest: waiting.digest, at: world.at(9))
                }
                let theirToken = try unwrap(
                    try await world.store.fetchEnrollmentTokens(scope: theirs).first, "token")
                try await expect(throws: .notFound("enrollment token"), "revoke") {
                    try await world.store.revokeEnrollmentToken(scope: scope, id: theirToken.id, at: world.at(9))
                }
            }
            let overview = try await world.store.fetchOverview(scope: mine, at: world.at(9))
            try expect(
                [overview.agents, overview.packages, overview.exposures, overview.counts.total], equals: [0, 0, 0, 0])
            try expect(try await snapshot(world, theirs, agent), equals: before, "nothing of theirs changed")
        },
        ConformanceCase("two companies with the same inventory and key stay apart") { world in
            let a = try World.purl("a")
            var feed = Feed()
            feed.say("CVE-1", of: a)
            var held: [(scope: CompanyScope, agent: AgentID)] = []
            for name in ["one", "two"] {
                let scope = try await world.company(name)
                let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
                try await world.apply(scope, agent, [a], at: 2, feed: feed)
                held.append((scope, agent))
            }
            try await world.apply(held[0].scope, held[0].agent, [], at: 3)
            try expect(try await world.vulnerabilities(held[0].scope).count, equals: 0)
            try expect(try await world.vulnerabilities(held[1].scope).count, equals: 1)
            try expect(
                try await world.store.fetchInventory(scope: held[0].scope, digest: Inventory([a]).digest), equals: nil)
        },
    ]

    /// What a company shows, as one text.
    private static func snapshot(_ world: World, _ scope: CompanyScope, _ agent: AgentID) async throws -> String {
        let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
        let overview = try await world.store.fetchOverview(scope: scope, at: world.at(9))
        let events = try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 99)
        let tokens = try await world.store.fetchEnrollmentTokens(scope: scope)
        return "\(detail) \(overview) \(events) \(tokens)"
    }
}
