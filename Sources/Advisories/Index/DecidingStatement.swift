/// One statement as far as it decides, whether it comes out of a builder or out of a file.
package struct DecidingStatement: Sendable {
    /// What the publisher says of a repair.
    package var state: FixState
    /// Whether the advisory was withdrawn or rejected.
    package var isWithdrawn: Bool
    /// Whether the advisory gave ranges or versions that can be evaluated.
    package var isEvaluable: Bool
    /// Whether the publisher's urgency word is Debian's `end-of-life`.
    package var isEndOfLife: Bool
    /// Whether the advisory only informs of a state of the package.
    package var isInformational: Bool
    /// Affected stretches, unreadable ones included.
    package var intervals: [AffectedInterval]
    /// Places of versions named one by one, ascending.
    package var listed: [UInt32]

    /// Makes a statement from its parts.
    package init(
        state: FixState, isWithdrawn: Bool, isEvaluable: Bool, isEndOfLife: Bool, isInformational: Bool,
        intervals: [AffectedInterval], listed: [UInt32]
    ) {
        self.state = state
        self.isWithdrawn = isWithdrawn
        self.isEvaluable = isEvaluable
        self.isEndOfLife = isEndOfLife
        self.isInformational = isInformational
        self.intervals = intervals
        self.listed = listed
    }

    /// What the statement alone says.
    package enum Outcome: Sendable {
        /// Affected: in a range.
        case inRange
        /// Affected: named one by one.
        case listed
        /// Affected: the publisher says so of all versions.
        case allVersions
        /// Anything else; the code says what.
        case other(ReasonCode)

        /// Whether it means "affected".
        package var isAffected: Bool {
            if case .other = self { return false }
            return true
        }

        /// The reason this statement alone gives, before it is known whether there is a repair.
        package var code: ReasonCode {
            switch self {
            case .inRange: .inRange
            case .listed: .listedVersion
            case .allVersions: .noFixYet
            case .other(let code): code
            }
        }

        /// The greater weight wins within a rank.
        package var weight: Int {
            switch self {
            case .inRange: return 6
            case .listed: return 5
            case .allVersions: return 4
            case .other(let code):
                if code.isUndetermined { return 3 }
                return code == .fixedVersion ? 2 : code == .withdrawn ? 0 : 1
            }
        }
    }

    /// Evaluates the statement.
    ///
    /// - Parameter place: Where the package's version stands; `nil` when it does not parse.
    package func outcome(at place: VersionPlace?) -> Outcome {
        if isWithdrawn { return .other(.withdrawn) }
        if isInformational { return .other(.informational) }
        switch state {
        case .notAffected: return .other(.publisherNotAffected)
        case .undetermined: return .other(.publisherUndetermined)
        case .unspecified, .unfixed, .fixed, .endOfLife, .ignored: break
        }
        guard let place else { return .other(.unparsableVersion) }
        guard isEvaluable else {
            let isOpen = state == .unfixed || state == .endOfLife || state == .ignored
            return isOpen ? .allVersions : .other(.noVersionRange)
        }
        return evaluate(at: place)
    }

    private func evaluate(at place: VersionPlace) -> Outcome {
        var isRepaired = false
        var isUnreadable = false
        for interval in intervals {
            if interval.contains(place) { return .inRange }
            isRepaired = isRepaired || interval.isRepaired(at: place)
            isUnreadable = isUnreadable || interval.kind == .unreadable
        }
        if lists(place) { return .listed }
        if isUnreadable { return .other(.unparsableBound) }
        return .other(isRepaired ? .fixedVersion : .outOfRange)
    }

    /// Whether the version is named one by one.
    package func lists(_ place: VersionPlace) -> Bool {
        guard place.below < place.above else { return false }
        var low = 0
        var high = listed.count
        while low < high {
            let middle = (low + high) / 2
            if listed[middle] < place.below { low = middle + 1 } else { high = middle }
        }
        return low < listed.count && place.isEqual(listed[low])
    }
}

/// What all statements on one vulnerability under one name come to for a version.
package struct StatementDecision: Hashable, Sendable {
    /// The answer and its reason.
    package var code: ReasonCode
    /// Place of the repaired version among the name's; `IndexFormat.none` when none is known or needed.
    package var fix: UInt32

    /// Decides among standing statements of one rank: one "affected" is enough, then one "undetermined", then one "fixed".
    ///
    /// - Parameters:
    ///   - statements: Those that decide, in the index's order; without any the answer is "withdrawn".
    ///   - place: Where the package's version stands; `nil` when it does not parse.
    ///   - placeOf: Where a known version stands.
    package init<Failure: Error>(
        _ statements: [DecidingStatement], at place: VersionPlace?,
        placeOf: (UInt32) throws(Failure) -> VersionPlace
    ) throws(Failure) {
        var best: (statement: Int, outcome: DecidingStatement.Outcome)?
        for (index, statement) in statements.enumerated() {
            let outcome = statement.outcome(at: place)
            if best.map({ outcome.weight > $0.outcome.weight }) ?? true { best = (index, outcome) }
        }
        guard let best else {
            self.init(code: .withdrawn, fix: IndexFormat.none)
            return
        }
        guard best.outcome.isAffected, let place else {
            self.init(code: best.outcome.code, fix: IndexFormat.none)
            return
        }
        let fix = try Self.fix(statements, at: place, placeOf: placeOf)
        let isEndOfLife = statements.first { $0.isEndOfLife } != nil || statements[best.statement].state == .endOfLife
        let code: ReasonCode =
            if isEndOfLife { .endOfLife } else if statements[best.statement].state == .ignored {
                .noFixPlanned
            } else if case .listed = best.outcome { .listedVersion } else { fix == nil ? .noFixYet : best.outcome.code }
        self.init(code: code, fix: fix ?? IndexFormat.none)
    }

    private init(code: ReasonCode, fix: UInt32) {
        self.code = code
        self.fix = fix
    }

    /// The lowest repaired version above the installed one at which no deciding statement says "affected" any more; when each is
    /// affected by some statement, the lowest.
    private static func fix<Failure: Error>(
        _ statements: [DecidingStatement], at place: VersionPlace,
        placeOf: (UInt32) throws(Failure) -> VersionPlace
    ) throws(Failure) -> UInt32? {
        var candidates: [UInt32] = []
        for statement in statements where statement.isEvaluable && statement.outcome(at: place).isAffected {
            for interval in statement.intervals where interval.kind == .fixed && !place.isAtOrAbove(interval.upper) {
                candidates.append(interval.upper)
            }
        }
        if candidates.count < 2 && statements.count == 1 { return candidates.first }
        candidates.sort()
        for candidate in candidates {
            let there = try placeOf(candidate)
            if !statements.contains(where: { $0.outcome(at: there).isAffected }) { return candidate }
        }
        return candidates.first
    }
}
