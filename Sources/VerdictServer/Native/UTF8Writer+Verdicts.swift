import Matching
import Scoring

extension UTF8Writer {
    /// Writes a verdict straight out of the index, without making a string of anything in it; what is missing is left out.
    func verdict(_ verdict: CompactVerdict, of index: AdvisoryIndex) throws(IndexError) {
        raw("{\"vulnerability\":")
        try index.withVulnerabilityID(number: verdict.vulnerability) { string($0) }
        raw(",\"status\":")
        string(verdict.status.rawValue)
        raw(",\"reason\":")
        string(verdict.reason)
        try index.withFixedVersion(of: verdict) { version in
            guard let version else { return }
            raw(",\"fixed_version\":")
            string(version)
        }
        try index.withUrgency(of: verdict) { urgency in
            guard !urgency.isEmpty else { return }
            raw(",\"urgency\":")
            string(urgency)
        }
        if verdict.confidence != .exact {
            raw(",\"confidence\":")
            string(verdict.confidence.rawValue)
        }
        raw(",\"advisories\":[")
        var isFirst = true
        try index.forEachAdvisoryID(of: verdict) { id in
            separator(&isFirst)
            string(id)
        }
        raw("]}")
    }

    /// Writes what is known of a vulnerability; what is `nil` is left out.
    func vulnerability(_ record: VulnerabilityRecord) {
        raw("{\"id\":")
        string(record.id)
        raw(",\"aliases\":")
        strings(record.aliases)
        raw(",\"summary\":")
        string(record.summary)
        raw(",\"details\":")
        string(record.details)
        scores(record)
        risk(record.risk)
        if let published = record.published {
            raw(",\"published\":")
            integer(published)
        }
        if let modified = record.modified {
            raw(",\"modified\":")
            integer(modified)
        }
        raw(",\"references\":")
        strings(record.references)
        raw(",\"advisories\":")
        strings(record.advisories)
        raw("}")
    }

    private func scores(_ record: VulnerabilityRecord) {
        raw(",\"severity\":")
        string(record.severity.rawValue)
        if let score = record.cvssScore {
            raw(",\"cvss_score\":")
            number(score)
        }
        if let vector = record.cvssVector {
            raw(",\"cvss_vector\":")
            string(vector)
        }
        if let source = record.severitySource {
            raw(",\"severity_source\":")
            string(source)
        }
        if let epss = record.epss {
            raw(",\"epss\":{\"probability\":")
            number(epss.probability)
            raw(",\"percentile\":")
            number(epss.percentile)
            raw("}")
        }
        if let kev = record.kev { exploitation(kev) }
        if let exploits = record.exploits { self.exploits(exploits) }
        ssvc(record.ssvcAssessment)
    }

    private func exploits(_ exploits: PublicExploits) {
        raw(",\"exploits\":{\"exploit_database\":[")
        var isFirst = true
        for number in exploits.exploitDatabase {
            separator(&isFirst)
            integer(Int64(number))
        }
        raw(exploits.isVerified ? "],\"is_verified\":true,\"metasploit\":" : "],\"is_verified\":false,\"metasploit\":")
        strings(exploits.metasploit)
        raw("}")
    }

    private func ssvc(_ assessment: SSVCAssessment) {
        raw(",\"ssvc\":{\"decision\":")
        string(assessment.decision.rawValue)
        raw(",\"exploitation\":")
        string(assessment.points.exploitation.rawValue)
        raw(assessment.points.isAutomatable ? ",\"automatable\":true" : ",\"automatable\":false")
        raw(",\"technical_impact\":")
        string(assessment.points.technicalImpact.rawValue)
        raw(",\"mission\":")
        string(assessment.mission.rawValue)
        raw(",\"assumed\":")
        strings(assessment.assumed.map(\.rawValue))
        raw("}")
    }

    private func exploitation(_ kev: KnownExploitation) {
        raw(",\"kev\":{\"date_added\":")
        string(kev.dateAdded)
        if let due = kev.dueDate {
            raw(",\"due_date\":")
            string(due)
        }
        raw(kev.ransomware ? ",\"ransomware\":true}" : ",\"ransomware\":false}")
    }

    private func risk(_ risk: Risk) {
        raw(",\"risk\":{\"value\":")
        number(risk.value)
        raw(",\"severity_part\":")
        number(risk.severityPart)
        raw(",\"likelihood_part\":")
        number(risk.likelihoodPart)
        raw(",\"exploit_part\":")
        number(risk.exploitPart)
        raw(",\"exploited_part\":")
        number(risk.exploitedPart)
        raw("}")
    }
}
