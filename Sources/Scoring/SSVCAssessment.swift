/// An SSVC decision with the points it rests on, and which of these are assumed.
public struct SSVCAssessment: Sendable, Hashable, Codable {
    /// A decision point that nobody stated.
    public enum Point: String, Sendable, Hashable, Codable, CaseIterable {
        case exploitation, automatable
        case technicalImpact = "technical_impact"
        case mission
    }

    /// What to do.
    public let decision: SSVCDecision
    /// The points the decision rests on.
    public let points: SSVCDecisionPoints
    /// What the organisation says of itself, or `medium`.
    public let mission: SSVCDecision.MissionImpact
    /// The points that were assumed, in the order of ``Point``; empty when all were stated.
    public let assumed: [Point]

    /// Decides from what is known.
    ///
    /// - Exploitation is CISA's word, unless something newer or closer says more: an entry in KEV is `active`, public exploit code at
    ///   least `poc`. When CISA states nothing and neither is known, `none` is assumed.
    /// - Where CISA states nothing, automatable and technical impact follow from the base metrics of the CVSS vector, and are marked as
    ///   assumed. Automatable means network, low complexity, no privileges and no interaction; a 4.0 vector that states `AU` or
    ///   an `AT` other than none is taken at its word. Total impact means that confidentiality and integrity are both lost
    ///   completely. Without a vector: not automatable, partial.
    /// - Mission is the organisation's; `medium` is assumed.
    ///
    /// - Parameters:
    ///   - stated: CISA's points, `nil` when it states none.
    ///   - exploitation: The entry in KEV, `nil` when there is none.
    ///   - exploits: Public exploit code, `nil` when none is known.
    ///   - vector: The CVSS vector, `nil` when there is none.
    ///   - mission: The organisation's word, `nil` when it has not said.
    public init(
        stated: SSVCDecisionPoints?, exploitation: KnownExploitation? = nil, exploits: PublicExploits? = nil,
        vector: CVSSVector? = nil, mission: SSVCDecision.MissionImpact? = nil
    ) {
        var assumed: [Point] = []
        var points =
            stated
            ?? SSVCDecisionPoints(
                exploitation: .none, isAutomatable: vector?.suggestsAutomation ?? false,
                technicalImpact: vector?.suggestsTotalImpact == true ? .total : .partial)
        if exploitation != nil {
            points.exploitation = .active
        } else if exploits?.isEmpty == false, points.exploitation == .none {
            points.exploitation = .poc
        } else if stated == nil {
            assumed.append(.exploitation)
        }
        if stated == nil { assumed += [.automatable, .technicalImpact] }
        if mission == nil { assumed.append(.mission) }
        self.points = points
        self.mission = mission ?? .medium
        self.assumed = assumed
        decision = SSVCDecision(points, mission: self.mission)
    }
}

extension CVSSVector {
    /// The values of the vector's metrics by their abbreviations.
    private var elements: [Substring: Substring] {
        var elements: [Substring: Substring] = [:]
        for element in vector.split(separator: "/") {
            let parts = element.split(separator: ":")
            if parts.count == 2 { elements[parts[0]] = parts[1] }
        }
        return elements
    }

    /// Whether the vector describes what a worm could do without help.
    fileprivate var suggestsAutomation: Bool {
        let elements = elements
        if let stated = elements["AU"], version == .v4_0, stated != "X" { return stated == "Y" }
        let isOpen = elements["AV"] == "N" && elements["AC"] == "L"
        return switch version {
        case .v2: isOpen && elements["Au"] == "N"
        case .v3_0, .v3_1: isOpen && elements["PR"] == "N" && elements["UI"] == "N"
        case .v4_0: isOpen && elements["AT"] == "N" && elements["PR"] == "N" && elements["UI"] == "N"
        }
    }

    /// Whether the vector describes total control of the component.
    fileprivate var suggestsTotalImpact: Bool {
        let elements = elements
        return switch version {
        case .v2: elements["C"] == "C" && elements["I"] == "C"
        case .v3_0, .v3_1: elements["C"] == "H" && elements["I"] == "H"
        case .v4_0: elements["VC"] == "H" && elements["VI"] == "H"
        }
    }
}
