import Foundation
import Matching

/// A verdict as its row holds it.
package struct StoredVerdict: Equatable, Sendable {
    /// Affected, or undetermined: other verdicts are not kept.
    package let isAffected: Bool
    /// As in ``Verdict``.
    package let fixedVersion: String?
    /// As in ``Verdict``.
    package let reason: String
    /// As in ``Verdict``.
    package let urgency: String?
    /// Ids of advisories as a JSON array.
    package let advisories: String
    /// Since when it stands with this status, in milliseconds since 1970.
    package let appearedAt: Int64

    /// Makes one from its parts.
    package init(
        isAffected: Bool, fixedVersion: String?, reason: String, urgency: String?, advisories: String,
        appearedAt: Int64
    ) {
        self.isAffected = isAffected
        self.fixedVersion = fixedVersion
        self.reason = reason
        self.urgency = urgency
        self.advisories = advisories
        self.appearedAt = appearedAt
    }

    /// Brings a verdict into its form.
    /// - Parameter standing: The verdict it replaces, whose date it keeps when the status is the same.
    package init(_ verdict: Verdict, standing: StoredVerdict?, at now: Date) throws {
        isAffected = verdict.status == .affected
        fixedVersion = verdict.fixedVersion
        reason = verdict.reason
        urgency = verdict.urgency
        advisories = try StoredJSON.encode(verdict.advisories)
        let kept = standing.flatMap { $0.isAffected == (verdict.status == .affected) ? $0.appearedAt : nil }
        appearedAt = kept ?? now.milliseconds
    }

    /// The verdict on the vulnerability of this name.
    package func verdict(of vulnerability: String) throws -> Verdict {
        Verdict(
            vulnerability: vulnerability, advisories: try StoredJSON.decode([String].self, advisories),
            status: isAffected ? .affected : .undetermined, fixedVersion: fixedVersion, reason: reason,
            urgency: urgency)
    }

    /// Whether what it counts for differs from another's; a reason alone does not.
    package func countsOtherwise(than other: StoredVerdict) -> Bool {
        isAffected != other.isAffected || fixedVersion != other.fixedVersion
    }
}

/// What replacing the verdicts of packages changes: rows to write and delete, and of these what is seen from outside.
package struct VerdictPlan: Sendable {
    /// A verdict to write.
    package struct Put: Sendable {
        /// The row of the package.
        package let package: Int64
        /// The row of the vulnerability.
        package let vulnerability: Int64
        /// What to write.
        package let verdict: StoredVerdict
    }

    /// A verdict to delete.
    package struct Deletion: Sendable, Hashable {
        /// The row of the package.
        package let package: Int64
        /// The row of the vulnerability.
        package let vulnerability: Int64
    }

    /// A verdict that stands.
    package typealias Standing = (row: Int64, verdict: StoredVerdict)

    /// Rows to write.
    package private(set) var puts: [Put] = []
    /// Rows to delete.
    package private(set) var deletions: [Deletion] = []
    /// Packages where a status or a fixed version changes.
    package private(set) var packages: Set<Int64> = []
    /// Vulnerabilities where a status or a fixed version changes.
    package private(set) var vulnerabilities: Set<Int64> = []

    /// Nothing.
    package init() {}

    /// One verdict per package, the last one given.
    package static func distinct(_ verdicts: [PackageVerdicts]) -> [PackageVerdicts] {
        Array(Dictionary(verdicts.map { ($0.package, $0) }) { _, last in last }.values)
    }

    /// One verdict per vulnerability, affected before undetermined, and no others.
    package static func findings(_ verdicts: [Verdict]) -> [Verdict] {
        let kept = verdicts.filter { $0.status == .affected || $0.status == .undetermined }
        return Array(
            Dictionary(kept.map { ($0.vulnerability, $0) }) { $0.status == .affected ? $0 : $1 }.values)
    }

    /// Compares the verdicts of a package with those that stand.
    ///
    /// - Parameters:
    ///   - standing: By name of the vulnerability.
    ///   - row: The row of a vulnerability by name, which is made when nothing is known of it.
    package mutating func add(
        _ package: PackageVerdicts, standing: [String: Standing], at now: Date, row: (String) throws -> Int64
    ) throws {
        let id = package.package.rawValue
        var standing = standing
        for verdict in Self.findings(package.verdicts) {
            let old = standing.removeValue(forKey: verdict.vulnerability)
            let vulnerability = try old?.row ?? row(verdict.vulnerability)
            let new = try StoredVerdict(verdict, standing: old?.verdict, at: now)
            guard new != old?.verdict else { continue }
            puts.append(Put(package: id, vulnerability: vulnerability, verdict: new))
            if old?.verdict.countsOtherwise(than: new) ?? true { note(id, vulnerability) }
        }
        for (vulnerability, _) in standing.values {
            deletions.append(Deletion(package: id, vulnerability: vulnerability))
            note(id, vulnerability)
        }
    }

    private mutating func note(_ package: Int64, _ vulnerability: Int64) {
        packages.insert(package)
        vulnerabilities.insert(vulnerability)
    }
}

/// What of a vulnerability is filtered and sorted by, and copied to where that happens.
package struct VulnerabilityWeight: Equatable, Sendable {
    /// As in ``Severity/rank``.
    package let severity: Int
    /// In tenths.
    package let risk: Int
    /// Known to be exploited.
    package let isExploited: Bool

    /// Makes one from its parts.
    package init(severity: Int, risk: Int, isExploited: Bool) {
        self.severity = severity
        self.risk = risk
        self.isExploited = isExploited
    }

    /// That of a record.
    package init(_ record: VulnerabilityRecord) {
        severity = record.severity.rank
        risk = record.risk.tenths
        isExploited = record.kev != nil
    }

    /// Whether nothing but the risk differs, as EPSS moves it a little every day.
    package func differsOnlyInRisk(from other: VulnerabilityWeight) -> Bool {
        severity == other.severity && isExploited == other.isExploited
    }
}

extension VulnerabilityRecord {
    /// What a search for vulnerabilities looks through: id, aliases and summary, one a line, lowercased.
    package var searchKey: String { ([id] + aliases + [summary]).joined(separator: "\n").lowercased() }
}
