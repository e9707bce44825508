import ConformanceTesting
import Foundation
import Inventory
@_spi(Minting) import Stores

extension ConformanceCase {
    static let running: [ConformanceCase] = [
        ConformanceCase("what is in use is kept with its agent and named with each heartbeat") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope)
            let (agent, silent) = (
                try await world.enroll(token, "a", key: 1), try await world.enroll(token, "b", key: 2)
            )
            let facts = World.facts("a")
            let first = RunningState(
                kernel: .init(release: "6.1", newer: "6.2"), rebootReasons: ["kernel"], rebootPackages: ["libc6"],
                restarts: [
                    .init(service: nil, program: "a \"\u{1F600}\\", packages: ["pkg:deb/a@1"], files: ["liba.so"])
                ],
                listeners: [.init(transport: "tcp", port: 22, reach: .any, service: "ssh.service")],
                running: ["pkg:deb/b@1"], listening: ["pkg:deb/a@1"], gaps: ["limit"])
            let second = RunningState(running: ["pkg:deb/a@1"])
            func beat(_ time: Double) async throws -> RunningDigest? {
                let recorded = try await world.store.recordHeartbeat(
                    scope: scope, agentID: agent, facts: facts, at: world.at(time))
                return recorded?.sync.running
            }
            func record(_ scope: CompanyScope, _ agent: AgentID, _ state: RunningState?, _ time: Double) async throws {
                let report = state.map { RunningReport(digest: $0.digest, state: $0) }
                try await world.store.recordRunning(scope: scope, agentID: agent, report, at: world.at(time))
            }
            func held(_ scope: CompanyScope) async throws -> [AgentID: RunningRecord] {
                try await world.store.fetchRunning(scope: scope, agents: [agent, silent, AgentID()])
            }
            try expect(try await beat(10), equals: nil, "nothing was said")
            try expect(try await held(scope), equals: [:])
            for (state, time, since) in [(first, 20.0, 20.0), (first, 25, 20), (second, 30, 30), (first, 40, 40)] {
                try await record(scope, agent, state, time)
                try expect(try await beat(time + 1), equals: state.digest)
                let record = RunningRecord(
                    RunningReport(digest: state.digest, state: state), since: world.at(since))
                try expect(try await held(scope), equals: [agent: record])
                let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
                try expect(detail.sync.running, equals: state.digest)
            }
            let note = try PresenceNote(agentID: agent, facts: facts, seenAt: world.at(50))
            let present = try await world.store.recordPresence(scope: scope, notes: [note])
            try expect(present[agent]?.running, equals: first.digest, "presence says it too")
            try expect(try await held(other), equals: [:], "another company")
            for (scope, agent) in [(other, agent), (scope, AgentID())] {
                try await expect(throws: .notFound("agent"), "of strangers") {
                    try await record(scope, agent, second, 60)
                }
            }
            try expect(try await beat(61), equals: first.digest)
            for time in [70.0, 80] {
                try await record(scope, agent, nil, time)
                try expect(try await beat(time + 1), equals: nil, "the agent looks no more")
                try expect(try await held(scope), equals: [:])
            }
        }
    ]
}
