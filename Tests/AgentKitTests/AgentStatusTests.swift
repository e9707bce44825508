import Foundation
import LoopbackTesting
import Testing

@testable import AgentKit

@Suite(.timeLimit(.minutes(5))) struct AgentStatusTests {
    @Test func whatTheAgentDidIsSaidWhileItRunsAndAfter() async throws {
        let gateway = GatewayDouble()
        let state = try TemporaryFolder()
        let machine = try Machine(packages: ["a", "b"])
        let now = Int64(Date().timeIntervalSince1970)
        try await LoopbackServer.with(handler: { gateway.serve($0) }) { server in
            let configuration = AgentConfiguration(
                server: server.url, token: GatewayDouble.enrollmentToken, stateFolder: state.path, root: machine.root,
                heartbeatSeconds: 1)
            let agent = Agent(configuration: configuration, logger: RecordedLog().logger)
            let running = Task { try await agent.run() }
            await gateway.until { $0.heartbeatDigests.count == 2 }
            running.cancel()
            _ = await running.result
            let status = try AgentStatus(stateFolder: state.path, now: now)
            #expect(status.standing == .reporting && status.server == server.url && status.company == "Example")
            #expect(status.agentID == GatewayDouble.agentID && status.heartbeatSeconds == 1)
            #expect(status.lastScan?.packages == 2 && (status.lastScan?.processorSeconds ?? 0) > 0)
            #expect(status.lastScan?.pausedSeconds != nil && (status.lastScan?.peakMemory ?? 0) > 1 << 20)
            #expect(status.waitingReports == 0 && status.startedAt != nil && status.lastHeartbeatAt != nil)
        }
        #expect(try AgentStatus(stateFolder: state.path, now: now + 600).standing == .silent)
        #expect(try AgentStatus(stateFolder: state.path, now: now - 600).standing == .reporting)
        let text = try String(contentsOfFile: state.file("status.json"), encoding: .utf8)
        #expect(!text.contains("secret") && !text.contains("key"))
        #expect(try state.mode("status.json") == 0o600)
    }

    @Test func whyTheServerWasNotReachedIsKept() async throws {
        let state = try TemporaryFolder()
        let machine = try Machine(packages: ["a"])
        let server = try await LoopbackServer { _ in .hangUp }
        try await server.stop()
        let log = RecordedLog()
        let configuration = AgentConfiguration(
            server: server.url, token: "t", stateFolder: state.path, root: machine.root, heartbeatSeconds: 1)
        let running = Task { try await Agent(configuration: configuration, logger: log.logger).run() }
        while (try? AgentStatus(stateFolder: state.path, now: 0))?.lastFailure == nil { await Task.yield() }
        running.cancel()
        _ = await running.result
        let status = try AgentStatus(stateFolder: state.path, now: Int64(Date().timeIntervalSince1970))
        #expect(status.standing == .notEnrolled && status.waitingReports == 1 && status.waitingBytes > 0)
        #expect(status.lastFailure?.reason.contains("cannot be reached") == true)
    }

    @Test func lookingChangesNothing() throws {
        let folder = try TemporaryFolder()
        let missing = try AgentStatus(stateFolder: folder.file("missing"), now: 0)
        #expect(missing.standing == .notEnrolled && missing.server == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test(arguments: [
        "", "{", "[]", "{\"server\":7}", "{\"server\":\"s\",\"startedAt\":9e18}",
        "{\"server\":\"s\",\"startedAt\":-9223372036854775808,\"lastHeartbeatAt\":9223372036854775807}",
        "{\"server\":\"s\",\"startedAt\":0,\"heartbeatSeconds\":3074457345618258602,\"lastHeartbeatAt\":-9223372036854775808}",
    ])
    func aDamagedRecordTellsLessAndTrapsNever(text: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("status.json", text.utf8)
        for now in [Int64.min, 0, .max] {
            #expect(try AgentStatus(stateFolder: folder.path, now: now).standing == .notEnrolled)
        }
    }
}
