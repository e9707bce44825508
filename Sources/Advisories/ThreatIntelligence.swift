import Scoring

/// What is known about the exploitation of vulnerabilities, by CVE id.
public struct ThreatIntelligence: Sendable {
    /// How likely exploitation is within 30 days, by CVE id in capitals.
    public var epss: [String: EPSSScore]
    /// Exploitation that was observed, by CVE id in capitals.
    public var kev: [String: KnownExploitation]

    /// Makes a collection from its parts.
    public init(epss: [String: EPSSScore] = [:], kev: [String: KnownExploitation] = [:]) {
        self.epss = epss
        self.kev = kev
    }
}
