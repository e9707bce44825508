import Foundation
import Stores

/// An entry of the audit log. An export holds the same members, one entry a line.
struct AuditEntryReply: Encodable {
    let sequence: Int64
    let at: String
    let actor: Actor
    let action: String
    let subject: OrNull<String>
    let details: [String: String]
    let address: OrNull<String>
    let requestID: OrNull<String>
    /// Hexadecimal.
    let previous: String
    let hash: String

    /// Who.
    struct Actor: Encodable {
        let kind: String
        let id: OrNull<String>
        let name: OrNull<String>
    }

    private enum CodingKeys: String, CodingKey {
        case sequence, at, actor, action, subject, details, address, previous, hash
        case requestID = "request_id"
    }

    init(_ entry: AuditEntry) {
        sequence = entry.sequence
        at = AuditLine.time(entry.at)
        let actor = entry.context.actor
        self.actor = Actor(kind: actor.kind.rawValue, id: OrNull(actor.id), name: OrNull(actor.name))
        action = entry.action
        subject = OrNull(entry.subject)
        details = entry.details
        address = OrNull(entry.context.address)
        requestID = OrNull(entry.context.requestID)
        previous = AuditLine.hex(entry.previous)
        hash = AuditLine.hex(entry.hash)
    }
}

/// An entry as a line of an export.
enum AuditLine {
    /// The first line of a CSV export.
    static let header =
        "sequence,at,actor_kind,actor_id,actor_name,action,subject,details,address,request_id,previous,hash\r\n"

    /// - Source: <https://jsonlines.org>
    static func json(_ entry: AuditEntry) throws -> String { try text(AuditEntryReply(entry)) + "\n" }

    /// - Source: RFC 4180.
    static func csv(_ entry: AuditEntry) throws -> String {
        let actor = entry.context.actor
        let fields: [String?] = [
            String(entry.sequence), time(entry.at), actor.kind.rawValue, actor.id, actor.name, entry.action,
            entry.subject, try text(entry.details), entry.context.address, entry.context.requestID, hex(entry.previous),
            hex(entry.hash),
        ]
        return fields.map { quoted($0 ?? "") }.joined(separator: ",") + "\r\n"
    }

    /// A text that begins like a formula gets an apostrophe before it, so that no spreadsheet computes what a stranger named a machine.
    ///
    /// - Source: OWASP, CSV Injection, <https://owasp.org/www-community/attacks/CSV_Injection>
    private static func quoted(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        return "\"" + (isFormula ? "'" : "") + text.replacing("\"", with: "\"\"") + "\""
    }

    /// With milliseconds, which are part of what is hashed.
    static func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
