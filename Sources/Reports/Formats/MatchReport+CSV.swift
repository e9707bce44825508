import Matching

extension MatchReport {
    /// Writes the findings as CSV: one a line, worst first, behind a line with the columns' names.
    ///
    /// Cells that a spreadsheet would take for a formula get an apostrophe in front, as it shows them then as they are.
    /// - Source: RFC 4180; <https://owasp.org/www-community/attacks/CSV_Injection>
    public func writeCSV(to output: ByteOutput) {
        Self.write(Self.columns, to: output)
        for row in rows {
            let record = row.record
            Self.write(
                [
                    record.severity.rawValue, row.verdict.status.rawValue, "\(record.risk.value)", record.id,
                    record.aliases.joined(separator: " "), row.package.namespace ?? "", row.package.name,
                    row.package.version ?? "", row.verdict.fixedVersion ?? "",
                    record.cvssScore.map { "\($0)" } ?? "", record.epss.map { "\($0.probability)" } ?? "",
                    record.kev?.dateAdded ?? "", record.exploits == nil ? "" : "yes", row.verdict.reason,
                    row.verdict.confidence.rawValue, row.verdict.advisories.joined(separator: " "), row.subject.label,
                    documents.indices.contains(row.subject.document) ? documents[row.subject.document] : "",
                    record.summary, row.action,
                ], to: output)
        }
    }

    private static let columns = [
        "severity", "status", "risk", "id", "aliases", "namespace", "name", "version", "fixed", "cvss", "epss",
        "known_exploited_since", "public_exploit", "reason", "confidence", "advisories", "purl", "document", "summary",
        "action",
    ]

    private static func write(_ cells: [String], to output: ByteOutput) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            write(cell, to: output)
        }
        output.append("\r\n" as StaticString)
    }

    private static func write(_ cell: String, to output: ByteOutput) {
        var text = cell
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return output.append(text) }
        output.append("\"" + text.replacing("\"", with: "\"\"") + "\"")
    }
}
