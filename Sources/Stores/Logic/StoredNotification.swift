import Foundation
import Scoring

/// Endpoints and notifications as rows.

extension NotificationEndpoint {
    /// A new one.
    package init(_ draft: EndpointDraft, by name: String, at now: Date) {
        let severity = draft.minimumSeverity.flatMap { $0.rank == 0 ? nil : $0 }
        self.init(
            id: EndpointID(), kind: draft.kind, target: draft.target, label: draft.label, minimumSeverity: severity,
            exploitedOnly: draft.exploitedOnly, createdBy: name, createdAt: now.inWholeMilliseconds)
    }

    /// What the audit log says of it. Of a URL the host alone: others tell a secret in the rest of it.
    package var auditDetails: [String: String] {
        let shown = kind == .webhook ? URL(string: target)?.host(percentEncoded: false) ?? "" : target
        return ["kind": kind.rawValue, "target": shown, "label": label]
    }
}

extension NotificationSummary {
    /// Its place in the list of notifications.
    package var cursorKey: NumberKey { NumberKey(number: createdAt.milliseconds, tie: id.description) }
}

extension DeliveryOutcome {
    /// What the columns hold then.
    package func columns(at now: Date) -> (state: NotificationState, due: Date, failure: String?, ended: Date?) {
        switch self {
        case .delivered: (.delivered, now, nil, now)
        case .failed(let reason, let retryAt): (.waiting, retryAt, Self.short(reason), nil)
        case .dead(let reason): (.dead, now, Self.short(reason), now)
        }
    }

    /// Reasons are our own words, but may hold some of the receiver's.
    private static func short(_ reason: String) -> String { String(reason.prefix(500)) }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
