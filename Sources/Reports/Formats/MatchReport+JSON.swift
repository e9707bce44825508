import Matching
import PackageIdentity
import Scoring

extension MatchReport {
    /// Writes the report as JSON, described by `Docs/match-report.schema.json`: findings in the order of ``rows``, one a line, members in one
    /// order, so that equal reports give equal bytes.
    public func writeJSON(to output: ByteOutput) {
        var writer = JSONWriter(to: output)
        writer.object { writer in
            writer.member("index", indexDigest)
            writer.member("packages", packageCount)
            if documents.count > 1 { writer.member("documents", documents) }
            writer.member("uncovered", uncovered.map(\.label))
            if withoutFix > 0 { writer.member("without_fix", withoutFix) }
            writer.lineBreak()
            writer.key("matches")
            write(rows, to: &writer)
            writer.lineBreak()
            writer.key("suppressed")
            write(suppressed, to: &writer)
        }
        writer.finish()
    }

    private func write(_ rows: [Row], to writer: inout JSONWriter) {
        // Most vulnerabilities concern several packages, and most packages have several: what is said of either is written once.
        var subjects = JSONFragments(rows.lazy.map(\.place))
        var records = JSONFragments(rows.lazy.map(\.vulnerability.place))
        writer.array { writer in
            for row in rows {
                writer.lineBreak()
                writer.object { writer in
                    subjects.write(row.place, to: &writer, row.subject.writeMembers)
                    // Not through `record`, which would copy it.
                    writer.member("id", row.vulnerability.record.id)
                    writer.member("aliases", row.vulnerability.record.aliases)
                    row.writeVerdict(to: &writer)
                    records.write(row.vulnerability.place, to: &writer, row.vulnerability.writeMembers)
                    row.writeDecisions(to: &writer, documents: documents)
                }
            }
            if !rows.isEmpty { writer.lineBreak() }
        }
    }
}

extension MatchReport.Row {
    fileprivate func writeVerdict(to writer: inout JSONWriter) {
        switch answer {
        case .stated(let verdict): write(verdict, to: &writer)
        case .indexed(let compact, let index):
            do {
                try write(compact, of: index, to: &writer)
            } catch {
                writer.fail(error)
            }
        }
        writer.member("cpe", product?.formattedString)
    }

    private func write(_ verdict: Verdict, to writer: inout JSONWriter) {
        writer.member("advisories", verdict.advisories)
        writer.member("status", verdict.status.rawValue)
        writer.member("reason", verdict.reason)
        writer.member("confidence", verdict.confidence.rawValue)
        writer.member("fixed", orNull: verdict.fixedVersion)
        writer.member("urgency", verdict.urgency)
    }

    /// The same out of the index, without a copy of its texts.
    private func write(_ compact: CompactVerdict, of index: AdvisoryIndex, to writer: inout JSONWriter) throws {
        writer.key("advisories")
        try writer.array { writer in
            try index.forEachAdvisoryID(of: compact) { writer.string(utf8: $0) }
        }
        writer.member("status", compact.status.rawValue)
        writer.member("reason", compact.reason)
        writer.member("confidence", compact.confidence.rawValue)
        writer.key("fixed")
        try index.withFixedVersion(of: compact) { version in
            if let version { writer.string(utf8: version) } else { writer.null() }
        }
        try index.withUrgency(of: compact) { urgency in
            guard !urgency.isEmpty else { return }
            writer.key("urgency")
            writer.string(utf8: urgency)
        }
    }

    /// ``action``. Mostly it is to upgrade, and then nothing but the repaired version is asked for.
    private func writeAction(to writer: inout JSONWriter) {
        writer.key("action")
        guard case .indexed(let compact, let index) = answer, vex == nil else { return writer.string(action) }
        guard compact.status == .affected, compact.hasFix, !compact.isOfRestingKernel else {
            let verdict = Verdict(
                vulnerability: "", advisories: [], status: compact.status, reason: compact.reason)
            return writer.string(action(verdict))
        }
        let name = product == nil ? subject.coordinates?.name ?? package.name : package.name
        do {
            try index.withFixedVersion(of: compact) { version in
                guard let version else { return }
                writer.string(Remedy.upgrade, name, Remedy.toVersion, utf8: version)
            }
        } catch {
            writer.fail(error)
        }
    }

