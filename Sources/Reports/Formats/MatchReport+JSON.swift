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
        let places = Self.vulnerabilityPlaces(rows)
        var records = JSONFragments(places)
        writer.array { writer in
            for (row, place) in zip(rows, places) {
                writer.lineBreak()
                writer.object { writer in
                    subjects.write(row.place, to: &writer, row.subject.writeMembers)
                    row.vulnerability.writeIDs(to: &writer)
                    row.write(to: &writer, documents: documents) { writer in
                        records.write(place, to: &writer, row.vulnerability.writeMembers)
                    }
                }
            }
            if !rows.isEmpty { writer.lineBreak() }
        }
    }

    /// Which of the vulnerabilities each row is of, counted from 0. Rows of the same stand together but for their status; what stands apart
    /// counts as another.
    private static func vulnerabilityPlaces(_ rows: [Row]) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(rows.count)
        var last: SharedRecord?
        for row in rows {
            let isSame = last?.isSame(as: row.vulnerability) ?? false
            places.append((places.last ?? 0) + (isSame || last == nil ? 0 : 1))
            last = row.vulnerability
        }
        return places
    }
}

extension MatchReport.Row {
    /// Writes the verdict, what is known of the vulnerability, and what to do.
    fileprivate func write(
        to writer: inout JSONWriter, documents: [String], record: (inout JSONWriter) -> Void
    ) {
        switch answer {
        case .stated(let verdict):
            write(verdict, to: &writer)
            record(&writer)
            writer.member("action", action(verdict))
        case .indexed(let compact, let index):
            writer.noting { writer in
                // Lent once: it is read out of the index both for `fixed` and for `action`.
                try index.withFixedVersion(of: compact) { fixed in
                    writer.noting { try write(compact, of: index, fixed: fixed, to: &$0) }
                    record(&writer)
                    writeAction(compact, fixed: fixed, to: &writer)
                }
            }
        }
        writeDecisions(to: &writer, documents: documents)
    }

    private func write(_ verdict: Verdict, to writer: inout JSONWriter) {
        writer.member("advisories", verdict.advisories)
        writer.member("status", verdict.status.rawValue)
        writer.member("reason", verdict.reason)
        writer.member("confidence", verdict.confidence.rawValue)
        writer.member("fixed", orNull: verdict.fixedVersion)
        writer.member("urgency", verdict.urgency)
        writer.member("cpe", product?.formattedString)
    }

    /// The same out of the index, without a copy of its texts.
    private func write(
        _ compact: CompactVerdict, of index: AdvisoryIndex, fixed: UnsafeRawBufferPointer?, to writer: inout JSONWriter
    ) throws {
        writer.key("advisories")
        try writer.array { writer in
            try index.forEachAdvisoryID(of: compact) { writer.string(utf8: $0) }
        }
        writer.member("status", compact.status.rawValue)
        writer.member("reason", compact.reason)
        writer.member("confidence", compact.confidence.rawValue)
        writer.key("fixed")
        if let fixed { writer.string(utf8: fixed) } else { writer.null() }
        try index.withUrgency(of: compact) { urgency in
            guard !urgency.isEmpty else { return }
            writer.key("urgency")
            writer.string(utf8: urgency)
        }
        writer.member("cpe", product?.formattedString)
    }

    /// ``action``. Mostly it is to upgrade, and then nothing but the repaired version is asked for.
    private func writeAction(_ compact: CompactVerdict, fixed: UnsafeRawBufferPointer?, to writer: inout JSONWriter) {
        writer.key("action")
        if compact.status == .affected, !compact.isOfRestingKernel, let fixed {
            let name = product == nil ? subject.coordinates?.name ?? package.name : package.name
            return writer.string(Remedy.upgrade, name, Remedy.toVersion, utf8: fixed)
        }
        writer.string(action(status: compact.status, reason: compact.reason, fixed: nil))
    }

