import Foundation
import Hummingbird
import Logging
import PackageIdentity
import Scoring
import Stores

/// Who deals with what until when: the company's policy, assignments and notes.
struct TriageRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    var routes: [Route] {
        policy + [
            .person(.put, "/v1/vulnerabilities/{id}/assignee", .triage, assign),
            .person(.get, "/v1/vulnerabilities/{id}/notes", .viewFindings, notes),
            .person(.post, "/v1/vulnerabilities/{id}/notes", .triage, write),
        ]
    }

    private var policy: [Route] {
        Route.policy("/v1/sla-policy", viewing: .viewFindings, managing: .managePolicy, bodyLimit: limits.jsonBody) {
            SLAPolicyBody(try await services.store.fetchSLAPolicy(scope: $0))
        } set: { scope, body in
            let policy = try body.policy()
            try await services.store.setSLAPolicy(scope: scope, policy, at: services.now())
            return SLAPolicyBody(policy)
        }
    }

    @Sendable private func assign(_ call: Call, _ caller: Caller) async throws -> Response {
        let ids = try await identifiers(call)
        let body = try await call.json(AssigneeRequest.self, limit: limits.jsonBody)
        try await services.store.setAssignee(
            scope: caller.scope, vulnerability: ids, to: body.userID, at: services.now())
        return Reply.nothing()
    }

    @Sendable private func notes(_ call: Call, _ caller: Caller) async throws -> Response {
        let page = try await services.store.fetchNotes(
            scope: caller.scope, vulnerability: try await identifiers(call), page: try call.query.page(of: caller.scope)
        )
        return try Reply.json(ListReply(page, of: caller.scope, NoteReply.init))
    }

    @Sendable private func write(_ call: Call, _ caller: Caller) async throws -> Response {
        let ids = try await identifiers(call)
        let body = try await call.json(NoteRequest.self, limit: limits.jsonBody)
        guard (1...10_000).contains(body.text.unicodeScalars.count) else {
            throw APIError.invalid("text: not 1 to 10000 characters")
        }
        var package: String?
        if let text = body.package {
            guard text.utf8.count <= 1_000, let purl = try? PackageURL(text) else {
                throw APIError.invalid("package: not a package URL")
            }
            package = purl.unversioned
        }
        let note = try await services.store.insertNote(
            scope: caller.scope, vulnerability: ids[0], package: package, text: body.text, by: caller.userID,
            at: services.now())
        return try Reply.json(NoteReply(note), status: .created)
    }

    /// The vulnerability's id and its aliases; what no feed knows is nothing.
    private func identifiers(_ call: Call) async throws -> [String] {
        let id = try call.parameter("id")
        guard id.utf8.count <= 100, let record = try await services.verdicts.vulnerability(id) else {
            throw APIError.notFound
        }
        return [record.id] + record.aliases
    }
}
