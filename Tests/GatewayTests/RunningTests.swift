import HTTPTypes
import HummingbirdTesting
import Inventory
import Stores
import Testing
import Wire

@testable import Gateway

/// What is in use on a machine: asked for once, kept, and shown with the agent and its findings.
struct RunningTests {
    private static let state =
        #"{"kernel":{"release":"6.1.0-18-amd64","newer":"6.1.0-25-amd64"},"reboot_reasons":["kernel"],"reboot_packages":[],"#
        + #""restarts":[{"service":"nginx.service","program":"nginx","packages":[],"files":["libssl.so.3"],"later":1}],"#
        + #""listeners":[{"transport":"tcp","port":443,"reach":"any","program":"nginx"}],"running":[],"#
        + #""listening":["\#(Sample.packages[0])"],"gaps":[],"later":true}"#

    private static func body(_ digest: String?, _ running: String? = nil) -> [UInt8] {
        let inventory = Inventory(Sample.packages).digest
        let members = [digest.map { #""running_digest":"\#($0)""# }, running.map { #""running":\#($0)"# }].compactMap {
            $0
        }
        return Array(
            #"{\#((members + [#""digest":"\#(inventory)""#, #""facts":\#(TestAgent.facts)"#]).joined(separator: ","))}"#
                .utf8)
    }

    @Test func itIsAskedForOnceAndShown() async throws {
        let installation = try await Installation()
        let digest = String(repeating: "ab", count: 32)
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            func beat(_ digest: String?, _ running: String? = nil) async throws -> TestResponse {
                try await agent.send(
                    client, .post, AgentProtocol.heartbeatPath, token: token, body: Self.body(digest, running))
            }
            let person = try await installation.token(installation.red.owner)
            let path = "/v1/agents/\(installation.red.agentID)"
            #expect(
                try await beat(nil).json["running_wanted"].value == nil, "an agent that does not look is asked nothing")
            #expect(try await client.send(.get, path, token: person).json["running"]["since"].text == nil)
            let before = try await client.send(.get, path + "/findings", token: person)
            #expect(before.json["items"][0]["exposure"].text == nil)
            for _ in 1...2 { #expect(try await beat(digest).json["running_wanted"].value as? Bool == true) }
            #expect(try await beat(digest, Self.state).json["running_wanted"].value == nil)
            #expect(try await beat(digest).json["running_wanted"].value == nil)
            let shown = try await client.send(.get, path, token: person).json["running"]
            #expect(shown["reboot_pending"].value as? Bool == true && shown["restart_pending"].value as? Bool == true)
            #expect(shown["kernel"]["newer"].text == "6.1.0-25-amd64")
            #expect(shown["restarts"][0]["service"].text == "nginx.service")
            #expect(shown["listeners"][0]["port"].int == 443)
            let findings = try await client.send(.get, path + "/findings", token: person)
            #expect(findings.json["items"][0]["exposure"].text == "listening")
            #expect(findings.json["items"][0]["packages"][0]["exposure"].text == "listening")
            let affected = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464/agents", token: person)
            #expect(affected.json["items"][0]["exposure"].text == "listening")
            let schemas = Schemas(Document(.init(bytes: PackageResources.openapi_json)))
            let detail = try await client.send(.get, path, token: person)
            #expect(schemas.faults(in: detail.json.value, schema: "AgentDetail") == [])
        }
    }

    @Test func whatIsOutOfBoundsIsRefused() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let digest = String(repeating: "ab", count: 32)
            let empty =
                #"{"reboot_reasons":[],"reboot_packages":[],"restarts":[],"listeners":[],"running":[],"listening":[],"gaps":[]}"#
            let many = empty.replacing(
                #""running":[]"#,
                with: #""running":["# + Array(repeating: "\"a\"", count: 2_001).joined(separator: ",") + "]")
            let port = empty.replacing(
                #""listeners":[]"#, with: #""listeners":[{"transport":"tcp","port":0,"reach":"any"}]"#)
            let long = empty.replacing(#""gaps":[]"#, with: #""gaps":["\#(String(repeating: "x", count: 513))"]"#)
            for (digest, running) in [("x", nil), (nil, empty), (digest, many), (digest, port), (digest, long)] {
                let reply = try await agent.send(
                    client, .post, AgentProtocol.heartbeatPath, token: token, body: Self.body(digest, running))
                #expect(reply.status == .badRequest, "\(running ?? "")")
            }
            let held = try await installation.store.fetchRunning(
                scope: installation.red.scope, agents: [installation.red.agentID])
            #expect(held == [:])
        }
    }
}
