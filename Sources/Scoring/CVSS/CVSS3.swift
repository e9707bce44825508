/// The metrics of CVSS 3.0 and 3.1.
///
/// - Source: table 15 and section 7.4 of <https://www.first.org/cvss/v3.1/specification-document>; 3.0 has the same.
enum CVSS3Metric: String, CVSSMetric {
    case attackVector = "AV"
    case attackComplexity = "AC"
    case privilegesRequired = "PR"
    case userInteraction = "UI"
    case scope = "S"
    case confidentiality = "C"
    case integrity = "I"
    case availability = "A"
    case exploitCodeMaturity = "E"
    case remediationLevel = "RL"
    case reportConfidence = "RC"
    case confidentialityRequirement = "CR"
    case integrityRequirement = "IR"
    case availabilityRequirement = "AR"
    case modifiedAttackVector = "MAV"
    case modifiedAttackComplexity = "MAC"
    case modifiedPrivilegesRequired = "MPR"
    case modifiedUserInteraction = "MUI"
    case modifiedScope = "MS"
    case modifiedConfidentiality = "MC"
    case modifiedIntegrity = "MI"
    case modifiedAvailability = "MA"

    static let notDefined = "X"

    var group: CVSSMetricGroup {
        switch self {
        case .attackVector, .attackComplexity, .privilegesRequired, .userInteraction, .scope, .confidentiality,
            .integrity, .availability:
            .base
        case .exploitCodeMaturity, .remediationLevel, .reportConfidence: .threat
        default: .environmental
        }
    }

    var values: [String] {
        switch self {
        case .scope, .modifiedScope: ["C", "U"]
        default: weights.map(\.key)
        }
    }

    /// The number each value stands for in the equations; none for scope, which chooses between equations.
    ///
    /// Those of "privileges required" are for an unchanged scope.
    var weights: KeyValuePairs<String, Double> {
        switch self {
        case .attackVector, .modifiedAttackVector: ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]
        case .attackComplexity, .modifiedAttackComplexity: ["L": 0.77, "H": 0.44]
        case .privilegesRequired, .modifiedPrivilegesRequired: ["N": 0.85, "L": 0.62, "H": 0.27]
        case .userInteraction, .modifiedUserInteraction: ["N": 0.85, "R": 0.62]
        case .scope, .modifiedScope: [:]
        case .confidentiality, .integrity, .availability, .modifiedConfidentiality, .modifiedIntegrity,
            .modifiedAvailability:
            ["H": 0.56, "L": 0.22, "N": 0]
        case .exploitCodeMaturity: ["H": 1, "F": 0.97, "P": 0.94, "U": 0.91]
        case .remediationLevel: ["U": 1, "W": 0.97, "T": 0.96, "O": 0.95]
        case .reportConfidence: ["C": 1, "R": 0.96, "U": 0.92]
        case .confidentialityRequirement, .integrityRequirement, .availabilityRequirement: ["H": 1.5, "M": 1, "L": 0.5]
        }
    }
}

/// The equations of CVSS 3.0 and 3.1.
///
/// - Source: section 7 of <https://www.first.org/cvss/v3.1/specification-document> and section 8 of
///   <https://www.first.org/cvss/v3.0/specification-document>. They differ in the modified impact under a changed
///   scope and in how "Roundup" is defined.
struct CVSS3: Sendable {
    private let metrics: CVSSMetricValues<CVSS3Metric>
    private let version: CVSSVersion

    /// - Parameter version: `.v3_0` or `.v3_1`.
    init(_ metrics: CVSSMetricValues<CVSS3Metric>, version: CVSSVersion) {
        self.metrics = metrics
        self.version = version
    }

    var scores: CVSSScores {
        CVSSScores(
            base: base,
            threat: metrics.defines(.threat) ? temporal(base) : nil,
            environmental: metrics.defines(.environmental) ? environmental : nil)
    }

