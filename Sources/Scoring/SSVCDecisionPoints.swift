/// What CISA states of a vulnerability for Stakeholder-Specific Vulnerability Categorization (SSVC).
///
/// - Source: <https://www.cisa.gov/stakeholder-specific-vulnerability-categorization-ssvc>; values as in the `cisa` container of CVE JSON 5
///   records (<https://github.com/cisagov/vulnrichment>).
public struct SSVCDecisionPoints: Sendable, Hashable, Codable {
    /// What is known of exploitation.
    public enum Exploitation: String, Sendable, Hashable, Codable, CaseIterable {
        /// Neither attacks nor public exploit code are known.
        case none
        /// A proof of concept is public.
        case poc
        /// Attacks were observed.
        case active
    }

    /// What an attacker gains of the component.
    public enum TechnicalImpact: String, Sendable, Hashable, Codable, CaseIterable {
        /// Limited control or information.
        case partial
        /// Total control, or all of its information.
        case total
    }

    /// What is known of exploitation.
    public var exploitation: Exploitation
    /// Whether reconnaissance, weaponisation, delivery and exploitation can be automated.
    public var isAutomatable: Bool
    /// What an attacker gains.
    public var technicalImpact: TechnicalImpact

    /// Makes the points from their values.
    public init(exploitation: Exploitation, isAutomatable: Bool, technicalImpact: TechnicalImpact) {
        self.exploitation = exploitation
        self.isAutomatable = isAutomatable
        self.technicalImpact = technicalImpact
    }
}
