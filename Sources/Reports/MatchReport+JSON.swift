import Foundation
import Matching
import Scoring

extension MatchReport {
    /// The report as JSON: `{"index":…,"matches":[…],"packages":N}`, keys sorted, matches in the order of ``rows``.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        var data = try encoder.encode(
            Document(index: indexDigest, matches: rows.map(Match.init), packages: packageCount))
        data.append(UInt8(ascii: "\n"))
        return data
    }
}

private struct Document: Encodable {
    let index: String
    let matches: [Match]
    let packages: Int
}

private struct Match: Encodable {
    let purl: String
    let name: String
    let version: String?
    let id: String
    let aliases: [String]
    let advisories: [String]
    let status: VerdictStatus
    let reason: String
    let fixed: String?
    let severity: Severity
    let cvss: Double?
    let cvssVector: String?
    let epss: Double?
    let kev: Bool
    let risk: Double
    let summary: String
    let action: String

    private enum CodingKeys: String, CodingKey {
        case purl, name, version, id, aliases, advisories, status, reason, fixed, severity, cvss, epss, kev, risk
        case summary, action
        case cvssVector = "cvss_vector"
    }

    init(_ row: MatchReport.Row) {
        purl = row.package.description
        name = row.package.name
        version = row.package.version
        id = row.record.id
        aliases = row.record.aliases
        advisories = row.verdict.advisories
        status = row.verdict.status
        reason = row.verdict.reason
        fixed = row.verdict.fixedVersion
        severity = row.record.severity
        cvss = row.record.cvssScore
        cvssVector = row.record.cvssVector
        epss = row.record.epss?.probability
        kev = row.record.kev != nil
        risk = row.record.risk.value
        summary = row.record.summary
        action = Remedy.line(for: row.package, verdict: row.verdict)
    }
}
