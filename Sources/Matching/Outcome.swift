import Advisories

/// What one statement alone says of a version.
enum Outcome {
    /// Affected: in a range.
    case inRange
    /// Affected: named one by one.
    case listed
    /// Affected: the publisher says so of all versions.
    case allVersions
    /// At or above a repair.
    case repaired
    /// In no affected range, and not because of a repair.
    case outside
    /// The publisher says the package was never affected.
    case publisherNotAffected
    /// The publisher has not decided.
    case publisherUndetermined
    /// The package's version does not parse.
    case unparsableVersion
    /// A bound of the advisory does not parse.
    case unparsableBound
    /// There is no range to evaluate.
    case noVersionRange
    /// The advisory was withdrawn.
    case withdrawn

    /// The answer this outcome amounts to.
    var status: VerdictStatus {
        switch self {
        case .inRange, .listed, .allVersions: .affected
        case .repaired: .fixed
        case .outside, .publisherNotAffected, .withdrawn: .notAffected
        case .publisherUndetermined, .unparsableVersion, .unparsableBound, .noVersionRange: .undetermined
        }
    }

    /// The machine word.
    var reason: String {
        switch self {
        case .inRange: VerdictReason.inRange
        case .listed: VerdictReason.listedVersion
        case .allVersions: VerdictReason.noFixYet
        case .repaired: VerdictReason.fixedVersion
        case .outside: VerdictReason.outOfRange
        case .publisherNotAffected: VerdictReason.publisherNotAffected
        case .publisherUndetermined: VerdictReason.publisherUndetermined
        case .unparsableVersion: VerdictReason.unparsableVersion
        case .unparsableBound: VerdictReason.unparsableBound
        case .noVersionRange: VerdictReason.noVersionRange
        case .withdrawn: VerdictReason.withdrawn
        }
    }
}

extension IndexReader {
    /// Evaluates a statement.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - place: Where the package's version stands; `nil` when it does not parse.
    func outcome(of statement: Statement, at place: VersionPlace?) throws(IndexError) -> Outcome {
        if statement.isWithdrawn { return .withdrawn }
        guard let state = FixState(indexCode: statement.state) else { throw .damaged(what: "an entry's state") }
        switch state {
        case .notAffected: return .publisherNotAffected
        case .undetermined: return .publisherUndetermined
        case .unspecified, .unfixed, .fixed, .endOfLife, .ignored: break
        }
        guard let place else { return .unparsableVersion }
        guard statement.isEvaluable else {
            return [.unfixed, .endOfLife, .ignored].contains(state) ? .allVersions : .noVersionRange
        }
        return try outcome(of: try ruleSet(statement.ruleset), at: place)
    }

    private func outcome(of rules: RuleSet, at place: VersionPlace) throws(IndexError) -> Outcome {
        var isRepaired = false
        var isUnreadable = false
        for index in rules.intervals {
            let interval = try interval(index)
            if interval.contains(place) { return .inRange }
            isRepaired = isRepaired || interval.isRepaired(at: place)
            isUnreadable = isUnreadable || interval.kind == .unreadable
        }
        if try lists(rules, place) { return .listed }
        if isUnreadable { return .unparsableBound }
        return isRepaired ? .repaired : .outside
    }
}
