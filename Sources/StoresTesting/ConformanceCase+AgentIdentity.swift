import ConformanceTesting
import Foundation
import Inventory
@_spi(Minting) import Stores

extension ConformanceCase {
    static let agentIdentity: [ConformanceCase] = [
        ConformanceCase("an agent is kept out, let in again, and revoked for good") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope)
            let agent = try await world.enroll(token, "web", key: 1)
            let neighbour = try await world.enroll(token, "db", key: 2)
            func set(_ standing: AgentStanding, at time: Double, _ reason: String = "because") async throws {
                try await world.store.setStanding(
                    scope: scope, agentID: agent, standing: standing, reason: reason, at: world.at(time))
            }
            for (scope, id) in [(other, agent), (scope, AgentID())] {
                try await expect(throws: .notFound("agent"), "another company's, or none") {
                    try await world.store.setStanding(
                        scope: scope, agentID: id, standing: .revoked, reason: "x", at: world.at(5))
                }
            }
            try expect(try await world.store.fetchBarredAgents(scope: scope), equals: [])
            try await set(.active, at: 9)
            for time in [10.0, 11] { try await set(.quarantined, at: time, "looks odd") }
            try expect(try await world.store.fetchCredential(agentID: agent), equals: nil, "no new tokens")
            try expect(
                try await world.store.fetchBarredAgents(scope: scope),
                equals: [
                    BarredAgent(
                        id: agent, hostname: "web", standing: .quarantined, reason: "looks odd", since: world.at(10))
                ])
            try expect(try await world.store.fetchBarredAgents(scope: other), equals: [])
            try expect(try await world.store.fetchBarredAgentIDs(since: world.at(10)), equals: [agent])
            try expect(try await world.store.fetchBarredAgentIDs(since: world.at(11)), equals: [])
            let again = try await world.store.enrollAgent(
                token: token, publicKey: World.secret(1).bytes, facts: World.facts("web"), at: world.at(12))
            guard case .barredKey = again else { throw failure("enrolls with the key it has", again) }
            try await set(.active, at: 13)
            try expect(try await world.store.fetchCredential(agentID: agent)?.agentID, equals: agent)
            try expect(try await world.store.fetchBarredAgentIDs(since: world.at(0)), equals: [])
            for time in [14.0, 15] { try await set(.revoked, at: time) }
            for standing in [AgentStanding.active, .quarantined] {
                try await expect(throws: .agentRevoked, "a revoked one stays so") { try await set(standing, at: 16) }
            }
            try expect(try await world.store.fetchCredential(agentID: neighbour)?.agentID, equals: neighbour)
            let log = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(
                log.filter { $0.subject == agent.description }.map(\.action),
                equals: ["agent.revoked", "agent.released", "agent.quarantined", "agent.enrolled"])
        },
        ConformanceCase("a key that speaks from two machines is quarantined") { world in
            let scope = try await world.company("first")
            let agent = try await world.enroll(try await world.token(scope), "web", key: 1)
            func beat(boot: Int64?, _ hostname: String, at time: Double) async throws -> Bool {
                let facts = HeartbeatFacts(
                    host: HostFacts(hostname: hostname, bootTime: boot, architecture: "x86_64"), agentVersion: "1",
                    droppedReports: 0, warnings: [])
                return try await world.store.recordHeartbeat(
                    scope: scope, agentID: agent, facts: facts, at: world.at(time)) != nil
            }
            let boot: Int64 = 1_767_100_000
            try expect(try await beat(boot: boot, "web", at: 10), "first")
            try expect(try await beat(boot: boot - 600, "web", at: 20), "the clock was set")
            try expect(try await beat(boot: nil, "web", at: 30), "says nothing of it")
            try expect(try await beat(boot: boot + 5_000, "web", at: 40), "booted again")
            try expect(try await world.store.fetchBarredAgents(scope: scope), equals: [])
            try expect(try await beat(boot: boot, "copy", at: 50), equals: false, "the other machine")
            let barred = try unwrap(try await world.store.fetchBarredAgents(scope: scope).first, "quarantine")
            try expect(barred.standing, equals: .quarantined)
            try expect(barred.reason.contains("5000 s (web, copy)"), barred.reason)
            try expect(try await world.store.fetchCredential(agentID: agent), equals: nil)
            let entry = try unwrap(
                try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items.first,
                "entry")
            try expect(entry.action, equals: "agent.quarantined")
            try expect(entry.context.actor.kind, equals: .system)
            try await world.store.setStanding(
                scope: scope, agentID: agent, standing: .active, reason: "was restored", at: world.at(60))
            try expect(try await beat(boot: boot, "copy", at: 70), "goes on as the machine that speaks now")
        },
    ]
}
