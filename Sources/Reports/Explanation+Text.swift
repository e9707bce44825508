import Inventory
import Matching

extension Explanation {
    /// The explanation as lines for a terminal: the answer, then each piece of evidence.
    public func text() -> String {
        var lines = [sentence, "", "package     \(purl)"]
        if let coordinates {
            lines.append("looked up   \(coordinates.name) \(coordinates.version) in \(coordinates.scope)")
        }
        lines += [
            "id          \(vulnerability)", "status      \(status.rawValue) (\(Remedy.words(reason)))",
        ]
        if let precedence { lines.append("rule        \(precedence)") }
        lines += ["index       \(indexDigest)", ""]
        for fix in fixesElsewhere ?? [] {
            let architectures = fix.architectures.isEmpty ? "" : " for \(fix.architectures.joined(separator: ", "))"
            lines.insert("fixed in    \(fix.scope)\(architectures) by \(fix.version)", at: lines.count - 2)
        }
        if evidence.isEmpty { lines.append("no advisory of it speaks of this package") }
        for item in evidence {
            let snapshot = item.snapshot.map { " of \(ReportContext.date(ofTime: $0))" } ?? ""
            lines.append(
                "\(item.decided ? "→" : " ") \(item.advisory) from \(item.feed)\(snapshot): \(Remedy.words(item.outcome.rawValue))"
            )
            if !item.range.isEmpty { lines.append("    range     \(item.range)") }
            lines += item.comparisons.map { "    compared  \($0)" }
            if let note = item.note { lines.append("    note      \(note)") }
        }
        return lines.map(TerminalText.harmless).joined(separator: "\n") + "\n"
    }
}
