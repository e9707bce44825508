import Matching
import PackageIdentity
import Scoring

extension MatchReport {
    /// The report as a table for a terminal: one line per vulnerability and source package, worst first, then a summary.
    ///
    /// - Parameters:
    ///   - color: Whether to colour severities with ANSI escapes.
    ///   - limit: Lines at most; `nil` for all. What is left out is counted below the table.
    ///   - perPackage: Lines of one version of one source package, at most; `nil` for all. One old kernel would else fill the screen.
    public func table(color: Bool, limit: Int? = nil, perPackage: Int? = nil) -> String {
        let lines = Self.group(rows)
        guard !lines.isEmpty else { return summary(lines) + "\n" }
        let kept = perPackage.map { Self.keep($0, of: lines) } ?? lines
        let shown = limit.map { Array(kept.prefix($0)) } ?? kept
        var text = TextTable(header: TableLine.header, rows: shown.map(\.cells)).rendered { column, row, cell in
            color && column == 0 ? shown[row].colored(cell) : cell
        }
        if shown.count < lines.count { text += Self.rest(of: lines, shown: shown) }
        return text + "\n" + summary(lines) + "\n"
    }

    /// The first lines of each version of each source package.
    private static func keep(_ count: Int, of lines: [TableLine]) -> [TableLine] {
        var seen: [String: Int] = [:]
        return lines.filter { line in
            seen[line.package, default: 0] += 1
            return seen[line.package, default: 0] <= count
        }
    }

    /// What the table left out, by package, most first.
    private static func rest(of lines: [TableLine], shown: [TableLine]) -> String {
        var counts = Dictionary(grouping: lines, by: \.package).mapValues(\.count)
        for line in shown { counts[line.package, default: 0] -= 1 }
        let left = counts.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let named = left.prefix(3).map { "\($0.value) of \($0.key)" }
        let others = left.dropFirst(3).reduce(0) { $0 + $1.value }
        return "… and \(lines.count - shown.count) more: "
            + (named + (others > 0 ? ["\(others) of others"] : [])).joined(separator: ", ") + "\n"
    }

    private func summary(_ lines: [TableLine]) -> String {
        let affected = lines.filter { $0.first.verdict.status == .affected }
        let ids = Dictionary(grouping: affected) { $0.first.record.severity }
            .mapValues { Set($0.map(\.first.record.id)).count }
        let counts = Severity.allCases.reversed().compactMap { severity in
            ids[severity].map { "\($0) \(severity == .none ? "informational" : severity.rawValue)" }
        }
        let exploited = Set(affected.filter { $0.first.record.kev != nil }.map(\.first.record.id)).count
        let undetermined = lines.count - affected.count
        var text = "\(packageCount) packages, \(Set(affected.map(\.first.record.id)).count) vulnerabilities"
        if !counts.isEmpty { text += ": " + counts.joined(separator: ", ") }
        if exploited > 0 { text += "; \(exploited) known to be exploited" }
        if undetermined > 0 { text += "; \(undetermined) could not be decided" }
        if !uncovered.isEmpty { text += "; no advisories cover \(uncovered.count) of the packages" }
        return text
    }

    private static func group(_ rows: [Row]) -> [TableLine] {
        var order: [String] = []
        var groups: [String: TableLine] = [:]
        for row in rows {
            let source = row.package.advisoryCoordinates
            let key = [
                row.record.id, source?.scope ?? row.package.type, source?.name ?? row.package.name,
                source?.version ?? "", row.verdict.status.rawValue,
            ].joined(separator: "\u{1F}")
            if groups[key] == nil { order.append(key) }
            groups[key, default: TableLine(first: row)].packages.append(row.package.name)
        }
        return order.compactMap { groups[$0] }
    }
}

/// The rows of one source package and one vulnerability.
private struct TableLine {
    let first: MatchReport.Row
    var packages: [String] = []

    init(first: MatchReport.Row) { self.first = first }

    /// Source package and version.
    var package: String {
        let source = first.package.advisoryCoordinates
        return "\(source?.name ?? first.package.name) \(source?.version ?? first.package.version ?? "")"
    }

    static let header = ["SEVERITY", "PACKAGE", "INSTALLED", "FIXED IN", "ID", "CVSS", "EPSS", "KEV", "WHAT TO DO"]

    var cells: [String] {
        let coordinates = first.package.advisoryCoordinates
        return [
            first.verdict.status == .undetermined ? "undetermined" : first.record.severity.rawValue,
            title(coordinates?.name ?? first.package.name),
            coordinates?.version ?? first.package.version ?? "",
            first.verdict.fixedVersion ?? "-",
            first.record.id,
            first.record.cvssScore.map { "\(($0 * 10).rounded() / 10)" } ?? "-",
            first.record.epss.map { "\(Int(($0.probability * 100).rounded()))%" } ?? "-",
            first.record.kev == nil ? "-" : "yes",
            Remedy.line(for: first.package, verdict: first.verdict),
        ]
    }

    /// The source package, and in brackets the installed packages built from it when they go by another name.
    private func title(_ source: String) -> String {
        let others = Set(packages).subtracting([source]).sorted()
        guard let only = others.first else { return source }
        return others.count == 1 ? "\(source) (\(only))" : "\(source) (\(only) +\(others.count - 1))"
    }

    func colored(_ cell: String) -> String {
        let code =
            switch first.record.severity {
            case .critical: "1;31"
            case .high: "31"
            case .medium: "33"
            case .low: "36"
            case .none, .unknown: "2"
            }
        return "\u{1B}[\(code)m\(cell)\u{1B}[0m"
    }
}
