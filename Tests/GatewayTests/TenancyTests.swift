import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Gateway

/// Nobody gets at another company's things, whatever they name.
struct TenancyTests {
    @Test func listsHoldTheOwnCompanyOnly() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let agents = try await client.send(.get, "/v1/agents", token: token)
            #expect(agents.json["items"].count == 1)
            #expect(agents.json["items"][0]["hostname"].text == "web.red")
            let affected = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464/agents", token: token)
            #expect(affected.json["items"].count == 1)
            #expect(affected.json["items"][0]["agent"]["hostname"].text == "web.red")
            let vulnerability = try await client.send(.get, "/v1/vulnerabilities/CVE-2023-0464", token: token)
            #expect(vulnerability.json["agents"].int == 1)
            let overview = try await client.send(.get, "/v1/overview", token: token)
            #expect(overview.json["agents"]["total"].int == 1)
            let events = try await client.send(.get, "/v1/events", token: token)
            #expect(events.json["items"].count == 2)
            for index in 0..<(events.json["items"].count ?? 0) {
                #expect(events.json["items"][index]["data"]["hostname"].text == "web.red")
            }
        }
    }

    @Test func agentsCannotActForPeopleNorPeopleForAgents() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let agentToken = try await agent.token(client, installation.red.agentID)
            #expect(try await client.send(.get, "/v1/agents", token: agentToken).refusal == "401 unauthorized")
            let person = try await installation.token(installation.red.owner)
            let reply = try await agent.send(
                client, .post, "/v1/agent/heartbeat", token: person, body: agent.heartbeat(nil))
            #expect(reply.refusal == "401 unauthorized")
        }
    }

    @Test func everyRouteForPeopleDemandsASignIn() async throws {
        let installation = try await Installation()
        let parts = try await GatewayParts(
            configuration: installation.configuration, services: installation.services,
            logger: .init(label: "test"))
        try await installation.run { client async throws in
            for route in parts.responder.table.routes {
                if case .open = route.endpoint { continue }
                let path = route.path.replacing("{id}", with: installation.red.agentID.description)
                let reply = try await client.send(route.method, path)
                #expect(reply.refusal == "401 unauthorized", "\(route.method) \(route.path)")
            }
        }
    }
}
