import Foundation
import Matching
import Scoring
import Stores

/// Days within which findings are to be dealt with, as a body and as a reply; a rule that is missing sets no date.
struct SLAPolicyBody: Codable {
    let severity: [String: Int]
    let decision: [String: Int]
    let exploited: Int?

    init(_ policy: SLAPolicy) {
        severity = Dictionary(uniqueKeysWithValues: policy.severity.map { ($0.rawValue, $1) })
        decision = Dictionary(uniqueKeysWithValues: policy.decision.map { ($0.rawValue, $1) })
        exploited = policy.exploited
    }

    private enum CodingKeys: String, CodingKey {
        case severity, decision, exploited
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // Left out is no rule; null is a mistake.
        severity = container.contains(.severity) ? try container.decode([String: Int].self, forKey: .severity) : [:]
        decision = container.contains(.decision) ? try container.decode([String: Int].self, forKey: .decision) : [:]
        exploited = try container.decodeIfPresent(Int.self, forKey: .exploited)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(severity, forKey: .severity)
        try container.encode(decision, forKey: .decision)
        try container.encode(OrNull(exploited), forKey: .exploited)
    }

    /// - Throws: 400 that names the rule.
    func policy() throws -> SLAPolicy {
        var policy = SLAPolicy(exploited: try exploited.map { try Self.days($0, "exploited") })
        for (word, days) in severity {
            guard let key = Severity(rawValue: word) else { throw APIError.invalid("severity: not a word it can have") }
            policy.severity[key] = try Self.days(days, "severity")
        }
        for (word, days) in decision {
            guard let key = SSVCDecision(rawValue: word) else {
                throw APIError.invalid("decision: not a word it can have")
            }
            policy.decision[key] = try Self.days(days, "decision")
        }
        return policy
    }

    private static func days(_ days: Int, _ name: String) throws -> Int {
        guard SLAPolicy.days.contains(days) else { throw APIError.invalid("\(name): not 0 to 3650 days") }
        return days
    }
}

/// Body that gives a vulnerability to somebody.
struct AssigneeRequest: Decodable {
    let userID: UserID?

    private enum CodingKeys: String, CodingKey {
        case userID = "user_id"
    }

    /// - Throws: Also when the member is missing: only a null takes a vulnerability from everybody.
    init(from decoder: any Decoder) throws {
        userID = try decoder.container(keyedBy: CodingKeys.self).decode(UserID?.self, forKey: .userID)
    }
}

/// Who deals with a vulnerability.
struct AssignmentReply: Encodable {
    let userID: UserID
    let name: String
    let since: Date

    private enum CodingKeys: String, CodingKey {
        case name, since
        case userID = "user_id"
    }

    init(_ assignment: Assignment) {
        userID = assignment.user
        name = assignment.name
        since = assignment.at
    }
}

/// Body that adds a note.
struct NoteRequest: Decodable {
    let text: String
    let package: String?
}

/// A note.
struct NoteReply: Encodable {
    let id: NoteID
    let vulnerability: String
    let package: OrNull<String>
    let authorID: UserID
    let author: String
    let at: Date
    let text: String

    private enum CodingKeys: String, CodingKey {
        case id, vulnerability, package, author, at, text
        case authorID = "author_id"
    }

    init(_ note: VulnerabilityNote) {
        id = note.id
        vulnerability = note.vulnerability
        package = OrNull(note.package)
        authorID = note.author
        author = note.authorName
        at = note.at
        text = note.text
    }
}

/// Until when something is to be dealt with.
struct DueDate {
    let at: Date?
    let isOverdue: Bool

    /// - Parameter isOpen: What is accepted is not overdue.
    init(_ policy: SLAPolicy, _ record: VulnerabilityRecord, firstSeen: Date?, isOpen: Bool, at now: Date) {
        at = firstSeen.flatMap { policy.due(record, firstSeen: $0) }
        isOverdue = isOpen && (at.map { $0 <= now } ?? false)
    }
}