    /// What to do, and what the user has decided.
    fileprivate func writeDecisions(to writer: inout JSONWriter, documents: [String]) {
        writeAction(to: &writer)
        if documents.count > 1, documents.indices.contains(subject.document) {
            writer.member("document", documents[subject.document])
        }
        if let vex {
            writer.key("vex")
            vex.write(to: &writer)
        }
        if case .ignored(let rule)? = suppression {
            writer.key("ignored")
            writer.object { writer in
                writer.member("rule", rule.text)
                writer.member("until", rule.until)
                writer.member("reason", rule.reason)
            }
        }
    }
}

extension ReportedPackage {
    /// Writes the members of a match that are the same for all vulnerabilities.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.member("purl", orNull: purl)
        writer.member("name", package.name)
        writer.member("namespace", package.namespace)
        writer.member("version", orNull: package.version)
    }
}

extension SharedRecord {
    /// Writes the members of a match that are the same for all packages.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.member("severity", record.severity.rawValue)
        writer.member("severity_source", orNull: record.severitySource)
        writer.member("cvss", orNull: record.cvssScore)
        writer.member("cvss_vector", orNull: record.cvssVector)
        writeIntelligence(to: &writer)
        writer.member("summary", record.summary)
    }

    private func writeIntelligence(to writer: inout JSONWriter) {
        writer.key("epss")
        writer.orNull(record.epss) { writer, epss in
            writer.member("probability", epss.probability)
            writer.member("percentile", epss.percentile)
        }
        writer.key("kev")
        writer.orNull(record.kev) { writer, kev in
            writer.member("date_added", kev.dateAdded)
            writer.member("due_date", orNull: kev.dueDate)
            writer.member("ransomware", kev.ransomware)
        }
        writer.key("exploits")
        writer.orNull(record.exploits) { writer, exploits in
            writer.key("exploit_database")
            writer.array { writer in for number in exploits.exploitDatabase { writer.number(number) } }
            writer.member("verified", exploits.isVerified)
            writer.member("metasploit", exploits.metasploit)
        }
        writeDecision(to: &writer)
        writer.key("risk")
        writer.object { writer in
            writer.member("value", record.risk.value)
            writer.member("severity_part", record.risk.severityPart)
            writer.member("likelihood_part", record.risk.likelihoodPart)
            writer.member("exploit_part", record.risk.exploitPart)
            writer.member("exploited_part", record.risk.exploitedPart)
        }
    }
}

extension SharedRecord {
    /// CISA's decision, where more than assumptions speak for it.
    private func writeDecision(to writer: inout JSONWriter) {
        writer.key("ssvc")
        let isFounded = record.ssvc != nil || record.kev != nil || record.exploits != nil
        writer.orNull(isFounded ? record.ssvcAssessment : nil) { writer, assessment in
            writer.member("decision", assessment.decision.rawValue)
            writer.member("exploitation", assessment.points.exploitation.rawValue)
            writer.member("automatable", assessment.points.isAutomatable)
            writer.member("technical_impact", assessment.points.technicalImpact.rawValue)
            writer.member("mission", assessment.mission.rawValue)
            writer.member("assumed", assessment.assumed.map(\.rawValue))
        }
    }
}

extension AppliedVEX {
    /// Writes the statement as an object.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("status", status.rawValue)
            writer.member("file", file)
            writer.member("document", document)
            writer.member("author", author)
            writer.member("justification", justification)
            writer.member("action", action)
            writer.member("notes", notes)
        }
    }
}

extension JSONWriter {
    /// Writes an object, or `null` when there is nothing to write.
    mutating func orNull<Value>(_ value: Value?, _ body: (inout JSONWriter, Value) -> Void) {
        if let value { object { body(&$0, value) } } else { null() }
    }
}
