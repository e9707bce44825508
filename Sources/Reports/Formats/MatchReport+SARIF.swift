import Matching
import Scoring

extension MatchReport {
    /// Writes the report as SARIF 2.1.0, in the shape that code scanning services read: a rule for each vulnerability, a result for each package,
    /// at the document that names the package. What the user has decided against is there with a suppression.
    ///
    /// - Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
    public func writeSARIF(to output: ByteOutput, context: ReportContext) {
        var rules: [VulnerabilityRecord] = []
        var places: [String: Int] = [:]
        for row in rows + suppressed where places[row.verdict.vulnerability] == nil {
            places[row.verdict.vulnerability] = rules.count
            rules.append(row.record)
        }
        var writer = JSONWriter(to: output)
        writer.object { writer in
            writer.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            writer.member("version", "2.1.0")
            writer.key("runs")
            writer.array { writer in
                writer.object { writer in
                    writeTool(rules, context, to: &writer)
                    writer.member("columnKind", "utf16CodeUnits")
                    writer.key("results")
                    writer.array { writer in
                        for row in rows + suppressed {
                            writer.lineBreak()
                            write(row, rule: places[row.verdict.vulnerability] ?? 0, to: &writer)
                        }
                        writer.lineBreak()
                    }
                }
            }
        }
        writer.finish()
    }

    private func writeTool(_ rules: [VulnerabilityRecord], _ context: ReportContext, to writer: inout JSONWriter) {
        writer.key("tool")
        writer.object { writer in
            writer.key("driver")
            writer.object { writer in
                writer.member("name", "ZeroTrace")
                writer.member("semanticVersion", context.toolVersion)
                writer.key("rules")
                writer.array { writer in
                    for rule in rules {
                        writer.lineBreak()
                        rule.writeRule(to: &writer)
                    }
                    writer.lineBreak()
                }
            }
        }
    }

    private func write(_ row: Row, rule: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ruleId", row.record.id)
            writer.member("ruleIndex", rule)
            writer.member("level", row.verdict.status == .affected ? row.record.sarifLevel : "note")
            writer.text("message", row.sarifMessage)
            writer.key("locations")
            writer.array { writer in writer.object { writeLocation(of: row, to: &$0) } }
            writer.key("partialFingerprints")
            writer.object { $0.member("primaryLocationLineHash", row.sarifFingerprint) }
            if row.suppression != nil { row.writeSuppression(to: &writer) }
            writer.key("properties")
            writer.object { writer in
                writer.member("purl", row.subject.label)
                writer.member("status", row.verdict.status.rawValue)
                writer.member("fixed", row.verdict.fixedVersion)
                writer.member("risk", row.record.risk.value)
            }
        }
    }

    /// The document as a whole: bills have no lines that would stay.
    private func writeLocation(of row: Row, to writer: inout JSONWriter) {
        let known = documents.indices.contains(row.subject.document)
        let document = known ? documents[row.subject.document] : "sbom"
        writer.key("physicalLocation")
        writer.object { writer in
            writer.key("artifactLocation")
            writer.object { $0.member("uri", Self.uri(ofFile: document)) }
            writer.key("region")
            writer.object { writer in
                for name in ["startLine", "startColumn", "endLine", "endColumn"] as [StaticString] {
                    writer.member(name, 1)
                }
            }
        }
        writer.key("logicalLocations")
        writer.array { writer in
            writer.object { writer in
                writer.member("fullyQualifiedName", row.subject.label)
                writer.member("kind", "package")
            }
        }
    }

    /// A path as a URI reference: absolute ones as `file:`, relative ones as they stand in a repository.
    private static func uri(ofFile path: String) -> String {
        if path == "-" { return "stdin" }
        let text = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return (text.hasPrefix("/") ? "file://" : "") + VulnerabilityLink.escaped(text, keeping: "/")
    }
}

extension MatchReport.Row {
    fileprivate var sarifMessage: String {
        let version = package.version.map { " \($0)" } ?? ""
        let exposed = verdict.status == .affected ? "is affected by" : "may be affected by"
        return "\(package.name)\(version) \(exposed) \(record.id). \(action)."
    }

    /// The same for the next version of the package and the next scan: which vulnerability of which package it is.
    fileprivate var sarifFingerprint: String {
        var print = Fingerprint()
        for part in [record.id, package.type, package.namespace ?? "", package.name] { print.combine(part) }
        return "\(print.text):1"
    }

    fileprivate func writeSuppression(to writer: inout JSONWriter) {
        let reason =
            switch suppression {
            case .ignored(let rule)?: "Ignore rule \(rule.text)" + (rule.reason.isEmpty ? "" : ": \(rule.reason)")
            default: vex?.sentence ?? ""
            }
        writer.key("suppressions")
        writer.array { writer in
            writer.object { writer in
                writer.member("kind", "external")
                writer.member("status", "accepted")
                writer.member("justification", reason)
            }
        }
    }
}

extension VulnerabilityRecord {
    fileprivate var sarifLevel: String {
        switch severity {
        case .critical, .high: "error"
        case .medium, .unknown: "warning"
        case .low, .none: "note"
        }
    }

    /// Code scanning services sort by a score; where there is only a word, the middle of its band stands for it.
    private var securitySeverity: String {
        let score = cvssScore ?? Risk.representativeScore(of: severity)
        return CVSSLines.oneDecimal(min(max(score, 0), 10))
    }

    fileprivate func writeRule(to writer: inout JSONWriter) {
        let title = summary.isEmpty ? id : summary
        writer.object { writer in
            writer.member("id", id)
            writer.text("shortDescription", "\(id): \(severity.rawValue)")
            writer.text("fullDescription", title)
            writer.member("helpUri", VulnerabilityLink.page(of: id))
            writer.key("help")
            writer.object { writer in
                writer.member("text", ([title] + references).joined(separator: "\n"))
            }
            writer.key("defaultConfiguration")
            writer.object { $0.member("level", sarifLevel) }
            writer.key("properties")
            writer.object { writer in
                writer.member("security-severity", securitySeverity)
                writer.member("precision", "very-high")
                writer.member("tags", ["security", "vulnerability", severity.rawValue])
            }
        }
    }
}

extension JSONWriter {
    /// SARIF's message object.
    fileprivate mutating func text(_ name: StaticString, _ text: String) {
        key(name)
        object { $0.member("text", text) }
    }
}
