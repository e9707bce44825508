import Inventory
import Matching
import Scoring

extension MatchReport {
    /// Writes the report as one page that needs nothing else: sortable, readable without scripts, in light and dark.
    public func writeHTML(to output: ByteOutput, context: ReportContext) {
        let lines = lines()
        let html = HTMLWriter(output: output)
        output.append(HTMLPage.start)
        html.element("p", summary(lines))
        for decision in decisions() { html.element("p", decision) }
        if !documents.isEmpty {
            html.element("p", "of " + documents.joined(separator: ", "), kind: "dim")
        }
        html.element("p", "zerotrace \(context.toolVersion), index \(indexDigest)", kind: "dim mono")
        output.append(
            """
            <label>Show what holds <input id="filter" type="search" autocomplete="off"></label> <span id="count" class="dim" role="status"></span>
            <div class="scroll"><table>
            <caption>Vulnerabilities by source package, what to do first on top</caption>
            <thead><tr>
            """ as StaticString)
        for (name, isNumber) in Self.htmlColumns {
            output.append("<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")><button>\(name)</button></th>")
        }
        output.append("</tr></thead>\n<tbody>\n" as StaticString)
        for line in lines { line.write(to: html) }
        output.append("</tbody></table></div>\n" as StaticString)
        output.append(HTMLPage.end)
    }

    private static let htmlColumns: [(name: String, isNumber: Bool)] = [
        ("Severity", false), ("Risk", true), ("Package", false), ("Installed", false), ("Fixed in", false),
        ("Vulnerability", false), ("CVSS", true), ("EPSS", true), ("Exploited", false), ("What to do", false),
    ]
}

extension MatchReport.Line {
    fileprivate func write(to html: HTMLWriter) {
        let record = first.record
        let rank = Severity.allCases.firstIndex(of: record.severity) ?? 0
        html.raw("<tr>")
        html.cell(severity, key: Double(first.verdict.status == .affected ? rank : 0)) {
            html.element("span", severity, kind: "severity \(severity)")
        }
        html.cell("\(record.risk.value)", kind: "number", key: record.risk.value)
        html.cell(title)
        html.cell(version, kind: "mono")
        html.cell(first.verdict.fixedVersion ?? "–", kind: "mono")
        html.cell(record.id) { writeVulnerability(record, to: html) }
        html.cell(record.cvssScore.map { "\($0)" } ?? "–", kind: "number", key: record.cvssScore ?? -1)
        html.cell(
            record.epss.map { "\(($0.probability * 1000).rounded() / 10) %" } ?? "–", kind: "number",
            key: record.epss?.probability ?? -1)
        html.cell(exploited, key: record.kev != nil ? 2 : record.exploits != nil ? 1 : 0) {
            if exploited != "–" { html.element("span", exploited, kind: "tag") } else { html.text("–") }
        }
        html.cell(first.action)
        html.raw("</tr>\n")
    }

    private var exploited: String {
        if let kev = first.record.kev { return kev.ransomware ? "known, ransomware" : "known" }
        return first.record.exploits == nil ? "–" : "public exploit"
    }

    private func writeVulnerability(_ record: VulnerabilityRecord, to html: HTMLWriter) {
        html.raw("<a rel=\"noreferrer\" href=\"")
        html.text(VulnerabilityLink.page(of: record.id))
        html.raw("\">")
        html.text(record.id)
        html.raw("</a>")
        let aliases = (record.aliases + first.verdict.advisories).filter { $0 != record.id }
        if !aliases.isEmpty { html.element("div", aliases.joined(separator: ", "), kind: "dim") }
        if !record.summary.isEmpty { html.element("div", record.summary, kind: "summary") }
    }
}

/// Writes HTML whose texts cannot become marks.
private struct HTMLWriter {
    let output: ByteOutput

    func raw(_ text: StaticString) { output.append(text) }

    /// Escapes what has a meaning in content and in quoted attributes, and makes control and direction marks visible.
    func text(_ text: String) {
        for byte in TerminalText.harmless(text).utf8 {
            switch byte {
            case UInt8(ascii: "<"): output.append("&lt;" as StaticString)
            case UInt8(ascii: ">"): output.append("&gt;" as StaticString)
            case UInt8(ascii: "&"): output.append("&amp;" as StaticString)
            case UInt8(ascii: "\""): output.append("&quot;" as StaticString)
            case UInt8(ascii: "'"): output.append("&#39;" as StaticString)
            default: output.append(byte)
            }
        }
    }

    func element(_ name: String, _ content: String, kind: String = "") {
        output.append(kind.isEmpty ? "<\(name)>" : "<\(name) class=\"\(kind)\">")
        text(content)
        output.append("</\(name)>")
    }

    /// - Parameter key: What the column is sorted by; `nil` for the text.
    func cell(_ content: String, kind: String = "", key: Double? = nil, body: (() -> Void)? = nil) {
        raw("<td")
        if !kind.isEmpty { output.append(" class=\"\(kind)\"") }
        if let key { output.append(" data-key=\"\(key)\"") }
        raw(">")
        if let body { body() } else { text(content) }
        raw("</td>")
    }
}
