import Matching
import PackageIdentity
import Scoring

/// The verdicts of a list of packages, worst first.
public struct MatchReport: Sendable {
    /// One package version and one vulnerability.
    public struct Row: Sendable {
        /// The package version.
        public let package: PackageURL
        /// What the index says of this package.
        public let verdict: Verdict
        /// What the feeds say of the vulnerability.
        public let record: VulnerabilityRecord
    }

    /// `affected` and `undetermined` verdicts: affected first, then by risk, then by id and package.
    public let rows: [Row]
    /// Packages asked about.
    public let packageCount: Int
    /// Packages for which the index has no advisories at all, so that silence about them means nothing.
    public let uncovered: [PackageURL]
    /// Digest of the index that answered.
    public let indexDigest: String

    /// Matches packages against an index.
    public init(packages: [PackageURL], index: AdvisoryIndex) {
        var records: [String: VulnerabilityRecord] = [:]
        var rows: [Row] = []
        for package in packages {
            for verdict in index.verdicts(for: package) {
                let id = verdict.vulnerability
                guard let record = records[id] ?? index.vulnerability(id) else { continue }
                records[id] = record
                rows.append(Row(package: package, verdict: verdict, record: record))
            }
        }
        self.rows = rows.sorted(by: Self.isWorse)
        packageCount = packages.count
        var covered: [String: Bool] = [:]
        uncovered = packages.filter { package in
            guard let scope = package.advisoryCoordinates?.scope else { return true }
            let isCovered = covered[scope] ?? index.covers(scope: scope)
            covered[scope] = isCovered
            return !isCovered
        }
        indexDigest = index.digest
    }

    private static func isWorse(_ lhs: Row, _ rhs: Row) -> Bool {
        let left = lhs.verdict.status == .affected
        let right = rhs.verdict.status == .affected
        if left != right { return left }
        let low = (isUnimportant(lhs), isUnimportant(rhs))
        if low.0 != low.1 { return low.1 }
        if lhs.record.risk.value != rhs.record.risk.value { return lhs.record.risk.value > rhs.record.risk.value }
        if lhs.record.severity != rhs.record.severity { return lhs.record.severity > rhs.record.severity }
        if lhs.record.id != rhs.record.id { return lhs.record.id > rhs.record.id }
        return lhs.package < rhs.package
    }

    /// The distribution sees no security impact: shown last, whatever the score.
    private static func isUnimportant(_ row: Row) -> Bool { row.verdict.urgency == "unimportant" }
}
