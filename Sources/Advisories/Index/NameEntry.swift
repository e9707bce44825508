/// One advisory's statement on one vulnerability under one name.
struct NameEntry: Sendable {
    let vulnerability: UInt32
    let advisory: UInt32
    /// The number of the rule set among the name's own.
    let ruleset: UInt32
    let urgency: UInt32
    /// The condition as a text number, and that text's place among all conditions; both 0 and "none" without one.
    let condition: UInt32
    let conditionPlace: UInt32
    let rank: UInt8
    let state: UInt8
    let flags: UInt8
    /// Whether a package of which nothing but the version is known is not spoken of: a module's statement, or a product's.
    let isConditional: Bool

    /// Whether the entry has to be asked of each package: it has a condition on more than the module. Modules need not be asked of a package of
    /// none, and for one of a module a reader asks every entry of the name.
    let needsHearing: Bool

    /// What an entry weighs in a decision, whoever made it: equal ones need to be heard once.
    struct Weight: Hashable {
        let ruleset: UInt32
        let urgency: UInt32
        let state: UInt8
        let flags: UInt8
    }

    /// See ``Weight``.
    var weight: Weight { Weight(ruleset: ruleset, urgency: urgency, state: state, flags: flags) }

    /// Orders by vulnerability; within one, standing before withdrawn, deciding before overruled.
    static func < (lhs: NameEntry, rhs: NameEntry) -> Bool {
        if lhs.vulnerability != rhs.vulnerability { return lhs.vulnerability < rhs.vulnerability }
        let left = (lhs.flags & EntryFlag.withdrawn, lhs.rank, lhs.advisory, lhs.state, lhs.ruleset)
        let right = (rhs.flags & EntryFlag.withdrawn, rhs.rank, rhs.advisory, rhs.state, rhs.ruleset)
        return left == right ? lhs.conditionPlace &+ 1 < rhs.conditionPlace &+ 1 : left < right
    }
}
