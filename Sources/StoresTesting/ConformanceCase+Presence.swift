import ConformanceTesting
import Foundation
import Inventory
@_spi(Minting) import Stores

extension ConformanceCase {
    static let presence: [ConformanceCase] = [
        ConformanceCase("agents that say the same again are written at once") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope)
            var agents: [AgentID] = []
            for number in 1...3 { agents.append(try await world.enroll(token, "host-\(number)", key: UInt64(number))) }
            let facts = World.facts("host", warnings: [ScanWarning(path: "/ä\u{1F600}", reason: "\"quoted\"\\")])
            for agent in agents {
                _ = try await world.store.recordHeartbeat(scope: scope, agentID: agent, facts: facts, at: world.at(10))
            }
            let inventory = Inventory([])
            try await world.store.receiveInventory(
                scope: scope, agentID: agents[1], inventory: inventory, at: world.at(11))
            func record(_ scope: CompanyScope, _ ids: [AgentID], _ facts: HeartbeatFacts, at time: Double) async throws
                -> [AgentID: SyncState]
            {
                let notes = try ids.map { try PresenceNote(agentID: $0, facts: facts, seenAt: world.at(time)) }
                return try await world.store.recordPresence(scope: scope, notes: notes)
            }
            func lastSeen() async throws -> [Date?] {
                var times: [Date?] = []
                for agent in agents {
                    times.append(try await world.store.fetchAgent(scope: scope, id: agent)?.summary.lastSeenAt)
                }
                return times
            }
            let nothing = SyncState(received: nil, applied: nil)
            let waiting = SyncState(received: inventory.digest, applied: nil)
            let held = try await record(scope, [agents[1], AgentID(), agents[0]], facts, at: 20)
            try expect(held, equals: [agents[0]: nothing, agents[1]: waiting], "nothing of strangers")
            try expect(try await lastSeen(), equals: [world.at(20), world.at(20), world.at(10)])
            try expect(try await record(other, agents, facts, at: 30), equals: [:], "another company")
            let otherFacts = World.facts("host", version: "2.0")
            try expect(try await record(scope, agents, otherFacts, at: 30), equals: [:], "other facts")
            try expect(try await record(scope, [], facts, at: 30), equals: [:], "nobody")
            try expect(try await record(scope, [agents[0]], facts, at: 15), equals: [agents[0]: nothing])
            try expect(
                try await lastSeen(), equals: [world.at(20), world.at(20), world.at(10)],
                "last seen never goes back, and nothing is written of who is not answered")
        },
        ConformanceCase("many write presence of the same agents at the same time") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope)
            let facts = World.facts("host")
            var agents: [AgentID] = []
            for number in 1...8 {
                let agent = try await world.enroll(token, "host", key: UInt64(number))
                _ = try await world.store.recordHeartbeat(scope: scope, agentID: agent, facts: facts, at: world.at(2))
                agents.append(agent)
            }
            let everybody = agents
            try await withThrowingTaskGroup(of: Int.self) { group in
                for round in 1...12 {
                    group.addTask {
                        let order = round.isMultiple(of: 2) ? everybody : everybody.reversed()
                        let notes = try order.map {
                            try PresenceNote(agentID: $0, facts: facts, seenAt: world.at(Double(10 + round)))
                        }
                        return try await world.store.recordPresence(scope: scope, notes: notes).count
                    }
                }
                for try await count in group { try expect(count, equals: 8) }
            }
            for agent in agents {
                let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
                try expect(detail.summary.lastSeenAt, equals: world.at(22))
            }
        },
    ]
}
