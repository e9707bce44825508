import Advisories
import Matching

extension MatchReport {
    /// Writes the report as OpenVEX 0.2.0: a start for the user's own statements. Affected and undecided findings become statements; so does what the
    /// user's VEX says; what is merely ignored stays affected, since ignoring it is no statement about the product.
    ///
    /// - Source: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>
    public func writeOpenVEX(to output: ByteOutput, context: ReportContext) {
        var print = Fingerprint()
        for row in rows + suppressed {
            for part in [row.record.id, row.subject.label, row.verdict.status.rawValue] { print.combine(part) }
        }
        var writer = JSONWriter(to: output)
        writer.object { writer in
            writer.member("@context", "https://openvex.dev/ns/v0.2.0")
            writer.member("@id", "urn:zerotrace:vex:\(indexDigest.prefix(16)):\(print.text)")
            writer.member("author", "ZeroTrace")
            writer.member("role", "Scanner")
            writer.member("timestamp", ReportContext.text(ofTime: context.timestamp))
            writer.member("version", 1)
            writer.member("tooling", "zerotrace \(context.toolVersion)")
            writer.key("statements")
            writer.array { writer in
                for row in rows + suppressed {
                    writer.lineBreak()
                    writer.object { row.writeStatement(to: &$0) }
                }
                writer.lineBreak()
            }
        }
        writer.finish()
    }
}

extension MatchReport.Row {
    fileprivate func writeStatement(to writer: inout JSONWriter) {
        writer.key("vulnerability")
        writer.object { writer in
            writer.member("@id", VulnerabilityLink.page(of: record.id))
            writer.member("name", record.id)
            writer.member("description", record.summary.isEmpty ? nil : record.summary)
            if !record.aliases.isEmpty { writer.member("aliases", record.aliases) }
        }
        writer.key("products")
        writer.array { writer in
            writer.object { writer in
                writer.member("@id", subject.label)
                writer.key("identifiers")
                writer.object { writer in
                    writer.member("purl", subject.purl)
                    writer.member("cpe23", product?.formattedString)
                }
            }
        }
        writer.member("status", openVEXStatus.rawValue)
        switch openVEXStatus {
        case .affected: writer.member("action_statement", action)
        case .notAffected:
            // One of both must be there.
            let word = vex?.openVEXJustification
            writer.member("justification", word)
            writer.member("impact_statement", word == nil ? vex?.sentence : vex?.notes)
        case .fixed, .underInvestigation: writer.member("status_notes", vex?.sentence ?? action)
        }
    }

    private var openVEXStatus: VEXStatement.Status {
        switch verdict.status {
        case .affected: .affected
        case .undetermined: .underInvestigation
        case .fixed: .fixed
        case .notAffected: .notAffected
        }
    }
}

extension AppliedVEX {
    /// CycloneDX' words in OpenVEX's, which keeps its own; `nil` for words it does not know.
    fileprivate var openVEXJustification: String? {
        switch justification {
        case "code_not_present": "vulnerable_code_not_present"
        case "code_not_reachable": "vulnerable_code_not_in_execute_path"
        case "requires_configuration", "requires_environment": "vulnerable_code_cannot_be_controlled_by_adversary"
        case "requires_dependency": "component_not_present"
        case "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
            "protected_by_mitigating_control":
            "inline_mitigations_already_exist"
        case "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist":
            justification
        default: nil
        }
    }
}
