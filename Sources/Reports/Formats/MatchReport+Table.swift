import Inventory
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
        let lines = lines()
        guard !lines.isEmpty else { return footer(lines) }
        let kept = perPackage.map { Self.keep($0, of: lines) } ?? lines
        let shown = limit.map { Array(kept.prefix($0)) } ?? kept
        var text = TextTable(header: Line.header, rows: shown.map(\.cells)).rendered { column, row, cell in
            color && column == 0 ? shown[row].colored(cell) : cell
        }
        if shown.count < lines.count { text += Self.rest(of: lines, shown: shown) }
        return text + "\n" + footer(lines)
    }

    /// The first lines of each version of each source package.
    private static func keep(_ count: Int, of lines: [Line]) -> [Line] {
        var seen: [String: Int] = [:]
        return lines.filter { line in
            seen[line.package, default: 0] += 1
            return seen[line.package, default: 0] <= count
        }
    }

    /// What the table left out, by package, most first.
    private static func rest(of lines: [Line], shown: [Line]) -> String {
        var counts = Dictionary(grouping: lines, by: \.package).mapValues(\.count)
        for line in shown { counts[line.package, default: 0] -= 1 }
        let left = counts.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let named = left.prefix(3).map { "\($0.value) of \(TerminalText.harmless($0.key))" }
        let others = left.dropFirst(3).reduce(0) { $0 + $1.value }
        return "… and \(lines.count - shown.count) more: "
            + (named + (others > 0 ? ["\(others) of others"] : [])).joined(separator: ", ") + "\n"
    }

    /// The counts, then what the user's own statements and rules took out, each by its source.
    private func footer(_ lines: [Line]) -> String {
        ([summary(lines)] + decisions()).map(TerminalText.harmless).joined(separator: "\n") + "\n"
    }

    /// One line for people: packages, vulnerabilities by severity, what is exploited, what could not be decided.
    func summary(_ lines: [Line]) -> String {
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

    /// What the user decided, one line each.
    func decisions() -> [String] {
        var counts: [String: Int] = [:]
        for row in suppressed {
            switch row.suppression {
            case .vex?: counts["\(row.vex?.status.rawValue ?? "") by VEX \(row.vex?.file ?? "")", default: 0] += 1
            case .ignored(let rule)?:
                let reason = rule.reason.isEmpty ? "" : " (\(rule.reason))"
                counts["ignored by rule \(rule.text)\(reason)", default: 0] += 1
            case nil: break
            }
        }
        var lines = counts.sorted { $0.key < $1.key }.map { "\($0.value) \(Remedy.words($0.key))" }
        for (text, rows) in Dictionary(grouping: rows.compactMap(\.vex), by: \.file).sorted(by: { $0.key < $1.key }) {
            lines.append("\(rows.count) stated by VEX \(text)")
        }
        if withoutFix > 0 { lines.append("\(withoutFix) without a known fix are not shown") }
        return lines
    }
}

extension MatchReport.Line {
    fileprivate static let header = [
        "SEVERITY", "PACKAGE", "INSTALLED", "FIXED IN", "ID", "CVSS", "EPSS", "KEV", "WHAT TO DO",
    ]

    fileprivate var cells: [String] {
        let record = first.record
        return [
            severity, title, version, first.verdict.fixedVersion ?? "-", record.id,
            record.cvssScore.map { "\(($0 * 10).rounded() / 10)" } ?? "-",
            record.epss.map { "\(Int(($0.probability * 100).rounded()))%" } ?? "-",
            record.kev == nil ? "-" : "yes", first.action,
        ]
    }

    fileprivate func colored(_ cell: String) -> String {
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
