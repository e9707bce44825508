/// The metrics of CVSS 2.0.
///
/// - Source: section 2.4 and table 13 of <https://www.first.org/cvss/v2/guide>
enum CVSS2Metric: String, CVSSMetric {
    case accessVector = "AV"
    case accessComplexity = "AC"
    case authentication = "Au"
    case confidentiality = "C"
    case integrity = "I"
    case availability = "A"
    case exploitability = "E"
    case remediationLevel = "RL"
    case reportConfidence = "RC"
    case collateralDamagePotential = "CDP"
    case targetDistribution = "TD"
    case confidentialityRequirement = "CR"
    case integrityRequirement = "IR"
    case availabilityRequirement = "AR"

    static let notDefined = "ND"

    var group: CVSSMetricGroup {
        switch self {
        case .accessVector, .accessComplexity, .authentication, .confidentiality, .integrity, .availability: .base
        case .exploitability, .remediationLevel, .reportConfidence: .threat
        default: .environmental
        }
    }

    var values: [String] {
        weights.map(\.key)
    }

    /// The number each value stands for in the equations.
    var weights: KeyValuePairs<String, Double> {
        switch self {
        case .accessVector: ["N": 1, "A": 0.646, "L": 0.395]
        case .accessComplexity: ["L": 0.71, "M": 0.61, "H": 0.35]
        case .authentication: ["N": 0.704, "S": 0.56, "M": 0.45]
        case .confidentiality, .integrity, .availability: ["C": 0.66, "P": 0.275, "N": 0]
        case .exploitability: ["H": 1, "F": 0.95, "POC": 0.9, "U": 0.85]
        case .remediationLevel: ["U": 1, "W": 0.95, "TF": 0.9, "OF": 0.87]
        case .reportConfidence: ["C": 1, "UR": 0.95, "UC": 0.9]
        case .collateralDamagePotential: ["H": 0.5, "MH": 0.4, "LM": 0.3, "L": 0.1, "N": 0]
        case .targetDistribution: ["H": 1, "M": 0.75, "L": 0.25, "N": 0]
        case .confidentialityRequirement, .integrityRequirement, .availabilityRequirement:
            ["H": 1.51, "M": 1, "L": 0.5]
        }
    }

    /// The weight of "not defined": the one that leaves the equations as they are without the metric.
    var neutralWeight: Double {
        self == .collateralDamagePotential ? 0 : 1
    }
}

/// The equations of CVSS 2.0.
///
/// - Source: section 3.2 of <https://www.first.org/cvss/v2/guide>
struct CVSS2: Sendable {
    private let metrics: CVSSMetricValues<CVSS2Metric>

    init(_ metrics: CVSSMetricValues<CVSS2Metric>) {
        self.metrics = metrics
    }

    var scores: CVSSScores {
        CVSSScores(
            base: bounded(base(impact: impact)),
            threat: metrics.defines(.threat) ? bounded(temporal(base: base(impact: impact))) : nil,
            environmental: metrics.defines(.environmental) ? bounded(environmental) : nil)
    }

    private var impact: Double {
        10.41 * (1 - (1 - weight(.confidentiality)) * (1 - weight(.integrity)) * (1 - weight(.availability)))
    }

    private var adjustedImpact: Double {
        let untouched =
            (1 - weight(.confidentiality) * weight(.confidentialityRequirement))
            * (1 - weight(.integrity) * weight(.integrityRequirement))
            * (1 - weight(.availability) * weight(.availabilityRequirement))
        return min(10, 10.41 * (1 - untouched))
    }

    private func base(impact: Double) -> Double {
        // An impact is 0 exactly when all three impact metrics are "none": 1 - 1 * 1 * 1.
        guard impact != 0 else { return 0 }
        let exploitability = 20 * weight(.accessVector) * weight(.accessComplexity) * weight(.authentication)
        return rounded((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176)
    }

    private func temporal(base: Double) -> Double {
        rounded(base * weight(.exploitability) * weight(.remediationLevel) * weight(.reportConfidence))
    }

    private var environmental: Double {
        let adjusted = temporal(base: base(impact: adjustedImpact))
        return rounded((adjusted + (10 - adjusted) * weight(.collateralDamagePotential)) * weight(.targetDistribution))
    }

    private func weight(_ metric: CVSS2Metric) -> Double {
        guard let value = metrics[metric] else { return metric.neutralWeight }
        return metric.weights.first { $0.key == value }?.value ?? metric.neutralWeight
    }

    /// "round_to_1_decimal", halves away from zero.
    ///
    /// The weights are decimal fractions, so a half may arrive as 4.949999999999999 in binary. The nudge is far above
    /// that error (about 1e-14) and far below the distance of a value that is not a half.
    private func rounded(_ value: Double) -> Double {
        let nudge = value < 0 ? -1e-9 : 1e-9
        return (value * 10 + nudge).rounded(.toNearestOrAwayFromZero) / 10
    }

    /// Low security requirements can pull the base equation a little below 0; a score ends there.
    private func bounded(_ score: Double) -> Double {
        min(10, max(0, score))
    }
}
