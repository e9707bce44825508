import Foundation
import Scoring
import Stores

/// What a message says of notifications: worst first, each with the id under which webhooks would get it.
struct MailDigest {
    let subject: String
    let text: String

    /// What of a payload is told.
    private struct Payload: Decodable {
        struct Content: Decodable {
            let agentID: String?
            let hostname: String?
            let vulnerability: String?
            let severity: Severity?
            let risk: Double?
            let exploited: Bool?
            let fixable: Bool?
            let firstSeen: String?
            let lastSeen: String?

            private enum CodingKeys: String, CodingKey {
                case hostname, vulnerability, severity, risk, exploited, fixable
                case agentID = "agent_id"
                case firstSeen = "first_seen"
                case lastSeen = "last_seen"
            }
        }
        let type: String
        let data: Content
    }

    private struct Entry {
        let rank: Double
        let title: String
        let lines: [String]
    }

    init(_ claims: [ClaimedNotification]) {
        let entries = claims.map(Self.entry).sorted { $0.rank > $1.rank }
        let count = entries.count
        subject =
            count == 1
            ? "ZeroTrace: \(entries[0].title)" : "ZeroTrace: \(count) new, first \(entries.first?.title ?? "")"
        text =
            entries.map { ([$0.title] + $0.lines.map { "  " + $0 }).joined(separator: "\n") }
            .joined(separator: "\n\n") + "\n"
    }

    private static func entry(_ claim: ClaimedNotification) -> Entry {
        let id = "msg_\(claim.id)"
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(claim.payload.utf8)) else {
            return Entry(rank: -1, title: "a notification of another kind", lines: [id])
        }
        let finding = payload.data
        if payload.type == "agent.silent" {
            return Entry(
                rank: 101, title: "\(finding.hostname ?? "") is silent",
                lines: ["last seen \(finding.lastSeen ?? ""), agent \(finding.agentID ?? "")", id])
        }
        guard let vulnerability = finding.vulnerability else {
            return Entry(rank: -1, title: "a test of this endpoint", lines: [id])
        }
        let marks = [
            finding.risk.map { "risk \($0)" }, finding.exploited == true ? "known to be exploited" : nil,
            finding.fixable == true ? "a fix is there" : "no fix yet",
        ].compactMap(\.self)
        return Entry(
            rank: finding.risk ?? 0,
            title: "\(vulnerability) (\(finding.severity?.rawValue ?? "unknown")) on \(finding.hostname ?? "")",
            lines: [
                marks.joined(separator: ", "), "first seen \(finding.firstSeen ?? ""), agent \(finding.agentID ?? "")",
                id,
            ])
    }
}
