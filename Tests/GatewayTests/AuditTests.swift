import BackendTesting
import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
@_spi(Minting) import Stores
import Testing

@testable import Gateway

/// What people and agents do stands in the log of their company, and the log can be taken away and checked.
struct AuditTests {
    /// Signs in once in vain and once well, makes a token, revokes it, and signs out. Answers the secrets that were in play.
    private func act(_ installation: Installation, _ client: any TestClientProtocol) async throws -> [String] {
        let wrong = "wrong horse battery"
        _ = try await client.signIn(installation.red.owner, password: wrong)
        let session = try await client.signIn(installation.red.owner)
        let access = try #require(session.json["access_token"].text)
        let made = try await client.send(
            .post, "/v1/enrollment-tokens", token: access,
            json: #"{"label":"=cmd \"x\", y","maximum_uses":2,"expires_in":3600}"#)
        let id = try #require(made.json["id"].text)
        _ = try await client.send(.delete, "/v1/enrollment-tokens/\(id)", token: access)
        _ = try await client.send(.post, "/v1/auth/logout", token: access)
        return [
            wrong, Installation.password, access, try #require(session.cookie), try #require(made.json["token"].text),
        ]
    }

    private func auditor(_ installation: Installation) async throws -> String {
        let user = try await installation.store.insertUser(
            email: "auditor@red.example", passwordHash: "", role: .auditor, companyID: installation.red.company.id,
            at: installation.clock.now)
        return try await installation.token(user)
    }

    @Test(arguments: TestBackend.Kind.available)
    func everyChangeAndSignInIsThere(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let secrets = try await act(installation, client)
            let token = try await auditor(installation)
            // A refused sign-in is written without the reply waiting for it.
            while try await client.send(.get, "/v1/audit?action=session.refused", token: token).json["items"].count == 0
            {
                try await Task.sleep(for: .milliseconds(1))
            }
            let reply = try await client.send(.get, "/v1/audit?limit=500", token: token)
            let items = reply.json["items"]
            let entries = (0..<(items.count ?? 0)).map { items[$0] }
            let owner = installation.red.owner
            func entry(_ action: String) throws -> Document {
                guard let found = entries.first(where: { $0["action"].text == action }) else {
                    throw Unexpected(what: "no \(action)")
                }
                return found
            }
            #expect(try entry("session.refused")["actor"]["kind"].text == "anonymous")
            #expect(try entry("session.refused")["subject"].text == owner.id.description)
            for action in ["session.begun", "enrollment_token.revoked", "session.ended"] {
                let actor = entries.first { $0["action"].text == action && $0["request_id"].text != nil }?["actor"]
                #expect(actor?["id"].text == owner.id.description, "\(action)")
                #expect(actor?["name"].text == owner.email, "\(action)")
            }
            let made = try entry("enrollment_token.created")
            #expect(made["details"]["label"].text == #"=cmd "x", y"#)
            #expect(made["address"].text != nil)
            let text = String(buffer: reply.body)
            for secret in secrets { #expect(!text.contains(secret)) }
            let filtered = try await client.send(.get, "/v1/audit?actor=\(owner.id)&action=session.ended", token: token)
            #expect(filtered.json["items"].count == 1)
            for query in ["action=nothing", "from=yesterday", "until=1"] {
                #expect(
                    try await client.send(.get, "/v1/audit?\(query)", token: token).refusal == "400 invalid_request")
            }
            let later = installation.clock.now.addingTimeInterval(60).ISO8601Format()
            let none = try await client.send(.get, "/v1/audit?from=\(later)", token: token)
            #expect(none.json["items"].count == 0)
        }
    }

    /// Recomputes the chain as `Docs/audit.md` says, from the exported text alone.
    @Test func anExportCanBeCheckedByAnybody() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            _ = try await act(installation, client)
            let token = try await auditor(installation)
            let reply = try await client.send(.get, "/v1/audit/export", token: token)
            #expect(reply.headers[.contentType] == "application/jsonl")
            let lines = String(buffer: reply.body).split(separator: "\n").map { Document(.init(string: String($0))) }
            #expect(lines.last?["action"].text == "audit.exported", "the export itself is in it")
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            var previous = [UInt8](repeating: 0, count: 32)
            for (index, line) in lines.enumerated() {
                let details = try JSONSerialization.data(
                    withJSONObject: line["details"].value ?? [:], options: [.sortedKeys, .withoutEscapingSlashes])
                let time = try format.parse(line["at"].text ?? "").timeIntervalSince1970
                let fields = [
                    installation.red.company.id.description, String(index + 1), String(Int64((time * 1000).rounded())),
                    line["actor"]["kind"].text, line["actor"]["id"].text, line["actor"]["name"].text,
                    line["action"].text, line["subject"].text, String(decoding: details, as: UTF8.self),
                    line["address"].text, line["request_id"].text,
                ].map { $0 ?? "" }
                let bytes = fields.map { "\($0.utf8.count):\($0)," }.joined()
                let hash = Array(SHA256.hash(data: previous + Array(bytes.utf8)))
                #expect(line["previous"].text == AuditLine.hex(previous))
                #expect(line["hash"].text == AuditLine.hex(hash), "entry \(index + 1)")
                previous = hash
            }
            #expect(lines.count > 8)
        }
    }

    @Test func spreadsheetsComputeNothingOfAnExport() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = AuditContext(actor: AuditActor(.agent, id: "a", name: #"=HYPERLINK("x")"#))
            try await AuditContext.$current.withValue(agent) {
                try await installation.store.appendAudit(
                    scope: installation.red.scope, .agentEnrolled, subject: "a\r\nb", details: [:],
                    at: installation.clock.now)
            }
            let token = try await auditor(installation)
            let reply = try await client.send(
                .get, "/v1/audit/export?format=csv&action=agent.enrolled&actor=a", token: token)
            let text = String(buffer: reply.body)
            #expect(text.hasPrefix(AuditLine.header))
            #expect(text.contains(#","'=HYPERLINK(""x"")","#))
            #expect(text.contains("\"a\r\nb\""))
        }
    }

    @Test func ownersAndAuditorsSeeTheLogAndNobodyElse() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            for role in Role.allCases {
                let user = try await installation.store.insertUser(
                    email: "\(role.rawValue)@green.example", passwordHash: "", role: role,
                    companyID: installation.red.company.id, at: installation.clock.now)
                let token = try await installation.token(user)
                for path in ["/v1/audit", "/v1/audit/export"] {
                    let reply = try await client.send(.get, path, token: token)
                    #expect((reply.status == .ok) == [.owner, .auditor].contains(role), "\(role) \(path)")
                }
            }
        }
    }
}
