import Inventory
import Matching

/// What is to be shown of one package and one vulnerability: the feeds' explanation, and the user's own statement.
public struct ExplainedPackage: Sendable {
    /// What the feeds say.
    public let explanation: Explanation
    /// What the user's VEX says; `nil` when nothing.
    public let vex: AppliedVEX?

    /// Explains a vulnerability for a package; for what is judged by the products it may be, once for each of them.
    public static func explain(
        _ subject: ReportedPackage, vulnerability id: String, index: AdvisoryIndex, policy: MatchPolicy
    ) -> [ExplainedPackage] {
        let vex = index.vulnerability(id).flatMap { policy.vex.statement(on: $0, of: subject) }
        var explanations: [Explanation] = []
        if index.asksProducts(for: subject.package) {
            explanations = index.explain(
                products: policy.products(subject), package: subject.package, vulnerability: id)
        }
        if explanations.isEmpty {
            let context = policy.context(of: subject.package)
            explanations = [index.explain(subject.package, vulnerability: id, context: context)]
        }
        return explanations.map { ExplainedPackage(explanation: $0, vex: vex) }
    }

    /// Whether anybody speaks of the pair.
    public var isSpokenOf: Bool { !explanation.evidence.isEmpty || vex != nil }

    /// Explanations as lines for a terminal: those that rest on anything in full, of the others how many have which reason.
    public static func text(_ explained: [ExplainedPackage]) -> String {
        // What few packages are asked about is told in full in any case.
        let isShort = explained.count <= fewPackages
        let (whole, counted) = (
            explained.filter { isShort || $0.isSpokenOf }, explained.filter { !(isShort || $0.isSpokenOf) }
        )
        var texts = whole.map { $0.text() }
        var groups: [String: [Explanation]] = [:]
        for item in counted { groups[item.explanation.reason, default: []].append(item.explanation) }
        let lines = groups.values.sorted { ($1.count, $0[0].reason) < ($0.count, $1[0].reason) }.map(Self.line)
        if !lines.isEmpty { texts.append(lines.joined()) }
        return texts.joined(separator: "\n")
    }

    /// So many packages are explained in full although nobody speaks of them.
    private static let fewPackages = 3
    /// So many names stand in a line.
    private static let namesShown = 5

    /// One line on packages that share a reason for which nobody speaks of them.
    private static func line(_ group: [Explanation]) -> String {
        let names = Set(group.map { $0.coordinates?.name ?? $0.purl }).sorted()
        let rest = names.count > namesShown ? " and \(names.count - namesShown) more" : ""
        let shown = names.prefix(namesShown).joined(separator: ", ") + rest
        let count = group.count == 1 ? "1 package" : "\(group.count) packages"
        let words = "\(Remedy.words(group[0].status.rawValue)) (\(Remedy.words(group[0].reason)))"
        return TerminalText.harmless("\(count) \(words): \(shown)") + "\n"
    }

    /// The explanation as lines for a terminal; a VEX statement first, since it wins.
    public func text() -> String {
        guard let vex else { return explanation.text() }
        return "\(Remedy.words(vex.status.rawValue)): your \(vex.sentence); without it the feeds say:\n\n"
            .replacing("VEX \(Remedy.words(vex.status.rawValue))", with: "VEX") + explanation.text()
    }

    /// Writes explanations as a JSON array.
    public static func writeJSON(_ explained: [ExplainedPackage], to output: ByteOutput) {
        var writer = JSONWriter(to: output)
        writer.array { writer in
            for item in explained {
                writer.lineBreak()
                writer.object { writer in
                    item.explanation.writeMembers(to: &writer)
                    if let vex = item.vex {
                        writer.key("vex")
                        vex.write(to: &writer)
                    }
                }
            }
            writer.lineBreak()
        }
        writer.finish()
    }
}

extension Explanation {
    /// Writes the members of an explanation.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.member("purl", purl)
        writer.key("coordinates")
        writer.orNull(coordinates) { writer, coordinates in
            writer.member("scope", coordinates.scope)
            writer.member("name", coordinates.name)
            writer.member("version", coordinates.version)
        }
        writer.member("vulnerability", vulnerability)
        writer.member("status", status.rawValue)
        writer.member("reason", reason)
        writer.member("confidence", confidence.rawValue)
        writer.member("fixed", orNull: fixedVersion)
        if let fixesElsewhere {
            writer.key("fixed_elsewhere")
            writer.array { writer in
                for fix in fixesElsewhere {
                    writer.object { writer in
                        writer.member("scope", fix.scope)
                        writer.member("version", fix.version)
                        if !fix.architectures.isEmpty { writer.member("architectures", fix.architectures) }
                    }
                }
            }
        }
        writer.member("precedence", orNull: precedence)
        writer.member("sentence", sentence)
        writer.key("evidence")
        writer.array { writer in
            for item in evidence { writer.object { item.writeMembers(to: &$0) } }
        }
        writer.member("index", indexDigest)
    }
}

extension Evidence {
    /// Writes the members of a piece of evidence.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.member("advisory", advisory)
        writer.member("feed", feed)
        writer.member("snapshot", orNull: snapshot.map(ReportContext.text(ofTime:)))
        writer.member("range", range)
        writer.member("comparisons", comparisons)
        writer.member("outcome", outcome.rawValue)
        writer.member("decided", decided)
        writer.member("note", orNull: note)
    }
}
