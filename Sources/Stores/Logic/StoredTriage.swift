import Foundation
import Matching
import Scoring

/// Policies and notes as rows.

extension SLAPolicy {
    /// As a column holds it: words and days.
    private struct Stored: Codable {
        let severity: [String: Int]
        let decision: [String: Int]
        let exploited: Int?
    }

    /// The text of a column.
    package var stored: String {
        get throws {
            try StoredJSON.encode(
                Stored(
                    severity: Dictionary(uniqueKeysWithValues: severity.map { ($0.rawValue, $1) }),
                    decision: Dictionary(uniqueKeysWithValues: decision.map { ($0.rawValue, $1) }),
                    exploited: exploited))
        }
    }

    /// Reads a column. Words that this program does not know are left out.
    package init(stored text: String) throws {
        let stored = try StoredJSON.decode(Stored.self, text)
        self.init(exploited: stored.exploited)
        for (word, days) in stored.severity { if let word = Severity(rawValue: word) { severity[word] = days } }
        for (word, days) in stored.decision { if let word = SSVCDecision(rawValue: word) { decision[word] = days } }
    }

    /// What the audit log says of it: days by rule.
    package var auditDetails: [String: String] {
        var details: [String: String] = [:]
        for (word, days) in severity { details["severity.\(word.rawValue)"] = String(days) }
        for (word, days) in decision { details["decision.\(word.rawValue)"] = String(days) }
        details["exploited"] = exploited.map(String.init)
        return details
    }
}

/// What due dates follow from.
package struct DatedVulnerability: Sendable {
    private let severity: Int
    private let isExploited: Bool
    private let record: String?
    private let firstSeen: Date

    /// - Parameters:
    ///   - severity: As in ``Severity/rank``.
    ///   - record: The whole record as JSON, where the policy looks at decisions.
    package init(severity: Int, isExploited: Bool, record: String?, firstSeen: Date) {
        self.severity = severity
        self.isExploited = isExploited
        self.record = record
        self.firstSeen = firstSeen
    }

    /// Whether the policy's time is over.
    package func isDue(under policy: SLAPolicy, at now: Date) throws -> Bool {
        let decision = try record.map { try StoredJSON.decode(VulnerabilityRecord.self, $0).ssvcAssessment.decision }
        let days = policy.days(severity: Severity(rank: severity), isExploited: isExploited, decision: decision)
        return days.map { firstSeen.addingTimeInterval(Double($0) * 86_400) <= now } ?? false
    }
}

extension VulnerabilityNote {
    /// Its place in the list of notes.
    package var cursorKey: NumberKey { NumberKey(number: at.milliseconds, tie: id.description) }
    /// What the audit log says of it; the text stands in the note, which stays.
    package var auditDetails: [String: String] {
        var details = ["note": id.description]
        details["package"] = package
        return details
    }
}

extension ExceptionJustification {
    /// Reads a `justification` column; `nil` for null.
    package init?(stored text: String?) throws {
        guard let text else { return nil }
        guard let known = ExceptionJustification(rawValue: text) else {
            throw StoreError.failed("damaged exception")
        }
        self = known
    }
}
