/// The metrics of CVSS 4.0.
///
/// - Source: table 23 of <https://www.first.org/cvss/v4.0/specification-document>
enum CVSS4Metric: String, CVSSMetric {
    case attackVector = "AV"
    case attackComplexity = "AC"
    case attackRequirements = "AT"
    case privilegesRequired = "PR"
    case userInteraction = "UI"
    case vulnerableConfidentiality = "VC"
    case vulnerableIntegrity = "VI"
    case vulnerableAvailability = "VA"
    case subsequentConfidentiality = "SC"
    case subsequentIntegrity = "SI"
    case subsequentAvailability = "SA"
    case exploitMaturity = "E"
    case confidentialityRequirement = "CR"
    case integrityRequirement = "IR"
    case availabilityRequirement = "AR"
    case modifiedAttackVector = "MAV"
    case modifiedAttackComplexity = "MAC"
    case modifiedAttackRequirements = "MAT"
    case modifiedPrivilegesRequired = "MPR"
    case modifiedUserInteraction = "MUI"
    case modifiedVulnerableConfidentiality = "MVC"
    case modifiedVulnerableIntegrity = "MVI"
    case modifiedVulnerableAvailability = "MVA"
    case modifiedSubsequentConfidentiality = "MSC"
    case modifiedSubsequentIntegrity = "MSI"
    case modifiedSubsequentAvailability = "MSA"
    case safety = "S"
    case automatable = "AU"
    case recovery = "R"
    case valueDensity = "V"
    case responseEffort = "RE"
    case providerUrgency = "U"

    static let notDefined = "X"

    var group: CVSSMetricGroup {
        switch self {
        case .attackVector, .attackComplexity, .attackRequirements, .privilegesRequired, .userInteraction,
            .vulnerableConfidentiality, .vulnerableIntegrity, .vulnerableAvailability, .subsequentConfidentiality,
            .subsequentIntegrity, .subsequentAvailability:
            .base
        case .exploitMaturity: .threat
        case .safety, .automatable, .recovery, .valueDensity, .responseEffort, .providerUrgency: .supplemental
        default: .environmental
        }
    }

    var values: [String] {
        switch self {
        case .attackVector, .modifiedAttackVector: ["N", "A", "L", "P"]
        case .attackComplexity, .modifiedAttackComplexity: ["L", "H"]
        case .attackRequirements, .modifiedAttackRequirements: ["N", "P"]
        case .privilegesRequired, .modifiedPrivilegesRequired: ["N", "L", "H"]
        case .userInteraction, .modifiedUserInteraction: ["N", "P", "A"]
        case .vulnerableConfidentiality, .vulnerableIntegrity, .vulnerableAvailability, .subsequentConfidentiality,
            .subsequentIntegrity, .subsequentAvailability, .modifiedVulnerableConfidentiality,
            .modifiedVulnerableIntegrity, .modifiedVulnerableAvailability, .modifiedSubsequentConfidentiality:
            ["H", "L", "N"]
        case .modifiedSubsequentIntegrity, .modifiedSubsequentAvailability: ["S", "H", "L", "N"]
        case .exploitMaturity: ["A", "P", "U"]
        case .confidentialityRequirement, .integrityRequirement, .availabilityRequirement: ["H", "M", "L"]
        case .safety: ["N", "P"]
        case .automatable: ["N", "Y"]
        case .recovery: ["A", "U", "I"]
        case .valueDensity: ["D", "C"]
        case .responseEffort: ["L", "M", "H"]
        case .providerUrgency: ["Clear", "Green", "Amber", "Red"]
        }
    }
}
