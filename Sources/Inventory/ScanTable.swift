import PackageIdentity

/// A scan report as a table for people.
///
/// Columns are as wide as their longest cell, up to a bound each, so that one odd package does not push the rest off the
/// screen. Longer cells are cut with "…": names and versions at their end, places in their middle.
public struct ScanTable: Sendable {
    /// Most columns of a terminal that a line may take; `nil` for no bound, as for files and pipes.
    public var width: Int?

    /// - Parameter width: At least 40; smaller values count as 40.
    public init(width: Int? = nil) {
        self.width = width.map { max(40, $0) }
    }

    private static let titles = ["ECOSYSTEM", "NAME", "VERSION", "SOURCE", "EVIDENCE", "LOCATION"]

    /// Widest that each column grows; the last one takes what is left.
    private static let bounds = [9, 44, 36, 32, 9, Int.max]

    private static let gap = "  "

    /// One line of titles and one for each package, ascending by ecosystem, name and version. No line ends with blanks.
    public func render(_ report: ScanReport) -> String {
        let rows = report.packages.map {
            Self.cells($0.package, $0.evidence, places: report.occurrences[$0.package] ?? [])
        }
        let widths = widths(of: [Self.titles] + rows)
        return ([Self.titles] + rows).map { line($0, widths) }.joined()
    }

    private static func cells(_ package: PackageURL, _ evidence: PackageEvidence, places: [String]) -> [String] {
        let isVendor = Ecosystem(purlType: package.type) == .deb
        let name = isVendor ? package.name : [package.namespace, package.name].compactMap { $0 }.joined(separator: "/")
        let more = places.count > 1 ? " (+\(places.count - 1))" : ""
        let source = package.qualifier("upstream") ?? ""
        let place = places.first.map { $0 + more } ?? ""
        return [package.type, name, package.version ?? "", source, evidence.rawValue, place].map(TerminalText.harmless)
    }

    private func widths(of rows: [[String]]) -> [Int] {
        var widths = Self.titles.map { _ in 0 }
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        for column in widths.indices { widths[column] = min(widths[column], Self.bounds[column]) }
        guard let width, let last = widths.indices.last else { return widths }
        shrink(&widths, to: width - Self.gap.count * last)
        return widths
    }

    /// Takes from the location first, then from source, name and version, and from each again before any gets unreadable; at last the evidence
    /// goes, then the location.
    private func shrink(_ widths: inout [Int], to total: Int) {
        for (column, least) in [
            (5, 40), (3, 16), (1, 28), (2, 20), (5, 16), (3, 8), (1, 12), (2, 8), (4, 0), (5, 0), (3, 0),
        ] {
            let excess = widths.reduce(0, +) - total
            guard excess > 0 else { return }
            widths[column] = max(min(widths[column], least), widths[column] - excess)
        }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() where widths[column] > 0 {
            let cut = Self.cut(cell, to: widths[column], inMiddle: column == cells.count - 1)
            line += (column == 0 ? "" : Self.gap) + cut + String(repeating: " ", count: widths[column] - cut.count)
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    private static func cut(_ cell: String, to width: Int, inMiddle: Bool) -> String {
        guard cell.count > width else { return cell }
        guard inMiddle else { return cell.prefix(width - 1) + "…" }
        // The end of a path says more than its start.
        let start = (width - 1) / 3
        return cell.prefix(start) + "…" + cell.suffix(width - 1 - start)
    }
}
