import Advisories
import Matching
import PackageIdentity

/// An advisory as a record of the OSV schema, made of what the index keeps of it.
///
/// The index keeps an advisory's id, summary, dates, and affected packages with their ranges and versions; details, links and the one severity that
/// was chosen it keeps per *vulnerability*. So of an advisory with several vulnerabilities the details are those of the first that has any, and these
/// are not given: credits, the kinds of links, commit ranges, repositories, `database_specific` and `ecosystem_specific` data.
struct OSVRecord {
    let id: String
    let advisories: [AdvisoryRecord]
    let vulnerabilities: [VulnerabilityRecord]

    /// - Returns: `nil` when the index knows neither an advisory nor a vulnerability of that id.
    init?(_ id: String, in index: AdvisoryIndex) {
        advisories = index.advisoryRecords(named: id)
        var names: [String] = []
        for name in advisories.flatMap(\.vulnerabilities) where !names.contains(name) { names.append(name) }
        if advisories.isEmpty {
            // A CVE that no feed has a record of, only advisories that name it: known all the same.
            guard let canonical = index.vulnerability(id) else { return nil }
            self.id = canonical.id
            vulnerabilities = [canonical]
        } else {
            self.id = id
            vulnerabilities = names.compactMap(index.vulnerability)
        }
    }

    /// Other ids of the same vulnerability; empty for an advisory that only contains it, as a distribution's does.
    var aliases: [String] {
        guard let only = vulnerabilities.first, vulnerabilities.count == 1, isSame(as: only) else { return [] }
        return ([only.id] + only.aliases).filter { $0 != id }
    }

    /// The vulnerabilities that the advisory contains, without being one of them.
    var upstream: [String] {
        vulnerabilities.filter { !isSame(as: $0) || vulnerabilities.count > 1 }.map(\.id).filter { $0 != id }
    }

    private func isSame(as vulnerability: VulnerabilityRecord) -> Bool {
        vulnerability.id == id || vulnerability.aliases.contains(id)
    }

    var published: Int64? { advisories.compactMap(\.published).min() ?? vulnerabilities.compactMap(\.published).min() }

    /// The schema requires one; where no feed gives any, it is that of the publication, else 1970.
    var modified: Int64 {
        advisories.compactMap(\.modified).max() ?? vulnerabilities.compactMap(\.modified).max() ?? published ?? 0
    }

    /// Set only when every feed that has the record withdrew it.
    var withdrawn: Int64? {
        let dates = advisories.map(\.withdrawn)
        return dates.contains(nil) ? nil : dates.compactMap(\.self).max()
    }

    /// One line for people; `nil` when there is none.
    var summary: String? { (advisories.map(\.summary) + vulnerabilities.map(\.summary)).first { !$0.isEmpty } }

    /// Longer text; `nil` when there is none.
    var details: String? { vulnerabilities.map(\.details).first { !$0.isEmpty } }

    /// Links, each once.
    var references: [String] {
        var known: Set<String> = []
        return vulnerabilities.flatMap(\.references).filter { known.insert($0).inserted }
    }

    /// Packages with what is affected of them; statements that a package is not affected are left out.
    var affected: [AdvisoryAffected] { advisories.flatMap(\.affected).filter { $0.state != .notAffected } }
}
