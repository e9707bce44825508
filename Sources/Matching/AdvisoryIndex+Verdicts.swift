import Advisories
import PackageIdentity

extension AdvisoryIndex {
    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// - Returns: Verdicts `affected` and `undetermined`, the highest risk first, equal ones by id. Empty when there are none, and also
    ///   for a package URL without version or of an unknown scope; ``covers(scope:)`` tells the difference.
    public func verdicts(for package: PackageURL) -> [Verdict] {
        guard let coordinates = package.advisoryCoordinates else { return [] }
        return verdicts(at: coordinates, purl: package)
    }

    /// The vulnerabilities a package version is exposed to, or may be.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself, for rules that need its own name besides its source's; `nil` when only the source is known.
    /// - Returns: As ``verdicts(for:)``. On a damaged file one verdict `undetermined` with ``VerdictReason/damagedIndex`` and an empty
    ///   vulnerability id, never an empty list.
    public func verdicts(at coordinates: AdvisoryCoordinates, purl: PackageURL?) -> [Verdict] {
        do throws(IndexError) {
            guard let name = try reader.find(scope: coordinates.scope, name: coordinates.name) else { return [] }
            if let purl, KernelPackages.isHeadersOnly(purl, source: coordinates.name) { return [] }
            return try verdicts(in: name, at: try place(of: coordinates.version, in: name))
        } catch {
            return [
                Verdict(vulnerability: "", advisories: [], status: .undetermined, reason: VerdictReason.damagedIndex)
            ]
        }
    }

    private func verdicts(in name: NameRecord, at place: VersionPlace?) throws(IndexError) -> [Verdict] {
        var found: [(verdict: Verdict, risk: Double)] = []
        var group: [Statement] = []
        for index in name.entries {
            let statement = try reader.statement(index)
            if let first = group.first, first.vulnerability != statement.vulnerability {
                try append(group, at: place, in: name, to: &found)
                group.removeAll(keepingCapacity: true)
            }
            group.append(statement)
        }
        if !group.isEmpty { try append(group, at: place, in: name, to: &found) }
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
        guard try mayBeReported(group, at: place) else { return }
        let decision = try reader.decide(group[...], at: place, in: name)
        guard decision.status == .affected || decision.status == .undetermined else { return }
        let record = try reader.record(.vulnerabilities, group[0].vulnerability)
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

    /// Sorts the many groups out that a version is simply past, before anything is allocated for them.
    private func mayBeReported(_ group: [Statement], at place: VersionPlace?) throws(IndexError) -> Bool {
        let rank = group[0].rank
        for statement in group {
            guard !statement.isWithdrawn, statement.rank == rank else { return false }
            switch try reader.outcome(of: statement, at: place).status {
            case .affected, .undetermined: return true
            case .fixed, .notAffected: continue
            }
        }
        return false
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
