import Advisories

/// Puts statements and their evaluation into words.
struct EvidenceWriter {
    let reader: IndexReader
    let name: NameRecord
    let place: VersionPlace?
    let version: String
    let scope: String
    let result: Hearing.Result
    let exemption: String?
    /// Snapshot dates by feed.
    let snapshots: [String: Int64]

    /// Most intervals and most listed versions written out for one statement.
    private static let wordLimit = 12

    /// Evidence for all statements on a vulnerability: deciding ones first, then those overruled, then those that do not speak of the
    /// package, withdrawn ones last.
    func evidence(for heard: [Hearing.Heard]) throws(IndexError) -> [Evidence] {
        let sorted = heard.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
        let winner = sorted.first.map(\.element.statement)
        var evidence: [Evidence] = []
        for (_, one) in sorted { evidence.append(try self.evidence(for: one, winner: winner)) }
        return evidence
    }

    private func place(_ heard: Hearing.Heard) -> Int {
        if heard.statement.isWithdrawn { return 3 }
        if !heard.isHeard { return 2 }
        return isDeciding(heard) ? 0 : 1
    }

    /// The highest repaired version at or below the installed one, among the statements that decided.
    func repairPassed(_ heard: [Hearing.Heard]) throws(IndexError) -> String? {
        guard result.code == .fixedVersion, let place else { return nil }
        var highest: UInt32?
        for one in heard where isDeciding(one) && one.statement.isEvaluable {
            for interval in one.deciding.intervals where interval.isRepaired(at: place) {
                highest = max(highest ?? 0, interval.upper)
            }
        }
        guard let highest else { return nil }
        return try reader.versionText(highest, in: name)
    }

    /// The rule by which the deciding statements come before the others.
    var precedence: String? {
        guard let rank = result.rank else { return nil }
        switch rank {
        case StatementRank.tracker: return "the distribution's own per-vulnerability data comes before everything else"
        case StatementRank.perVulnerability:
            return "the distribution's per-CVE records come before changelogs and advisories"
        case StatementRank.changelog: return "a repair that the package's changelog names comes before advisories"
        case StatementRank.numberingAuthority:
            return "the CVE list's own ranges count where nobody else speaks of the product"
        default: return "all advisories of the scope count alike; one that says affected is enough"
        }
    }

    // MARK: - One statement

    private func evidence(for heard: Hearing.Heard, winner: Statement?) throws(IndexError) -> Evidence {
        let statement = heard.statement
        let advisory = try reader.record(.advisories, statement.advisory)
        let outcome = heard.deciding.outcome(at: place)
        let isLike = outcome.code.status == result.code.status
        let decided = isDeciding(heard) && isLike && exemption == nil
        let feed = try reader.text(advisory.uint32(4))
        return Evidence(
            advisory: try reader.text(advisory.uint32(0)), feed: feed, snapshot: snapshots[feed],
            range: try rangeText(of: heard), comparisons: try comparisons(for: heard), outcome: outcome.code.status,
            decided: decided, note: try note(on: heard, outcome: outcome, decided: decided, winner: winner))
    }

    private func isDeciding(_ heard: Hearing.Heard) -> Bool {
        heard.isHeard && heard.statement.rank == result.rank
    }

    private func note(
        on heard: Hearing.Heard, outcome: DecidingStatement.Outcome, decided: Bool, winner: Statement?
    ) throws(IndexError) -> String? {
        let statement = heard.statement
        if statement.isWithdrawn { return "withdrawn or rejected; it never decides" }
        if let exemption { return "not applied: the package \(Question.exemptionText(exemption))" }
        if case .silent(let code) = heard.standing { return try silence(code, statement) }
        if !isDeciding(heard) {
            guard let winner else { return nil }
            let rival = try reader.record(.advisories, winner.advisory)
            return
                "overruled by \(try reader.text(rival.uint32(4))): \(try reader.text(rival.uint32(0))), which has precedence in \(scope)"
        }
        if !decided { return "another statement of the same standing says \(result.code.status.rawValue)" }
        if heard.standing == .maySpeak {
            return "asks for \(try conditionText(statement)), which nobody could check"
        }
        switch outcome.code {
        case .unparsableBound: return "a bound of the range does not parse"
        case .unparsableVersion: return "the version \(version) does not parse"
        case .noVersionRange: return "the advisory gives no range or version that can be evaluated"
        default:
            return try reader.textBytes(.text, statement.urgency).isEmpty
                ? nil : "urgency: \(try reader.text(statement.urgency))"
        }
    }

