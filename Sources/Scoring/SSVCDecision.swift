/// What to do about a vulnerability, by CISA's decision tree for Stakeholder-Specific Vulnerability Categorization.
///
/// The tree weighs three decision points about the vulnerability (``SSVCDecisionPoints``) and one about the organisation,
/// ``MissionImpact``. Of the 36 combinations each has one published outcome:
///
///     exploitation        none              poc               active
///     automatable        no      yes       no      yes       no      yes
///     technical impact  p   t   p   t     p   t   p   t     p   t   p   t      partial, total
///     mission low       T   T   T   T     T   T   T   T     T   T   A   A
///     mission medium    T   T   T   T     T   T*  T   T*    T   A   A   !
///     mission high      T   T*  A   A     T*  A   A   A     A   !   !   !
///
/// T is ``track``, T* ``trackClosely``, A ``attend`` and ! ``act``.
///
/// - Source: CISA, "SSVC Guide" (2022), <https://www.cisa.gov/ssvc>; the same table as data is `cisa_coordinator_2_0_3.csv` in
///   <https://github.com/CERTCC/SSVC>.
public enum SSVCDecision: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// No action now: repair within standard update timelines.
    case track
    /// As ``track``, and watch it closely for changes; "Track*".
    case trackClosely = "track*"
    /// Have supervisors look at it: repair sooner than standard update timelines.
    case attend
    /// Have leadership look at it: repair as soon as possible.
    case act

    /// How much of the organisation's mission, and of the public's well-being, depends on the vulnerable thing. It is the
    /// organisation's to say; ``medium`` stands in where it has not.
    public enum MissionImpact: String, Sendable, Hashable, Codable, CaseIterable {
        /// It supports nothing essential, and nobody comes to more than minor harm.
        case low
        /// It supports what is essential without being so itself, or harm is material.
        case medium
        /// It is essential itself, or harm is irreversible.
        case high
    }

    /// Decides.
    public init(_ points: SSVCDecisionPoints, mission: MissionImpact = .medium) {
        let row: [Self] =
            switch (points.exploitation, points.isAutomatable, points.technicalImpact) {
            case (.none, false, .partial): [.track, .track, .track]
            case (.none, false, .total): [.track, .track, .trackClosely]
            case (.none, true, _): [.track, .track, .attend]
            case (.poc, false, .partial): [.track, .track, .trackClosely]
            case (.poc, false, .total): [.track, .trackClosely, .attend]
            case (.poc, true, .partial): [.track, .track, .attend]
            case (.poc, true, .total): [.track, .trackClosely, .attend]
            case (.active, false, .partial): [.track, .track, .attend]
            case (.active, false, .total): [.track, .attend, .act]
            case (.active, true, .partial): [.attend, .attend, .act]
            case (.active, true, .total): [.attend, .act, .act]
            }
        switch mission {
        case .low: self = row[0]
        case .medium: self = row[1]
        case .high: self = row[2]
        }
    }

    /// Whether `lhs` is less urgent.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rank < rhs.rank
    }

    private var rank: Int {
        switch self {
        case .track: 0
        case .trackClosely: 1
        case .attend: 2
        case .act: 3
        }
    }
}
