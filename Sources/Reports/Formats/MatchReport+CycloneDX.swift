import Advisories
import Matching
import PackageIdentity
import Scoring

extension MatchReport {
    /// Writes the report as a CycloneDX 1.6 vulnerability disclosure: the packages that findings name as components, and the vulnerabilities with
    /// what they affect. It carries no time and no serial number, so equal reports give equal bytes.
    ///
    /// - Source: <https://cyclonedx.org/docs/1.6/json/#vulnerabilities>
    public func writeCycloneDX(to output: ByteOutput, context: ReportContext) {
        var writer = JSONWriter(to: output)
        writer.object { writer in
            writer.member("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
            writer.member("bomFormat", "CycloneDX")
            writer.member("specVersion", "1.6")
            writer.member("version", 1)
            writer.key("metadata")
            writer.object { Self.writeTool(context, to: &$0) }
            writer.key("components")
            writer.array { writer in
                for subject in subjects() {
                    writer.lineBreak()
                    subject.writeComponent(to: &writer)
                }
                writer.lineBreak()
            }
            writer.key("vulnerabilities")
            writer.array { writer in
                for group in groups() {
                    writer.lineBreak()
                    group.write(to: &writer)
                }
                writer.lineBreak()
            }
        }
        writer.finish()
    }

    private static func writeTool(_ context: ReportContext, to writer: inout JSONWriter) {
        writer.key("tools")
        writer.object { writer in
            writer.key("components")
            writer.array { writer in
                writer.object { writer in
                    writer.member("type", "application")
                    writer.member("name", "zerotrace")
                    writer.member("version", context.toolVersion)
                }
            }
        }
    }

    /// The packages that rows name, ascending.
    private func subjects() -> [ReportedPackage] {
        var known: Set<PackageURL> = []
        return (rows + suppressed).map(\.subject).filter { known.insert($0.package).inserted }
            .sorted { $0.package < $1.package }
    }

    /// Rows of one vulnerability and one analysis, in the order of the first of each.
    private func groups() -> [VulnerabilityGroup] {
        var groups: [VulnerabilityGroup] = []
        var places: [VulnerabilityGroup.Key: Int] = [:]
        for row in rows + suppressed {
            let key = VulnerabilityGroup.Key(row)
            if let place = places[key] {
                groups[place].rows.append(row)
            } else {
                places[key] = groups.count
                groups.append(VulnerabilityGroup(key: key, rows: [row]))
            }
        }
        return groups
    }
}

/// Rows that become one vulnerability of the document.
private struct VulnerabilityGroup {
    struct Key: Hashable {
        let id: String
        let status: VerdictStatus
        let action: String
        let vex: AppliedVEX?
        let suppression: MatchReport.Suppression?

        init(_ row: MatchReport.Row) {
            id = row.record.id
            status = row.verdict.status
            action = row.action
            vex = row.vex
            suppression = row.suppression
        }
    }

    let key: Key
    var rows: [MatchReport.Row]

    func write(to writer: inout JSONWriter) {
        guard let record = rows.first?.record else { return }
        writer.object { writer in
            writer.member("id", record.id)
            writer.key("source")
            Self.writeSource(of: record.id, to: &writer)
            writeAliases(record, to: &writer)
            writeRating(record, to: &writer)
            writer.member("description", record.summary.isEmpty ? nil : record.summary)
            writer.member("recommendation", key.action)
            if !record.references.isEmpty {
                writer.key("advisories")
                writer.array { writer in
                    for url in record.references { writer.object { $0.member("url", url) } }
                }
            }
            writer.member("published", record.published.map(ReportContext.text(ofTime:)))
            writer.member("updated", record.modified.map(ReportContext.text(ofTime:)))
            writeAnalysis(to: &writer)
            writer.key("affects")
            writer.array { writer in
                for row in rows { Self.writeTarget(row, to: &writer) }
            }
        }
    }

    private static func writeSource(of id: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", VulnerabilityLink.source(of: id))
            writer.member("url", VulnerabilityLink.page(of: id))
        }
    }

    private func writeAliases(_ record: VulnerabilityRecord, to writer: inout JSONWriter) {
        guard !record.aliases.isEmpty else { return }
        writer.key("references")
        writer.array { writer in
            for alias in record.aliases {
                writer.object { writer in
                    writer.member("id", alias)
                    writer.key("source")
                    Self.writeSource(of: alias, to: &writer)
                }
            }
        }
    }

    private func writeRating(_ record: VulnerabilityRecord, to writer: inout JSONWriter) {
        writer.key("ratings")
        writer.array { writer in
            writer.object { writer in
                if let source = record.severitySource {
                    writer.key("source")
                    writer.object { $0.member("name", source) }
                }
                writer.member("score", record.cvssScore)
                writer.member("severity", record.severity.rawValue)
                writer.member("method", record.cvssVector.map(Self.method))
                writer.member("vector", record.cvssVector)
            }
        }
    }

    private static func method(of vector: String) -> String {
        if vector.hasPrefix("CVSS:4") { return "CVSSv4" }
        if vector.hasPrefix("CVSS:3.1") { return "CVSSv31" }
        return vector.hasPrefix("CVSS:3") ? "CVSSv3" : "CVSSv2"
    }

    /// What a person has decided; a match of versions alone is no analysis, an undecided one is to be looked at.
    private func writeAnalysis(to writer: inout JSONWriter) {
        var state: String?
        var detail: String?
        if let vex = key.vex {
            state = vex.cycloneDXState
            detail = vex.sentence
        } else if key.status == .undetermined {
            state = "in_triage"
        }
        if case .ignored(let rule)? = key.suppression {
            detail = "Ignore rule \(rule.text)" + (rule.reason.isEmpty ? "" : ": \(rule.reason)")
        }
        guard state != nil || detail != nil else { return }
        writer.key("analysis")
        writer.object { writer in
            writer.member("state", state)
            writer.member("justification", key.vex?.cycloneDXJustification)
            writer.member("detail", detail)
        }
    }

    private static func writeTarget(_ row: MatchReport.Row, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ref", row.subject.label)
            guard let version = row.package.version else { return }
            writer.key("versions")
            writer.array { writer in
                writer.object { writer in
                    writer.member("version", version)
                    let status: String =
                        switch row.verdict.status {
                        case .affected: "affected"
                        case .undetermined: "unknown"
                        case .fixed, .notAffected: "unaffected"
                        }
                    writer.member("status", status)
                }
            }
        }
    }
}

extension ReportedPackage {
    fileprivate func writeComponent(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("bom-ref", label)
            writer.member("type", "library")
            writer.member("name", package.name)
            writer.member("version", package.version)
            writer.member("cpe", cpes.first?.formattedString)
            writer.member("purl", purl)
        }
    }
}

extension AppliedVEX {
    fileprivate var cycloneDXState: String {
        switch status {
        case .notAffected: justification == "false_positive" ? "false_positive" : "not_affected"
        case .fixed: "resolved"
        case .affected: "exploitable"
        case .underInvestigation: "in_triage"
        }
    }

    /// OpenVEX's and CSAF's words in CycloneDX's, which keeps its own; `nil` for words it does not know.
    fileprivate var cycloneDXJustification: String? {
        switch justification {
        case "component_not_present": "requires_dependency"
        case "vulnerable_code_not_present": "code_not_present"
        case "vulnerable_code_not_in_execute_path": "code_not_reachable"
        case "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment"
        case "inline_mitigations_already_exist": "protected_by_mitigating_control"
        case "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
            "requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
            "protected_by_mitigating_control":
            justification
        default: nil
        }
    }
}
