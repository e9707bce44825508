import Advisories

/// What all statements on one vulnerability under one name amount to for a version.
///
/// The standing statements of the lowest rank decide; the others only explain. Among those that decide, one "affected" is
/// enough, then one "undetermined", then one "fixed".
struct Decision {
    let status: VerdictStatus
    let reason: String
    /// Place of the repaired version among the name's versions; `nil` when none is known or needed.
    let fix: UInt32?
    /// The distribution's urgency word; `nil` when it gives none.
    let urgency: String?
    /// The rank that decided; `nil` when every statement is withdrawn.
    let rank: UInt8?
}

extension IndexReader {
    /// Decides from the statements on one vulnerability, which are in the index's order: standing before withdrawn, then by rank.
    func decide(
        _ statements: ArraySlice<Statement>, at place: VersionPlace?, in name: NameRecord
    ) throws(IndexError) -> Decision {
        guard let first = statements.first, !first.isWithdrawn else {
            return Decision(status: .notAffected, reason: VerdictReason.withdrawn, fix: nil, urgency: nil, rank: nil)
        }
        let deciding = statements.prefix { !$0.isWithdrawn && $0.rank == first.rank }
        var best: (statement: Statement, outcome: Outcome)?
        for statement in deciding {
            let outcome = try outcome(of: statement, at: place)
            if best.map({ Self.weight(outcome) > Self.weight($0.outcome) }) ?? true { best = (statement, outcome) }
        }
        guard let best else { throw .damaged(what: "an empty group of entries") }
        let isAffected = best.outcome.status == .affected
        var fix: UInt32?
        if isAffected, let place { fix = try self.fix(deciding, at: place, in: name) }
        let urgency = try urgency(of: deciding)
        return Decision(
            status: best.outcome.status,
            reason: isAffected
                ? Self.reason(best.outcome, state: best.statement.state, urgency: urgency, hasFix: fix != nil)
                : best.outcome.reason,
            fix: fix, urgency: urgency, rank: first.rank)
    }

    /// The greater weight wins within a rank.
    private static func weight(_ outcome: Outcome) -> Int {
        switch outcome {
        case .inRange: 6
        case .listed: 5
        case .allVersions: 4
        case .unparsableVersion, .unparsableBound, .noVersionRange, .publisherUndetermined: 3
        case .repaired: 2
        case .outside, .publisherNotAffected: 1
        case .withdrawn: 0
        }
    }

    private static func reason(_ outcome: Outcome, state: UInt8, urgency: String?, hasFix: Bool) -> String {
        if state == FixState.endOfLife.indexCode || urgency == "end-of-life" { return VerdictReason.endOfLife }
        if state == FixState.ignored.indexCode { return VerdictReason.noFixPlanned }
        if case .listed = outcome { return VerdictReason.listedVersion }
        return hasFix ? outcome.reason : VerdictReason.noFixYet
    }

    /// The first word given.
    private func urgency(of statements: ArraySlice<Statement>) throws(IndexError) -> String? {
        for statement in statements where try !textBytes(.text, statement.urgency).isEmpty {
            return try text(statement.urgency)
        }
        return nil
    }

    /// The lowest repaired version above the installed one at which no deciding statement says "affected" any more; when each is
    /// affected by some statement, the lowest.
    private func fix(
        _ statements: ArraySlice<Statement>, at place: VersionPlace, in name: NameRecord
    ) throws(IndexError) -> UInt32? {
        var candidates: Set<UInt32> = []
        for statement in statements
        where try outcome(of: statement, at: place).status == .affected && statement.isEvaluable {
            for index in try ruleSet(statement.ruleset).intervals {
                let interval = try interval(index)
                if interval.kind == .fixed && !place.isAtOrAbove(interval.upper) { candidates.insert(interval.upper) }
            }
        }
        let sorted = candidates.sorted()
        if sorted.count == 1 && statements.count == 1 { return sorted[0] }
        for candidate in sorted {
            let there = try self.place(of: candidate, in: name)
            var isClear = true
            for statement in statements where try outcome(of: statement, at: there).status == .affected {
                isClear = false
            }
            if isClear { return candidate }
        }
        return sorted.first
    }
}
