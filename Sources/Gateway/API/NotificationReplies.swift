import Foundation
import Scoring
import Stores

/// Body that makes an endpoint.
struct EndpointRequest: Decodable {
    /// A webhook when it is left out.
    let kind: NotificationEndpoint.Kind?
    /// Of a webhook.
    let url: String?
    /// Of e-mail.
    let address: String?
    let label: String?
    let minimumSeverity: Severity?
    let exploitedOnly: Bool?

    private enum CodingKeys: String, CodingKey {
        case kind, url, address, label
        case minimumSeverity = "minimum_severity"
        case exploitedOnly = "exploited_only"
    }
}

/// An endpoint; its secret is in the reply that makes it and never again.
struct EndpointReply: Encodable {
    let id: EndpointID
    let kind: NotificationEndpoint.Kind
    let target: String
    let label: String
    let minimumSeverity: OrNull<Severity>
    let exploitedOnly: Bool
    let createdBy: String
    let createdAt: Date
    let secret: OrNull<String>

    private enum CodingKeys: String, CodingKey {
        case id, kind, target, label, secret
        case minimumSeverity = "minimum_severity"
        case exploitedOnly = "exploited_only"
        case createdBy = "created_by"
        case createdAt = "created_at"
    }

    init(_ endpoint: NotificationEndpoint, secret: String? = nil) {
        id = endpoint.id
        kind = endpoint.kind
        target = endpoint.target
        label = endpoint.label
        minimumSeverity = OrNull(endpoint.minimumSeverity)
        exploitedOnly = endpoint.exploitedOnly
        createdBy = endpoint.createdBy
        createdAt = endpoint.createdAt
        self.secret = OrNull(secret)
    }
}

/// A notification that is on its way.
struct TestNotificationReply: Encodable {
    let id: NotificationID
}

/// What became of a notification.
struct NotificationReply: Encodable {
    /// As receivers get it, behind `msg_`.
    let id: NotificationID
    let endpointID: EndpointID
    let type: String
    let state: NotificationState
    let createdAt: Date
    let attempts: Int
    let nextAttemptAt: OrNull<Date>
    let failure: OrNull<String>
    let deliveredAt: OrNull<Date>

    private enum CodingKeys: String, CodingKey {
        case id, type, state, attempts, failure
        case endpointID = "endpoint_id"
        case createdAt = "created_at"
        case nextAttemptAt = "next_attempt_at"
        case deliveredAt = "delivered_at"
    }

    init(_ notification: NotificationSummary) {
        id = notification.id
        endpointID = notification.endpoint
        type = notification.type
        state = notification.state
        createdAt = notification.createdAt
        attempts = notification.attempts
        nextAttemptAt = OrNull(notification.state == .waiting ? notification.dueAt : nil)
        failure = OrNull(notification.failure)
        deliveredAt = OrNull(notification.deliveredAt)
    }
}
