import Advisories
import PackageIdentity

extension AdvisoryIndex {
    /// Why a package is, or is not, reported for a vulnerability.
    ///
    /// - Parameters:
    ///   - package: Any package URL.
    ///   - id: A CVE, any alias, or an advisory's id. Of an advisory that speaks of several vulnerabilities, the first that it
    ///     states for this package is explained.
    /// - Returns: An explanation in every case; what cannot be answered is `undetermined` and says why.
    public func explain(_ package: PackageURL, vulnerability id: String) -> Explanation {
        guard let coordinates = package.advisoryCoordinates else {
            return Question(package: package, coordinates: nil, vulnerability: id, indexDigest: digest)
                .answer(.undetermined, VerdictReason.noCoordinates)
        }
        return explain(at: coordinates, purl: package, vulnerability: id)
    }

    /// Why a package is, or is not, reported for a vulnerability.
    ///
    /// - Parameters:
    ///   - coordinates: Where advisories about it are looked up.
    ///   - purl: The package itself, for rules that need its own name besides its source's; `nil` when only the source is known. The
    ///     explanation's package URL is then empty.
    ///   - id: As in ``explain(_:vulnerability:)``.
    public func explain(
        at coordinates: AdvisoryCoordinates, purl: PackageURL?, vulnerability id: String
    ) -> Explanation {
        let question = Question(package: purl, coordinates: coordinates, vulnerability: id, indexDigest: digest)
        do throws(IndexError) {
            return try explain(question, at: coordinates)
        } catch {
            return question.answer(.undetermined, VerdictReason.damagedIndex)
        }
    }

    private func explain(_ question: Question, at coordinates: AdvisoryCoordinates) throws(IndexError) -> Explanation {
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
        for number in numbers {
            let statements = try reader.statements(of: name, on: number)
            guard !statements.isEmpty else { continue }
            question.vulnerability = try reader.vulnerabilityID(number)
            return try explain(question, statements, at: coordinates, in: name)
        }
        return question.answer(.notAffected, VerdictReason.noAdvisory)
    }

    private func explain(
        _ question: Question, _ statements: [Statement], at coordinates: AdvisoryCoordinates, in name: NameRecord
    ) throws(IndexError) -> Explanation {
        let place = try place(of: coordinates.version, in: name)
        let decision = try reader.decide(statements[...], at: place, in: name)
        let exemption = question.package.flatMap { KernelPackages.exemption(of: $0, source: coordinates.name) }
        let writer = EvidenceWriter(
            reader: reader, name: name, place: place, version: coordinates.version, scope: coordinates.scope,
            decision: decision, exemption: exemption)
        let evidence = try writer.evidence(for: statements)
        if let exemption { return question.answer(.notAffected, exemption, evidence: evidence) }
        return question.answer(
            decision.status, decision.reason, fix: try fixedVersion(of: decision, in: name),
            repair: try writer.repairPassed(statements), urgency: decision.urgency, evidence: evidence)
    }
}
