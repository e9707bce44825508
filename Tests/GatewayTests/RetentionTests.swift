import BackendTesting
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

struct RetentionTests {
    @Test(arguments: TestBackend.Kind.available)
    func aCompanySaysHowLongItsEventsAreKept(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let owner = try await installation.token(installation.red.owner)
            func set(_ body: String, token: String) async throws -> TestResponse {
                try await client.send(.put, "/v1/retention-policy", token: token, json: body)
            }
            func stored(_ scope: CompanyScope) async throws -> Int? {
                try await installation.store.fetchRetentionPolicy(scope: scope).eventDays
            }
            #expect(try await set(#"{"event_days":30}"#, token: owner).json["event_days"].int == 30)
            let reply = try await client.send(.get, "/v1/retention-policy", token: owner)
            #expect(reply.json["event_days"].int == 30)
            #expect(try await stored(installation.red.scope) == 30)
            #expect(try await stored(installation.blue.scope) == nil)
            let viewer = try await installation.token(installation.red.viewer)
            #expect(try await set(#"{"event_days":7}"#, token: viewer).status == .forbidden)
            for body in [#"{"event_days":6}"#, #"{"event_days":3651}"#, #"{"event_days":"x"}"#, "{}"] {
                #expect(try await set(body, token: owner).refusal == "400 invalid_request", "\(body)")
            }
            #expect(try await set(#"{"event_days":null}"#, token: owner).status == .ok)
            #expect(try await stored(installation.red.scope) == nil)
        }
    }
}
