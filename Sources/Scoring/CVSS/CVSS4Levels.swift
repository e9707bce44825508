/// What a CVSS 4.0 vector amounts to for scoring: one level for each metric that scores, 0 the most severe.
///
/// Modified metrics have replaced their base metrics, and what is not defined stands at its worst case, as section 2.2
/// of the specification says: `E:A`, `CR:H`, `IR:H`, `AR:H`.
///
/// - Source: sections 2.2, 8.2 and 8.3 of <https://www.first.org/cvss/v4.0/specification-document>
struct CVSS4Levels: Sendable {
    /// Network 0, Adjacent 1, Local 2, Physical 3.
    let attackVector: Int
    /// Low 0, High 1.
    let attackComplexity: Int
    /// None 0, Present 1.
    let attackRequirements: Int
    /// None 0, Low 1, High 2.
    let privilegesRequired: Int
    /// None 0, Passive 1, Active 2.
    let userInteraction: Int
    /// Confidentiality, integrity, availability of the vulnerable system: High 0, Low 1, None 2.
    let vulnerable: [Int]
    /// The same of subsequent systems: Safety 0, High 1, Low 2, None 3. Only modified integrity and availability know
    /// Safety, hence the shift.
    let subsequent: [Int]
    /// Attacked 0, Proof of concept 1, Unreported 2.
    let exploitMaturity: Int
    /// Confidentiality, integrity and availability requirements: High 0, Medium 1, Low 2.
    let requirements: [Int]

    init(_ metrics: CVSSMetricValues<CVSS4Metric>) {
        /// The place of the value among the metric's values; 0, the worst, when it is not defined.
        func level(_ metric: CVSS4Metric) -> Int {
            metrics[metric].flatMap(metric.values.firstIndex) ?? 0
        }
        func level(_ modified: CVSS4Metric, orOf base: CVSS4Metric) -> Int {
            level(metrics[modified] == nil ? base : modified)
        }
        /// As above on the scale of four that starts with Safety.
        func subsequentLevel(_ modified: CVSS4Metric, orOf base: CVSS4Metric) -> Int {
            let chosen = metrics[modified] == nil ? base : modified
            return level(chosen) + (chosen.values.first == "S" ? 0 : 1)
        }
        attackVector = level(.modifiedAttackVector, orOf: .attackVector)
        attackComplexity = level(.modifiedAttackComplexity, orOf: .attackComplexity)
        attackRequirements = level(.modifiedAttackRequirements, orOf: .attackRequirements)
        privilegesRequired = level(.modifiedPrivilegesRequired, orOf: .privilegesRequired)
        userInteraction = level(.modifiedUserInteraction, orOf: .userInteraction)
        vulnerable = [
            level(.modifiedVulnerableConfidentiality, orOf: .vulnerableConfidentiality),
            level(.modifiedVulnerableIntegrity, orOf: .vulnerableIntegrity),
            level(.modifiedVulnerableAvailability, orOf: .vulnerableAvailability),
        ]
        subsequent = [
            subsequentLevel(.modifiedSubsequentConfidentiality, orOf: .subsequentConfidentiality),
            subsequentLevel(.modifiedSubsequentIntegrity, orOf: .subsequentIntegrity),
            subsequentLevel(.modifiedSubsequentAvailability, orOf: .subsequentAvailability),
        ]
        exploitMaturity = level(.exploitMaturity)
        requirements = [
            level(.confidentialityRequirement), level(.integrityRequirement), level(.availabilityRequirement),
        ]
    }

    /// Whether nothing is harmed, on the vulnerable system or beyond: the score is 0 then.
    var harmless: Bool {
        vulnerable.allSatisfy { $0 == 2 } && subsequent.allSatisfy { $0 == 3 }
    }
}