    private var base: Double {
        let impactSubScore =
            1 - (1 - weight(.confidentiality)) * (1 - weight(.integrity)) * (1 - weight(.availability))
        let scopeChanged = metrics[.scope] == "C"
        let impact =
            scopeChanged
            ? 7.52 * (impactSubScore - 0.029) - 3.25 * power(impactSubScore - 0.02, 15) : 6.42 * impactSubScore
        let exploitability =
            8.22 * weight(.attackVector) * weight(.attackComplexity)
            * privileges(metrics[.privilegesRequired], scopeChanged: scopeChanged) * weight(.userInteraction)
        return combine(impact: impact, exploitability: exploitability, scopeChanged: scopeChanged)
    }

    private func temporal(_ score: Double) -> Double {
        roundUp(score * weight(.exploitCodeMaturity) * weight(.remediationLevel) * weight(.reportConfidence))
    }

    private var environmental: Double {
        let scopeChanged = (metrics[.modifiedScope] ?? metrics[.scope]) == "C"
        let exploitability =
            8.22 * weight(.modifiedAttackVector, orOf: .attackVector)
            * weight(.modifiedAttackComplexity, orOf: .attackComplexity)
            * privileges(
                metrics[.modifiedPrivilegesRequired] ?? metrics[.privilegesRequired], scopeChanged: scopeChanged)
            * weight(.modifiedUserInteraction, orOf: .userInteraction)
        let impact = modifiedImpact(scopeChanged: scopeChanged)
        return temporal(combine(impact: impact, exploitability: exploitability, scopeChanged: scopeChanged))
    }

    private func modifiedImpact(scopeChanged: Bool) -> Double {
        let untouched =
            (1 - weight(.confidentialityRequirement) * weight(.modifiedConfidentiality, orOf: .confidentiality))
            * (1 - weight(.integrityRequirement) * weight(.modifiedIntegrity, orOf: .integrity))
            * (1 - weight(.availabilityRequirement) * weight(.modifiedAvailability, orOf: .availability))
        let impactSubScore = min(1 - untouched, 0.915)
        guard scopeChanged else { return 6.42 * impactSubScore }
        let correction =
            version == .v3_0 ? power(impactSubScore - 0.02, 15) : power(impactSubScore * 0.9731 - 0.02, 13)
        return 7.52 * (impactSubScore - 0.029) - 3.25 * correction
    }

    private func combine(impact: Double, exploitability: Double, scopeChanged: Bool) -> Double {
        guard impact > 0 else { return 0 }
        return roundUp(min((scopeChanged ? 1.08 : 1) * (impact + exploitability), 10))
    }

    /// The weight of the value given, 1 (which changes nothing) when the metric is not defined.
    private func weight(_ metric: CVSS3Metric) -> Double {
        guard let value = metrics[metric] else { return 1 }
        return metric.weights.first { $0.key == value }?.value ?? 1
    }

    /// A modified metric stands for its base metric unless it is defined.
    private func weight(_ modified: CVSS3Metric, orOf base: CVSS3Metric) -> Double {
        weight(metrics[modified] == nil ? base : modified)
    }

    /// Privileges count for less when the scope changes.
    private func privileges(_ value: String?, scopeChanged: Bool) -> Double {
        switch value {
        case "L": scopeChanged ? 0.68 : 0.62
        case "H": scopeChanged ? 0.5 : 0.27
        default: 0.85
        }
    }

    /// The smallest number with one decimal that is equal to or higher than the input.
    ///
    /// 3.1 fixes the algorithm (appendix A), after floating point had made calculators differ: to 5 decimals first. 3.0
    /// has only the definition, so there the allowance is just above the error of the arithmetic (about 1e-14).
    private func roundUp(_ value: Double) -> Double {
        guard version == .v3_1 else { return (value * 10 - 1e-9).rounded(.up) / 10 }
        let scaled = (value * 100_000).rounded()
        return (scaled / 10_000).rounded(.up) / 10
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
