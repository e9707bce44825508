import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

/// Agents that have not called for too long are shown as such, and listed.
struct SilentAgentTests {
    @Test(arguments: TestBackend.Kind.available)
    func whoHasNotCalledForTooLongIsSilentUntilItCalls(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind) { $0.silentAfter = .seconds(900) }
        let red = installation.red
        try await installation.run { client async throws in
            func agents(_ query: String) async throws -> [String] {
                let reply = try await client.send(
                    .get, "/v1/agents\(query)", token: try await installation.token(red.viewer))
                #expect(reply.status == .ok, "\(reply.refusal)")
                return (0..<(reply.json["items"].count ?? 0)).map { index in
                    let item = reply.json["items"][index]
                    return "\(item["hostname"].text ?? "") \(item["silent"].value as? Bool == true)"
                }
            }
            #expect(try await agents("") == ["web.red false"])
            #expect(try await agents("?silent=true") == [])
            installation.clock.advance(seconds: 901)
            #expect(try await agents("") == ["web.red true"])
            for sort in ["risk", "hostname", "last_seen"] {
                #expect(try await agents("?silent=true&sort=\(sort)") == ["web.red true"])
                #expect(try await agents("?silent=false&sort=\(sort)") == [])
            }
            _ = try await installation.store.recordHeartbeat(
                scope: red.scope, agentID: red.agentID, facts: Tenant.facts(hostname: "web.red"),
                at: installation.clock.now)
            #expect(try await agents("?silent=false") == ["web.red false"])
            let wrong = try await client.send(
                .get, "/v1/agents?silent=maybe", token: try await installation.token(red.viewer))
            #expect(wrong.refusal == "400 invalid_request")
        }
    }
}
