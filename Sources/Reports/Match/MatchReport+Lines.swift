import Matching
import PackageIdentity

extension MatchReport.Row {
    /// What to do, in one line: the user's own word where a VEX statement gives one.
    var action: String { action(verdict) }

    /// The same for callers that have the verdict.
    func action(_ verdict: Verdict) -> String {
        action(status: verdict.status, reason: verdict.reason, fixed: verdict.fixedVersion)
    }

    /// The same for callers that have what of the verdict decides it.
    func action(status: VerdictStatus, reason: String, fixed: String?) -> String {
        if status == .affected, let action = vex?.action, !action.isEmpty { return action }
        if product != nil, status == .affected {
            return fixed.map { "\(Remedy.upgrade)\(package.name)\(Remedy.toVersion)\($0)" }
                ?? "No fixed version is known"
        }
        return Remedy.line(for: package, at: subject.coordinates, status: status, reason: reason, fixed: fixed)
    }
}

extension MatchReport {
    /// Rows of one source package, one vulnerability and one status, for people: what is built of one source is repaired by one upgrade.
    struct Line {
        /// The first of the rows; the others differ in the installed package alone.
        let first: Row
        /// Names of the installed packages, in the order of the rows.
        var packages: [String] = []

        /// Source package and version.
        var package: String { "\(source) \(version)" }

        /// The source package.
        var source: String { first.subject.coordinates?.name ?? first.package.name }

        /// The installed version of the source package.
        var version: String { first.subject.coordinates?.version ?? first.package.version ?? "" }

        /// The source package, and in brackets the installed packages built from it when they go by another name.
        var title: String {
            let others = Set(packages).subtracting([source]).sorted()
            guard let only = others.first else { return source }
            return others.count == 1 ? "\(source) (\(only))" : "\(source) (\(only) +\(others.count - 1))"
        }

        /// The severity for people.
        var severity: String {
            first.verdict.status == .undetermined ? "undetermined" : first.record.severity.rawValue
        }
    }

    /// The rows gathered into lines, in the same order.
    func lines() -> [Line] {
        var order: [Line] = []
        var known: [LineKey: Int] = [:]
        for row in rows {
            let key = LineKey(row)
            if let index = known[key] {
                order[index].packages.append(row.package.name)
            } else {
                known[key] = order.count
                order.append(Line(first: row, packages: [row.package.name]))
            }
        }
        return order
    }

    private struct LineKey: Hashable {
        let id: String
        let scope: String
        let name: String
        let version: String
        let status: VerdictStatus
        /// Of two kernels' images of one version one may be running.
        let reason: String

        init(_ row: Row) {
            let source = row.subject.coordinates
            id = row.verdict.vulnerability
            scope = source?.scope ?? row.package.type
            name = source?.name ?? row.package.name
            version = source?.version ?? row.package.version ?? ""
            status = row.verdict.status
            reason = row.verdict.reason
        }
    }
}
