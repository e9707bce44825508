import Advisories
import Foundation
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

/// What is exported is read by our own reader as what was decided.
struct VEXTests {
    @Test(arguments: ["openvex", "cyclonedx"])
    func decisionsAreReadBackAsTheyWereMade(_ format: String) async throws {
        let installation = try await Installation()
        let (red, now) = (installation.red, installation.clock.now)
        func decide(_ what: ExceptionScope, _ justification: ExceptionJustification?) async throws {
            let made = try await installation.store.requestException(
                scope: red.scope, what, reason: "we looked", justification: justification,
                expiresAt: now.addingTimeInterval(86_400), by: red.viewer.id, at: now)
            _ = try await installation.store.decideException(
                scope: red.scope, id: made.id, isApproved: true, comment: "", by: red.owner.id, at: now)
        }
        try await decide(ExceptionScope(vulnerability: "CVE-2023-0464", package: nil), .codeNotInExecutePath)
        try await decide(ExceptionScope(vulnerability: nil, package: "pkg:deb/debian/openssl"), nil)
        // Of one machine, and of what nobody has.
        try await decide(ExceptionScope(vulnerability: "CVE-2023-0464", package: nil, agent: red.agentID), .mitigated)
        try await decide(ExceptionScope(vulnerability: "CVE-2020-0001", package: nil), .codeNotPresent)
        try await installation.run { client async throws in
            let token = try await installation.token(red.viewer)
            let reply = try await client.send(.get, "/v1/vex?format=\(format)", token: token)
            #expect(reply.status == .ok, "\(reply.refusal)")
            let document = try VEXDocument.read(Array(reply.body.readableBytesView))
            #expect(document.author == red.company.name)
            #expect(document.id.hasPrefix("urn:uuid:"))
            #expect(document.statements.count == 2)
            for statement in document.statements {
                #expect(statement.vulnerabilities.first == "CVE-2023-0464")
                #expect(Set(statement.products.map(\.identifier)) == ["pkg:deb/debian/openssl"])
            }
            let not = try #require(document.statements.first { $0.status == .notAffected })
            let word = format == "openvex" ? "vulnerable_code_not_in_execute_path" : "code_not_reachable"
            #expect(not.justification == word)
            #expect(not.notes == "we looked")
            let accepted = try #require(document.statements.first { $0.status == .affected })
            let said = [accepted.action, accepted.notes].compactMap(\.self).joined(separator: " ")
            #expect(said.contains("Accepted until 2026-") && said.contains("we looked"))
            let other = try await installation.token(installation.blue.viewer)
            let empty = try await client.send(.get, "/v1/vex?format=\(format)", token: other)
            #expect(try VEXDocument.read(Array(empty.body.readableBytesView)).statements == [])
            let again = try await client.send(.get, "/v1/vex?format=\(format)", token: token)
            #expect(again.body == reply.body, "the same decisions are the same document")
            #expect(try await client.send(.get, "/v1/vex?format=pdf", token: token).status == .badRequest)
        }
    }
}
