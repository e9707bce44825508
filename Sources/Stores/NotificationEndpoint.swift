import Foundation
import Scoring

/// Names an endpoint for good.
public typealias EndpointID = Identifier<NotificationEndpoint>
/// Names a notification for good; the receiver sees it, and the same again when the notification is repeated.
public typealias NotificationID = Identifier<NotificationSummary>

/// Where a company wants to be told of findings.
public struct NotificationEndpoint: Sendable, Hashable {
    /// How it is told.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A signed HTTP request for each finding.
        case webhook
        /// A message with all findings that wait.
        case email
    }

    /// Names it for good.
    public let id: EndpointID
    /// How it is told.
    public let kind: Kind
    /// A URL, or an e-mail address.
    public let target: String
    /// What it is for, in words of who made it; may be empty.
    public let label: String
    /// Only findings of at least this severity; `nil` means all.
    public let minimumSeverity: Severity?
    /// Only findings that are known to be exploited.
    public let exploitedOnly: Bool
    /// E-mail of who made it, as it was then.
    public let createdBy: String
    /// When it was made; findings first seen before are not told.
    public let createdAt: Date

    /// Makes one from its parts.
    public init(
        id: EndpointID, kind: Kind, target: String, label: String, minimumSeverity: Severity?, exploitedOnly: Bool,
        createdBy: String, createdAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.label = label
        self.minimumSeverity = minimumSeverity
        self.exploitedOnly = exploitedOnly
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}

/// What an endpoint is to be.
public struct EndpointDraft: Sendable {
    /// How it is told.
    public let kind: NotificationEndpoint.Kind
    /// A URL, or an e-mail address.
    public let target: String
    /// What it is for; may be empty.
    public let label: String
    /// Only findings of at least this severity; `nil` means all.
    public let minimumSeverity: Severity?
    /// Only findings that are known to be exploited.
    public let exploitedOnly: Bool
    /// With which requests are signed; empty for e-mail. Only who delivers gets it back.
    public let secret: [UInt8]

    /// Makes one from its parts.
    public init(
        kind: NotificationEndpoint.Kind, target: String, label: String, minimumSeverity: Severity?, exploitedOnly: Bool,
        secret: [UInt8]
    ) {
        self.kind = kind
        self.target = target
        self.label = label
        self.minimumSeverity = minimumSeverity
        self.exploitedOnly = exploitedOnly
        self.secret = secret
    }
}
