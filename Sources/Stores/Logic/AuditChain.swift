import Crypto
import Foundation

/// How the entries of an audit log hang together. `Docs/audit.md` says the same for those who check an exported log themselves.
///
/// The hash of an entry is SHA-256 over the 32 bytes of the hash before and then these texts, each as `<length in bytes>:<text>,` (a
/// netstring), so that no two different entries give the same bytes: company id, sequence, time in milliseconds, kind, id and name of the
/// actor, action, subject, details as JSON with sorted keys, address, request id. What is absent is an empty text.
///
/// - Source: <https://cr.yp.to/proto/netstrings.txt>
package enum AuditChain {
    /// What the first entry follows.
    package static let start = [UInt8](repeating: 0, count: 32)

    /// Longest text of an entry, in bytes; more is cut off. Keeps what a stranger can write into the log small.
    package static let textLimit = 1024

    /// The next entry.
    package static func entry(
        after head: (sequence: Int64, hash: [UInt8])?, company: CompanyID, context: AuditContext, action: AuditAction,
        subject: String?, details: [String: String], at now: Date
    ) throws -> AuditEntry {
        let actor = context.actor
        let context = AuditContext(
            actor: AuditActor(actor.kind, id: clean(actor.id), name: clean(actor.name)),
            address: clean(context.address), requestID: clean(context.requestID))
        let bare = AuditEntry(
            sequence: (head?.sequence ?? 0) + 1, at: now.inWholeMilliseconds, context: context, action: action.rawValue,
            subject: clean(subject), details: details.mapValues { clean($0) ?? "" }, previous: head?.hash ?? start,
            hash: [])
        return AuditEntry(
            sequence: bare.sequence, at: bare.at, context: bare.context, action: bare.action, subject: bare.subject,
            details: bare.details, previous: bare.previous, hash: try hash(of: bare, company: company))
    }

    /// The hash that an entry must have.
    package static func hash(of entry: AuditEntry, company: CompanyID) throws -> [UInt8] {
        var sha = SHA256()
        sha.update(data: entry.previous)
        let texts: [String?] = [
            company.description, String(entry.sequence), String(entry.at.milliseconds),
            entry.context.actor.kind.rawValue,
            entry.context.actor.id, entry.context.actor.name, entry.action, entry.subject,
            try StoredJSON.encode(entry.details), entry.context.address, entry.context.requestID,
        ]
        for text in texts {
            let bytes = Array((text ?? "").utf8)
            sha.update(data: Array("\(bytes.count):".utf8) + bytes + Array(",".utf8))
        }
        return Array(sha.finalize())
    }

    /// What a database can hold: no NUL, not too long, and nothing instead of an empty text.
    private static func clean(_ text: String?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let storable = text.utf8.contains(0) ? text.replacing("\0", with: "\u{fffd}") : text
        guard storable.utf8.count > textLimit else { return storable }
        return String(decoding: storable.utf8.prefix(textLimit), as: UTF8.self)
    }
}

/// Looks through a company's log from its beginning and names what is wrong with it.
package struct AuditCheck {
    private let company: CompanyID
    private var sequence: Int64 = 0
    private var hash = AuditChain.start
    /// What was found, one line each.
    package private(set) var differences: [String] = []

    /// For the log of a company.
    package init(company: CompanyID) { self.company = company }

    /// The next entry, in the order of the numbers.
    package mutating func add(_ entry: AuditEntry) throws {
        let name = "audit log of company \(company), entry \(entry.sequence)"
        if entry.sequence != sequence + 1 {
            differences.append("\(name): follows \(sequence); entries between are missing")
        } else if entry.previous != hash {
            differences.append("\(name): does not follow the entry before")
        }
        if try AuditChain.hash(of: entry, company: company) != entry.hash {
            differences.append("\(name): is not what was written")
        }
        (sequence, hash) = (entry.sequence, entry.hash)
    }

    /// The end, where the store's own note of it must be.
    package mutating func end(at head: (sequence: Int64, hash: [UInt8])?) {
        guard (head?.sequence ?? 0) != sequence || (head?.hash ?? AuditChain.start) != hash else { return }
        differences.append(
            "audit log of company \(company): ends with entry \(sequence), and \(head?.sequence ?? 0) was the last written"
        )
    }
}

extension AuditQuery {
    /// What its cursors call the list.
    package var cursorList: String { isOldestFirst ? "audit.oldest" : "audit" }
}

extension AuditActor {
    /// The user whose name the store adds, since access tokens do not hold it.
    package var unnamedUser: UserID? { kind == .person && name == nil ? id.flatMap { UserID($0) } : nil }
}

extension RetentionPolicy {
    /// What the audit log says of it.
    package var auditDetails: [String: String] { ["event_days": eventDays.map { String($0) } ?? "for ever"] }
}

extension EnrollmentToken {
    /// What the audit log says of it.
    package var auditDetails: [String: String] {
        ["label": label, "maximum_uses": String(maximumUses), "expires_at": expiresAt.ISO8601Format()]
    }
}

extension APIToken {
    /// What the audit log says of it.
    package var auditDetails: [String: String] {
        [
            "name": name, "scopes": scopes.joined(separator: " "), "expires_at": expiresAt.ISO8601Format(),
            "user": userID.description,
        ]
    }
}
