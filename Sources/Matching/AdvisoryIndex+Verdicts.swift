import Advisories
import PackageIdentity

extension AdvisoryIndex {
    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// - Returns: Verdicts `affected` and `undetermined`, the highest risk first, equal ones by id. Empty when there are none, and also
    ///   for a package URL without version or of an unknown scope; ``covers(scope:)`` tells the difference.
    ///
    /// - Parameters:
    ///   - package: Any package URL.
    ///   - context: What is known of it besides; `nil` for what the package URL itself tells.
    public func verdicts(for package: PackageURL, context: MatchContext? = nil) -> [Verdict] {
        guard let coordinates = package.advisoryCoordinates else { return [] }
        return verdicts(at: coordinates, purl: package, context: context)
    }

    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself, for rules that need its own name besides its source's; `nil` when only the source is known.
    ///   - context: What is known of it besides; `nil` for what the package URL itself tells.
    /// - Returns: As ``verdicts(for:)``. On a damaged file one verdict `undetermined` with ``VerdictReason/damagedIndex`` and an empty
    ///   vulnerability id, never an empty list.
    public func verdicts(
        at coordinates: AdvisoryCoordinates, purl: PackageURL?, context: MatchContext? = nil
    ) -> [Verdict] {
        do throws(IndexError) {
            guard let name = try reader.find(scope: coordinates.scope, name: coordinates.name) else { return [] }
            if let purl, KernelPackages.exemption(of: purl, source: coordinates.name) != nil { return [] }
            return try verdicts(in: name, at: try place(of: coordinates.version, in: name))
        } catch {
            return [
                Verdict(vulnerability: "", advisories: [], status: .undetermined, reason: VerdictReason.damagedIndex)
            ]
        }
    }

    private func verdicts(in name: NameRecord, at place: VersionPlace?) throws(IndexError) -> [Verdict] {
        var found: [(verdict: Verdict, risk: Double)] = []
        for index in name.groups {
            let group = try reader.group(index, in: name)
            guard group.mayConcern(place) else { continue }
            var statements: [Statement] = []
            statements.reserveCapacity(group.entries.count)
            for entry in group.entries { statements.append(try reader.statement(entry)) }
            try append(statements, at: place, in: name, to: &found)
        }
        found.sort { lhs, rhs in
            if lhs.risk != rhs.risk { return lhs.risk > rhs.risk }
            return lhs.verdict.vulnerability.utf8.lexicographicallyPrecedes(rhs.verdict.vulnerability.utf8)
        }
        return found.map(\.verdict)
    }

    private func append(
        _ group: [Statement], at place: VersionPlace?, in name: NameRecord,
        to found: inout [(verdict: Verdict, risk: Double)]
    ) throws(IndexError) {
        guard let first = group.first else { return }
        let decision = try reader.decide(group[...], at: place, in: name)
        guard decision.status == .affected || decision.status == .undetermined else { return }
        let record = try reader.record(.vulnerabilities, first.vulnerability)
        let verdict = Verdict(
            vulnerability: try reader.text(record.uint32(0)), advisories: try reader.advisoryIDs(of: group),
            status: decision.status, fixedVersion: try fixedVersion(of: decision, in: name), reason: decision.reason,
            urgency: decision.urgency)
        found.append((verdict, record.double(88)))
    }

    /// The text of the version that repairs.
    func fixedVersion(of decision: Decision, in name: NameRecord) throws(IndexError) -> String? {
        guard let fix = decision.fix else { return nil }
        return try reader.versionText(fix, in: name)
    }
}

extension IndexReader {
    /// Ids of the standing advisories among some statements, ascending, without repetition.
    func advisoryIDs(of statements: [Statement]) throws(IndexError) -> [String] {
        var ids: Set<String> = []
        for statement in statements where !statement.isWithdrawn {
            ids.insert(try text(try record(.advisories, statement.advisory).uint32(0)))
        }
        return ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
