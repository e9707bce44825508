import Foundation
import Hummingbird
import Logging
import Notifications
import Scoring
import Stores

/// Endpoints that the company wants told of findings, and what became of notifications.
struct NotificationRoutes: Sendable {
    let services: GatewayServices
    let limits: GatewayConfiguration.Limits
    let targets: TargetPolicy
    /// `nil` when the installation sends no e-mail.
    let recipients: RecipientPolicy?

    var routes: [Route] {
        [
            .person(.get, "/v1/notification-endpoints", .viewNotifications, endpoints),
            .person(.post, "/v1/notification-endpoints", .manageNotifications, create),
            .person(.delete, "/v1/notification-endpoints/{id}", .manageNotifications, delete),
            .person(.post, "/v1/notification-endpoints/{id}/test", .manageNotifications, test),
            .person(.get, "/v1/notifications", .viewNotifications, notifications),
            .person(.post, "/v1/notifications/{id}/retry", .manageNotifications, retry),
        ]
    }

    @Sendable private func endpoints(_ call: Call, _ caller: Caller) async throws -> Response {
        let endpoints = try await services.store.fetchEndpoints(scope: caller.scope)
        return try Reply.json(ListReply(endpoints.map { EndpointReply($0) }))
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let body = try await call.json(EndpointRequest.self, limit: limits.jsonBody)
        guard (body.label ?? "").count <= 200 else { throw APIError.invalid("label: longer than 200 characters") }
        let kind = body.kind ?? .webhook
        let target = try target(of: body, kind)
        let secret = kind == .webhook ? StandardWebhook.makeSecret() : []
        let draft = EndpointDraft(
            kind: kind, target: target, label: body.label ?? "", minimumSeverity: body.minimumSeverity,
            exploitedOnly: body.exploitedOnly ?? false,
            secret: try services.secretSeal?.seal(secret, of: caller.scope) ?? secret)
        let made = try await services.store.insertEndpoint(
            scope: caller.scope, draft, by: caller.userID, at: services.now())
        call.logger.info("endpoint made", metadata: ["endpoint": "\(made.id)", "user": "\(caller.userID)"])
        return try Reply.json(
            EndpointReply(made, secret: kind == .webhook ? StandardWebhook.text(of: secret) : nil), status: .created)
    }

    /// Where the endpoint is, when it may be there.
    private func target(of body: EndpointRequest, _ kind: NotificationEndpoint.Kind) throws -> String {
        switch kind {
        case .webhook:
            guard let url = body.url, body.address == nil else { throw APIError.invalid("url: a webhook has one") }
            if let fault = targets.fault(in: url) { throw APIError.invalid("url: \(fault)") }
            return url
        case .email:
            guard let recipients else { throw APIError.invalid("kind: this installation sends no e-mail") }
            guard let address = body.address, body.url == nil else {
                throw APIError.invalid("address: e-mail has one")
            }
            if let fault = recipients.fault(in: address) { throw APIError.invalid("address: \(fault)") }
            return address
        }
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        let id = try endpointID(call)
        try await services.store.deleteEndpoint(scope: caller.scope, id: id, at: services.now())
        call.logger.info("endpoint deleted", metadata: ["endpoint": "\(id)", "user": "\(caller.userID)"])
        return Reply.nothing()
    }

    @Sendable private func test(_ call: Call, _ caller: Caller) async throws -> Response {
        let id = try await services.store.insertTestNotification(
            scope: caller.scope, endpoint: try endpointID(call), at: services.now())
        return try Reply.json(TestNotificationReply(id: id), status: .accepted)
    }

    @Sendable private func notifications(_ call: Call, _ caller: Caller) async throws -> Response {
        var query = NotificationQuery()
        query.state = try call.query.word("state", as: NotificationState.self)
        query.endpoint = try call.query.id("endpoint") { EndpointID($0) }
        let page = try await services.store.fetchNotifications(
            scope: caller.scope, query: query, page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, NotificationReply.init))
    }

    @Sendable private func retry(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let id = NotificationID(try call.parameter("id")) else { throw APIError.notFound }
        try await services.store.retryNotification(scope: caller.scope, id: id, at: services.now())
        return Reply.nothing()
    }

    private func endpointID(_ call: Call) throws -> EndpointID {
        guard let id = EndpointID(try call.parameter("id")) else { throw APIError.notFound }
        return id
    }
}