    /// Why a statement does not speak of the package.
    private func silence(_ code: ReasonCode, _ statement: Statement) throws(IndexError) -> String {
        if statement.condition == IndexFormat.none {
            if code == .otherBuild {
                return statement.isApart
                    ? "speaks of builds apart from the distribution's own" : "speaks of the distribution's own builds"
            }
            return statement.isModular
                ? "speaks of packages of a module with the repair's leading version"
                : "speaks of packages of no module"
        }
        return "speaks only of \(try conditionText(statement)) (\(code.word))"
    }

    private func conditionText(_ statement: Statement) throws(IndexError) -> String {
        let condition = try reader.condition(statement.condition)
        var parts: [String] = []
        if let stream = condition.moduleStream { parts.append("the module stream \(stream)") }
        if !condition.architectures.isEmpty { parts.append(condition.architectures.joined(separator: ", ")) }
        if let criteria = condition.criteria { parts.append(criteria) }
        for operand in condition.platforms.prefix(Self.wordLimit) {
            let words = operand.prefix(Self.wordLimit).map { match in
                match.criteria + (match.range.map { " in " + Self.describe($0) } ?? "")
            }
            parts.append("one of \(words.joined(separator: ", "))")
        }
        return parts.joined(separator: " beside ")
    }

    private static func describe(_ range: AffectedRange) -> String {
        let words = range.events.map { event in
            switch event {
            case .introduced(let version): "introduced \(version)"
            case .introducedAfter(let version): "introduced after \(version)"
            case .fixed(let version): "fixed \(version)"
            case .lastAffected(let version): "last affected \(version)"
            case .limit(let version): "limit \(version)"
            }
        }
        return "[\(words.joined(separator: ", "))]"
    }

    // MARK: - Ranges

    private func rangeText(of heard: Hearing.Heard) throws(IndexError) -> String {
        guard heard.statement.isEvaluable else { return Self.word(for: heard.statement.state) }
        var words: [String] = []
        for interval in heard.deciding.intervals.prefix(Self.wordLimit) { words.append(try describe(interval)) }
        let more = heard.deciding.intervals.count - Self.wordLimit
        if more > 0 { words.append("\(more) more ranges") }
        if !heard.deciding.listed.isEmpty { words.append(try describe(listed: heard.deciding.listed)) }
        return words.isEmpty ? "no version" : words.joined(separator: " or ")
    }

    private static func word(for state: FixState) -> String {
        switch state {
        case .notAffected: "never affected"
        case .unfixed, .endOfLife, .ignored: "all versions"
        case .undetermined, .unspecified, .fixed: "no range given"
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

    private func describe(listed: [UInt32]) throws(IndexError) -> String {
        var words: [String] = []
        for ordinal in listed.prefix(Self.wordLimit) { words.append(try reader.versionText(ordinal, in: name)) }
        let more = listed.count > Self.wordLimit ? " and \(listed.count - Self.wordLimit) more" : ""
        return "versions \(words.joined(separator: ", "))\(more)"
    }

    // MARK: - Comparisons

    private func comparisons(for heard: Hearing.Heard) throws(IndexError) -> [String] {
        guard let place, heard.statement.isEvaluable else { return [] }
        var lines: [String] = []
        for interval in heard.deciding.intervals.prefix(Self.wordLimit) where interval.kind != .unreadable {
            if interval.lower != IndexFormat.none {
                lines.append(try compare(place, with: interval.lower))
                guard interval.isBelow(place) else { continue }
            }
            if interval.upper != IndexFormat.none { lines.append(try compare(place, with: interval.upper)) }
        }
        if heard.deciding.lists(place) { lines.append(try compare(place, with: place.below)) }
        return lines
    }

    private func compare(_ place: VersionPlace, with ordinal: UInt32) throws(IndexError) -> String {
        "\(version) \(place.sign(ordinal)) \(try reader.versionText(ordinal, in: name))"
    }
}
