import Matching
import Scoring

/// What the feeds say of a vulnerability, for the rows that name it.
final class SharedRecord: Sendable {
    /// Where the words of it are.
    enum Source: Sendable {
        indirect case stated(VulnerabilityRecord)
        case indexed(UInt32, AdvisoryIndex)
    }

    let source: Source
    let severity: Severity
    /// 0 to 100.
    let risk: Double
    /// Its number in the index; `nil` when a user's VEX brought it up.
    let number: UInt32?

    /// Makes one of a record.
    init(_ record: VulnerabilityRecord, number: UInt32? = nil) {
        source = .stated(record)
        severity = record.severity
        risk = record.risk.value
        self.number = number
    }

    /// Makes one of what an index holds, without putting it into words.
    init(number: UInt32, of index: AdvisoryIndex) throws {
        let weight = try index.weight(number: number)
        source = .indexed(number, index)
        severity = weight.severity
        risk = weight.risk
        self.number = number
    }

    /// Whether the other is certainly of the same vulnerability.
    func isSame(as other: SharedRecord) -> Bool {
        self === other || (number != nil && number == other.number)
    }

    /// The record; out of a damaged file one of an unknown vulnerability without an id.
    var record: VulnerabilityRecord {
        switch source {
        case .stated(let record): record
        case .indexed(let number, let index): (try? index.brief(number: number)) ?? .unknown("")
        }
    }
}
