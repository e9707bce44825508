import Advisories
import PackageIdentity

extension AdvisoryIndex {
    /// Why a package is, or is not, reported for a vulnerability.
    ///
    /// - Parameters:
    ///   - package: Any package URL.
    ///   - id: A CVE, any alias, or an advisory's id. Of an advisory that speaks of several vulnerabilities, the first that it
    ///     states for this package is explained.
    ///   - context: What is known of the package besides; `nil` for what the package URL itself tells.
    /// - Returns: An explanation in every case; what cannot be answered is `undetermined` and says why.
    public func explain(
        _ package: PackageURL, vulnerability id: String, context: MatchContext? = nil
    ) -> Explanation {
        guard let coordinates = package.advisoryCoordinates else {
            return Question(package: package, coordinates: nil, vulnerability: id, indexDigest: digest)
                .answer(
                    .undetermined,
                    package.foreignBuild == nil ? VerdictReason.noCoordinates : VerdictReason.foreignBuild)
        }
        let answer = explain(at: coordinates, purl: package, vulnerability: id, context: context)
        // As in `verdicts(for:)`: the source is asked where nothing under the package's own name speaks of it.
        guard answer.reason == VerdictReason.noAdvisory, let source = package.sourceCoordinates else { return answer }
        let other = explain(at: source, purl: package, vulnerability: id, context: context)
        return other.reason == VerdictReason.noAdvisory ? answer : other
    }

    /// Why a package is, or is not, reported for a vulnerability.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself, for rules that need its own name besides its source's; `nil` when only the source is known. The
    ///     explanation's package URL is then empty.
    ///   - id: As in ``explain(_:vulnerability:context:)``.
    ///   - context: What is known of the package besides; `nil` for what the package URL itself tells.
    public func explain(
        at coordinates: AdvisoryCoordinates, purl: PackageURL?, vulnerability id: String, context: MatchContext? = nil
    ) -> Explanation {
        let context = context ?? purl.map { MatchContext(package: $0) } ?? MatchContext()
        let question = Question(package: purl, coordinates: coordinates, vulnerability: id, indexDigest: digest)
        do throws(IndexError) {
            return try explain(question, at: coordinates, context: context)
        } catch {
            return question.answer(.undetermined, VerdictReason.damagedIndex)
        }
    }

    private func explain(
        _ question: Question, at coordinates: AdvisoryCoordinates, context: MatchContext
    ) throws(IndexError) -> Explanation {
        let numbers = try reader.vulnerabilities(named: question.vulnerability)
        guard let first = numbers.first else {
            return question.answer(.undetermined, VerdictReason.unknownVulnerability)
        }
        var question = question
        question.vulnerability = try reader.vulnerabilityID(first)
        guard let name = try reader.find(scope: coordinates.scope, name: coordinates.name) else {
            let isCovered = try reader.hasScope(coordinates.scope)
            return isCovered
                ? question.answer(.notAffected, VerdictReason.noAdvisory)
                : question.answer(.undetermined, VerdictReason.scopeNotCovered)
        }
        let restated = try SourceEpoch.restated(coordinates.version, of: name, in: reader, context: context)
        let coordinates = AdvisoryCoordinates(
            scope: coordinates.scope, name: coordinates.name, version: restated ?? coordinates.version)
        question.coordinates = coordinates
        for number in numbers {
            let statements = try reader.statements(of: name, on: number)
            guard !statements.isEmpty else { continue }
            question.vulnerability = try reader.vulnerabilityID(number)
            return try explain(question, statements, at: coordinates, in: name, context: context)
        }
        return question.answer(.notAffected, VerdictReason.noAdvisory)
    }

    private func explain(
        _ question: Question, _ statements: [Statement], at coordinates: AdvisoryCoordinates, in name: NameRecord,
        context: MatchContext
    ) throws(IndexError) -> Explanation {
        let place = try place(of: coordinates.version, in: name)
        let hearing = Hearing(reader: reader, name: name, context: context, version: coordinates.version)
        let heard = try hearing.hear(statements)
        var result = try hearing.decide(heard, at: place)
        let exemption = context.package.flatMap {
            KernelPackages.exemption(of: $0, source: reader.bytes(name.nameBytes))?.word
        }
        let writer = EvidenceWriter(
            reader: reader, name: name, place: place, version: coordinates.version, scope: coordinates.scope,
            result: result, exemption: exemption, snapshots: snapshots)
        let evidence = try writer.evidence(for: heard)
        if let exemption { return question.answer(.notAffected, exemption, evidence: evidence) }
        if result.code.isAffected,
            try coordinates.version.withBytes({ KernelPackages.isResting(context, version: $0) })
        {
            result.code = .kernelNotRunning
        }
        let hasFix = result.fix != IndexFormat.none
        let elsewhere =
            result.code.isAffected && !hasFix
            ? fixesElsewhere(at: coordinates, vulnerability: question.vulnerability, context: context) : []
        return question.answer(
            result.code.status, result.code.word, fix: hasFix ? try reader.versionText(result.fix, in: name) : nil,
            elsewhere: elsewhere, repair: try writer.repairPassed(heard), urgency: try urgency(of: heard, result),
            confidence: result.confidence, precedence: writer.precedence, evidence: evidence)
    }

    /// The first word that a deciding statement gives.
    private func urgency(of heard: [Hearing.Heard], _ result: Hearing.Result) throws(IndexError) -> String? {
        for one in heard where one.isHeard && one.statement.rank == result.rank {
            let word = try reader.text(one.statement.urgency)
            if !word.isEmpty { return word }
        }
        return nil
    }

    /// Snapshot dates by feed.
    private var snapshots: [String: Int64] {
        var dates: [String: Int64] = [:]
        for feed in feeds { dates[feed.id.rawValue] = feed.snapshotDate }
        return dates
    }
}
