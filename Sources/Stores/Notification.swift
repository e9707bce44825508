import Foundation
import Scoring

/// Where a notification is between the finding and its receiver.
public enum NotificationState: String, Sendable, Codable, CaseIterable {
    /// Is to be delivered, for the first time or again. Becomes delivered or dead.
    case waiting
    /// The receiver said so; for good.
    case delivered
    /// Was tried too often or can never be delivered; waits again when somebody says so.
    case dead
}

/// A notification in a list.
public struct NotificationSummary: Sendable, Hashable {
    /// Names it for good.
    public let id: NotificationID
    /// Where to.
    public let endpoint: EndpointID
    /// What happened: "finding.first_seen", "endpoint.test".
    public let type: String
    /// Where it is.
    public let state: NotificationState
    /// When it happened.
    public let createdAt: Date
    /// How often it was tried.
    public let attempts: Int
    /// When it is tried next; of no meaning unless it waits.
    public let dueAt: Date
    /// Why the last try failed; `nil` when none did.
    public let failure: String?
    /// When the receiver took it.
    public let deliveredAt: Date?

    /// Makes one from its parts.
    public init(
        id: NotificationID, endpoint: EndpointID, type: String, state: NotificationState, createdAt: Date,
        attempts: Int,
        dueAt: Date, failure: String?, deliveredAt: Date?
    ) {
        self.id = id
        self.endpoint = endpoint
        self.type = type
        self.state = state
        self.createdAt = createdAt
        self.attempts = attempts
        self.dueAt = dueAt
        self.failure = failure
        self.deliveredAt = deliveredAt
    }
}

/// A notification that one deliverer holds for a while.
public struct ClaimedNotification: Sendable {
    /// Names it for good.
    public let id: NotificationID
    /// Whose it is.
    public let scope: CompanyScope
    /// Which endpoint, how and where to.
    public let endpoint: EndpointID
    /// How it is told.
    public let kind: NotificationEndpoint.Kind
    /// A URL, or an e-mail address.
    public let target: String
    /// With which it is signed.
    public let secret: [UInt8]
    /// JSON, the same with every try.
    public let payload: String
    /// Which try this is, from 1; also proves that the claim is the newest.
    public let attempt: Int

    /// Makes one from its parts.
    public init(
        id: NotificationID, scope: CompanyScope, endpoint: EndpointID, kind: NotificationEndpoint.Kind, target: String,
        secret: [UInt8], payload: String, attempt: Int
    ) {
        self.id = id
        self.scope = scope
        self.endpoint = endpoint
        self.kind = kind
        self.target = target
        self.secret = secret
        self.payload = payload
        self.attempt = attempt
    }
}

/// How a try ended.
public enum DeliveryOutcome: Sendable, Hashable {
    /// The receiver took it.
    case delivered
    /// It did not; another try then.
    case failed(reason: String, retryAt: Date)
    /// It will not.
    case dead(reason: String)
}

/// Which notifications; the order is always newest first.
public struct NotificationQuery: Sendable, Hashable {
    /// Only those in this state.
    public var state: NotificationState?
    /// Only those of this endpoint.
    public var endpoint: EndpointID?

    /// All.
    public init() {}
}
