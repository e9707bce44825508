import Advisories

/// Puts statements and their evaluation into words.
struct EvidenceWriter {
    let reader: IndexReader
    let name: NameRecord
    let place: VersionPlace?
    let version: String
    let scope: String
    let decision: Decision
    let exemption: String?

    /// Most intervals and most listed versions written out for one statement.
    private static let wordLimit = 12

    /// Evidence for all statements on a vulnerability, in the index's order: deciding ones first, withdrawn ones last.
    func evidence(for statements: [Statement]) throws(IndexError) -> [Evidence] {
        var evidence: [Evidence] = []
        for statement in statements { evidence.append(try self.evidence(for: statement, winner: statements[0])) }
        return evidence
    }

    /// The highest repaired version at or below the installed one, among the statements that decided.
    func repairPassed(_ statements: [Statement]) throws(IndexError) -> String? {
        guard decision.status == .fixed, let place else { return nil }
        var highest: UInt32?
        for statement in statements where isDeciding(statement) && statement.isEvaluable {
            for index in try reader.ruleSet(statement.ruleset).intervals {
                let interval = try reader.interval(index)
                if interval.isRepaired(at: place) { highest = max(highest ?? 0, interval.upper) }
            }
        }
        guard let highest else { return nil }
        return try reader.versionText(highest, in: name)
    }

    // MARK: - One statement

    private func evidence(for statement: Statement, winner: Statement) throws(IndexError) -> Evidence {
        let advisory = try reader.record(.advisories, statement.advisory)
        let outcome = try reader.outcome(of: statement, at: place)
        let decided = isDeciding(statement) && outcome.status == decision.status && exemption == nil
        return Evidence(
            advisory: try reader.text(advisory.uint32(0)), feed: try reader.text(advisory.uint32(4)),
            range: try rangeText(of: statement), comparisons: try comparisons(for: statement), outcome: outcome.status,
            decided: decided, note: try note(on: statement, outcome: outcome, decided: decided, winner: winner))
    }

    private func isDeciding(_ statement: Statement) -> Bool {
        !statement.isWithdrawn && statement.rank == decision.rank
    }

    private func note(
        on statement: Statement, outcome: Outcome, decided: Bool, winner: Statement
    ) throws(IndexError) -> String? {
        if statement.isWithdrawn { return "withdrawn or rejected; it never decides" }
        if let exemption { return "not applied: the package \(Question.exemptionText(exemption))" }
        if !isDeciding(statement) {
            let rival = try reader.record(.advisories, winner.advisory)
            return
                "overruled by \(try reader.text(rival.uint32(4))): \(try reader.text(rival.uint32(0))), which has precedence in \(scope)"
        }
        if !decided { return "another statement of the same standing says \(decision.status.rawValue)" }
        switch outcome {
        case .unparsableBound: return "a bound of the range does not parse"
        case .unparsableVersion: return "the version \(version) does not parse"
        case .noVersionRange: return "the advisory gives no range or version that can be evaluated"
        default:
            return try reader.textBytes(.text, statement.urgency).isEmpty
                ? nil : "urgency: \(try reader.text(statement.urgency))"
        }
    }

    // MARK: - Ranges

    private func rangeText(of statement: Statement) throws(IndexError) -> String {
        guard statement.isEvaluable else { return Self.word(for: statement.state) }
        let rules = try reader.ruleSet(statement.ruleset)
        var words: [String] = []
        for index in rules.intervals.prefix(Self.wordLimit) { words.append(try describe(try reader.interval(index))) }
        if rules.intervals.count > Self.wordLimit {
            words.append("\(rules.intervals.count - Self.wordLimit) more ranges")
        }
        if !rules.listed.isEmpty { words.append(try describeListed(rules.listed)) }
        return words.isEmpty ? "no version" : words.joined(separator: " or ")
    }

    private static func word(for state: UInt8) -> String {
        switch FixState(indexCode: state) {
        case .notAffected: "never affected"
        case .unfixed, .endOfLife, .ignored: "all versions"
        case .undetermined, .unspecified, .fixed, nil: "no range given"
        }
    }

    private func describe(_ interval: AffectedInterval) throws(IndexError) -> String {
        if interval.kind == .unreadable { return try reader.text(interval.lower) }
        let lower = interval.lower == IndexFormat.none ? "0" : try reader.versionText(interval.lower, in: name)
        let opening = interval.isLowerExclusive ? "(introduced after" : "[introduced"
        switch interval.kind {
        case .fixed: return "\(opening) \(lower), fixed \(try reader.versionText(interval.upper, in: name)))"
        case .lastAffected:
            return "\(opening) \(lower), last affected \(try reader.versionText(interval.upper, in: name))]"
        case .limit: return "\(opening) \(lower), limit \(try reader.versionText(interval.upper, in: name)))"
        case .open, .unreadable: return "\(opening) \(lower), no fix)"
        }
    }

    private func describeListed(_ listed: Range<UInt32>) throws(IndexError) -> String {
        var words: [String] = []
        for index in listed.prefix(Self.wordLimit) {
            words.append(try reader.versionText(try reader.record(.listed, index).uint32(0), in: name))
        }
        let more = listed.count > Self.wordLimit ? " and \(listed.count - Self.wordLimit) more" : ""
        return "versions \(words.joined(separator: ", "))\(more)"
    }

    // MARK: - Comparisons

    private func comparisons(for statement: Statement) throws(IndexError) -> [String] {
        guard let place, statement.isEvaluable else { return [] }
        let rules = try reader.ruleSet(statement.ruleset)
        var lines: [String] = []
        for index in rules.intervals.prefix(Self.wordLimit) {
            let interval = try reader.interval(index)
            guard interval.kind != .unreadable else { continue }
            if interval.lower != IndexFormat.none {
                lines.append(try compare(place, with: interval.lower))
                guard interval.isBelow(place) else { continue }
            }
            if interval.upper != IndexFormat.none { lines.append(try compare(place, with: interval.upper)) }
        }
        if try reader.lists(rules, place) { lines.append(try compare(place, with: place.below)) }
        return lines
    }

    private func compare(_ place: VersionPlace, with ordinal: UInt32) throws(IndexError) -> String {
        "\(version) \(place.sign(ordinal)) \(try reader.versionText(ordinal, in: name))"
    }
}
