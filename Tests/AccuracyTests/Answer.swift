import Matching
import PackageIdentity

/// What an index says of a pair.
struct Answer {
    let status: VerdictStatus
    let reason: String
    let fix: String?
    /// Whether the list of verdicts agrees with the explanation: one verdict for what is affected or undetermined, none else.
    let isConsistent: Bool

    init(_ pair: LabelledPair, by index: AdvisoryIndex) {
        let (explanation, verdicts) = Self.ask(pair, index)
        let found = verdicts.filter { $0.vulnerability == explanation.vulnerability }
        let isReported = explanation.status == .affected || explanation.status == .undetermined
        // What nobody speaks of is undetermined to who asks for it, and in no list.
        let isSilent = [
            VerdictReason.unknownVulnerability, VerdictReason.scopeNotCovered, VerdictReason.noCoordinates,
            VerdictReason.foreignBuild,
        ].contains(explanation.reason)
        status = explanation.status
        reason = explanation.reason
        fix = explanation.fixedVersion
        isConsistent =
            found.count == (isReported && !isSilent ? 1 : 0)
            && found.allSatisfy { $0.status == explanation.status && $0.fixedVersion == explanation.fixedVersion }
    }

    private static func ask(_ pair: LabelledPair, _ index: AdvisoryIndex) -> (Explanation, [Verdict]) {
        switch pair.subject {
        case .package(let package):
            return (index.explain(package, vulnerability: pair.vulnerability), index.verdicts(for: package))
        case .coordinates(let place):
            return ask(place, MatchContext(), pair, index)
        case .product(let cpe, let host):
            let place = AdvisoryCoordinates(
                scope: cpe.scope ?? "", name: cpe.productKey ?? "", version: cpe.version.text ?? "")
            return ask(place, MatchContext(cpe: cpe, hostProducts: host), pair, index)
        }
    }

    private static func ask(
        _ place: AdvisoryCoordinates, _ context: MatchContext, _ pair: LabelledPair, _ index: AdvisoryIndex
    ) -> (Explanation, [Verdict]) {
        (
            index.explain(at: place, purl: nil, vulnerability: pair.vulnerability, context: context),
            index.verdicts(at: place, purl: nil, context: context)
        )
    }
}