    /// What the user has decided, and where the package was named.
    private func writeDecisions(to writer: inout JSONWriter, documents: [String]) {
        if documents.count > 1, documents.indices.contains(subject.document) {
            writer.member("document", documents[subject.document])
        }
        guard let rarity else { return }
        if let vex = rarity.vex {
            writer.key("vex")
            vex.write(to: &writer)
        }
        if case .ignored(let rule)? = rarity.suppression {
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
    /// Writes the ids, which stand before the verdict.
    fileprivate func writeIDs(to writer: inout JSONWriter) {
        switch source {
        case .stated(let record):
            writer.member("id", record.id)
            writer.member("aliases", record.aliases)
        case .indexed(let number, let index):
            writer.noting { writer in
                writer.key("id")
                try index.withVulnerabilityID(number: number) { writer.string(utf8: $0) }
                writer.key("aliases")
                try writer.array { writer in
                    try index.forEachAlias(number: number) { writer.string(utf8: $0) }
                }
            }
        }
    }

    /// Writes the members of a match that are the same for all packages.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        switch source {
        case .stated(let record):
            let rating = record.rating
            rating.writeScore(to: &writer)
            writer.member("cvss_vector", orNull: record.cvssVector)
            rating.writeIntelligence(to: &writer, vector: record.cvssVector)
            writer.member("summary", record.summary)
        case .indexed(let number, let index):
            writer.noting { try writeMembers(of: number, in: index, to: &$0) }
        }
    }

    /// The same out of the index, without a copy of its texts.
    private func writeMembers(of number: UInt32, in index: AdvisoryIndex, to writer: inout JSONWriter) throws {
        let rating = try index.rating(number: number)
        rating.writeScore(to: &writer)
        try index.withCVSSVector(number: number) { vector in
            writer.key("cvss_vector")
            if let vector { writer.string(utf8: vector) } else { writer.null() }
            rating.writeIntelligence(to: &writer, vector: vector.map { String(decoding: $0, as: UTF8.self) })
        }
        writer.key("summary")
        try index.withSummary(number: number) { writer.string(utf8: $0) }
    }
}

extension VulnerabilityRating {
    fileprivate func writeScore(to writer: inout JSONWriter) {
        writer.member("severity", severity.rawValue)
        writer.member("severity_source", orNull: severitySource)
        writer.member("cvss", orNull: cvssScore)
    }

    /// - Parameter vector: The CVSS vector, asked for where CISA's decision is written.
    fileprivate func writeIntelligence(to writer: inout JSONWriter, vector: @autoclosure () -> String?) {
        writer.key("epss")
        writer.orNull(epss) { writer, epss in
            writer.member("probability", epss.probability)
            writer.member("percentile", epss.percentile)
        }
        writer.key("kev")
        writer.orNull(kev) { writer, kev in
            writer.member("date_added", kev.dateAdded)
            writer.member("due_date", orNull: kev.dueDate)
            writer.member("ransomware", kev.ransomware)
        }
        writer.key("exploits")
        writer.orNull(exploits) { writer, exploits in
            writer.key("exploit_database")
            writer.array { writer in for number in exploits.exploitDatabase { writer.number(number) } }
            writer.member("verified", exploits.isVerified)
            writer.member("metasploit", exploits.metasploit)
        }
        // CISA's decision, where more than assumptions speak for it.
        let isFounded = ssvc != nil || kev != nil || exploits != nil
        writer.key("ssvc")
        writer.orNull(isFounded ? ssvcAssessment(vector: vector()) : nil) { $1.write(to: &$0) }
        writer.key("risk")
        writer.object { risk.write(to: &$0) }
    }
}

extension SSVCAssessment {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("decision", decision.rawValue)
        writer.member("exploitation", points.exploitation.rawValue)
        writer.member("automatable", points.isAutomatable)
        writer.member("technical_impact", points.technicalImpact.rawValue)
        writer.member("mission", mission.rawValue)
        writer.member("assumed", assumed.map(\.rawValue))
    }
}

extension Risk {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("value", value)
        writer.member("severity_part", severityPart)
        writer.member("likelihood_part", likelihoodPart)
        writer.member("exploit_part", exploitPart)
        writer.member("exploited_part", exploitedPart)
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
