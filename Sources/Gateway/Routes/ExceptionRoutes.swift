import Foundation
import Hummingbird
import Logging
import PackageIdentity
import Stores

/// Risks that the company accepts for a time, and the labels by which agents are grouped.
struct ExceptionRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits

    /// A year; who still accepts it then says so again.
    private static let longestLifetime: TimeInterval = 366 * 24 * 3600

    var routes: [Route] {
        [
            .person(.get, "/v1/exceptions", .viewFindings, list),
            .person(.post, "/v1/exceptions", .requestExceptions, request),
            .person(.get, "/v1/exceptions/{id}", .viewFindings, one),
            .person(.put, "/v1/exceptions/{id}/decision", .decideExceptions, decide),
            .person(.delete, "/v1/exceptions/{id}", .requestExceptions, revoke),
            .person(.put, "/v1/agents/{id}/labels", .manageAgents, label),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        var query = ExceptionQuery()
        query.state = try call.query.word("state", as: ExceptionState.self)
        query.vulnerability = try call.query.text("vulnerability", limit: 100)
        let now = services.now()
        let page = try await services.store.fetchExceptions(
            scope: caller.scope, query: query, page: try call.query.page(of: caller.scope), at: now)
        return try Reply.json(ListReply(page, of: caller.scope) { ExceptionReply($0, at: now) })
    }

    @Sendable private func one(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let found = try await services.store.fetchException(scope: caller.scope, id: try exceptionID(call)) else {
            throw APIError.notFound
        }
        return try Reply.json(ExceptionReply(found, at: services.now()))
    }

    @Sendable private func request(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(ExceptionRequest.self, limit: limits.jsonBody)
        let now = services.now()
        try Self.check(body.reason, "reason", from: 1)
        guard let expiresAt = RFC3339.date(body.expiresAt) else {
            throw APIError.invalid("expires_at: not a time such as 2026-01-31T12:00:00Z")
        }
        guard expiresAt > now, expiresAt.timeIntervalSince(now) <= Self.longestLifetime else {
            throw APIError.invalid("expires_at: not within the next 366 days")
        }
        let scope = try await scope(body)
        let made = try await services.store.requestException(
            scope: caller.scope, scope, reason: body.reason, justification: body.justification,
            expiresAt: expiresAt, by: caller.userID, at: now)
        call.logger.info("exception requested", metadata: ["exception": "\(made.id)", "user": "\(caller.userID)"])
        return try Reply.json(ExceptionReply(made, at: now), status: .created)
    }

    /// The request's scope, with the vulnerability by the name that it has now: a mistyped id would look like an accepted risk.
    private func scope(_ body: ExceptionRequest) async throws -> ExceptionScope {
        guard body.vulnerability != nil || body.package != nil else {
            throw APIError.invalid("vulnerability, package: one of them at least")
        }
        var vulnerability: String?
        if let id = body.vulnerability {
            guard id.utf8.count <= 100, let record = try await services.verdicts.vulnerability(id) else {
                throw APIError.invalid("vulnerability: no feed knows it")
            }
            vulnerability = record.id
        }
        let label = try body.label.map { try Self.label($0) }
        return ExceptionScope(
            vulnerability: vulnerability, package: try body.package.map(Self.package), label: label,
            agent: body.agentID)
    }

    private static func package(_ text: String) throws -> String {
        guard text.utf8.count <= 1_000, let purl = try? PackageURL(text) else {
            throw APIError.invalid("package: not a package URL")
        }
        guard purl.version == nil, purl.qualifiers.isEmpty, purl.subpath == nil else {
            throw APIError.invalid("package: it holds for all versions, so name none, and no qualifiers")
        }
        return purl.unversioned
    }

    /// Scalars are counted and looked at, as JSON Schema does; a character of Swift's may be made of any number of them.
    private static func label(_ text: String) throws -> String {
        let scalars = text.unicodeScalars
        let breaks: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
        guard (1...100).contains(scalars.count),
            scalars.allSatisfy({ $0 != "," && !breaks.contains($0.properties.generalCategory) }),
            scalars.first?.properties.isWhitespace == false, scalars.last?.properties.isWhitespace == false
        else {
            throw APIError.invalid(
                "label: not 1 to 100 characters without commas, control characters and outer spaces")
        }
        return text
    }

    private static func check(_ text: String, _ name: String, from least: Int) throws {
        guard (least...2_000).contains(text.unicodeScalars.count) else {
            throw APIError.invalid("\(name): not \(least) to 2000 characters")
        }
    }

    @Sendable private func decide(_ call: Call, _ caller: Caller) async throws -> Response {
        let id = try exceptionID(call)
        let body = try await call.json(DecisionRequest.self, limit: limits.jsonBody)
        try Self.check(body.comment ?? "", "comment", from: 0)
        let now = services.now()
        let decided = try await services.store.decideException(
            scope: caller.scope, id: id, isApproved: body.approved, comment: body.comment ?? "", by: caller.userID,
            at: now)
        call.logger.info(
            "exception decided",
            metadata: ["exception": "\(id)", "approved": "\(body.approved)", "user": "\(caller.userID)"])
        return try Reply.json(ExceptionReply(decided, at: now))
    }

    @Sendable private func revoke(_ call: Call, _ caller: Caller) async throws -> Response {
        let id = try exceptionID(call)
        let reason = try call.query.text("reason") ?? ""
        try Self.check(reason, "reason", from: 0)
        _ = try await services.store.revokeException(
            scope: caller.scope, id: id, comment: reason, by: caller.userID, at: services.now())
        call.logger.info("exception revoked", metadata: ["exception": "\(id)", "user": "\(caller.userID)"])
        return Reply.nothing()
    }

    @Sendable private func label(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = AgentID(try call.parameter("id")) else { throw APIError.notFound }
        let body = try await call.json(LabelsRequest.self, limit: limits.jsonBody)
        guard body.labels.count <= ExceptionLimits.labels else {
            throw APIError.invalid("labels: more than \(ExceptionLimits.labels)")
        }
        let labels = Set(try body.labels.map(Self.label))
        try await services.store.setLabels(scope: caller.scope, agentID: id, labels: labels, at: services.now())
        return Reply.nothing()
    }

    private func exceptionID(_ call: Call) throws -> ExceptionID {
        guard let id = ExceptionID(try call.parameter("id")) else { throw APIError.notFound }
        return id
    }
}
