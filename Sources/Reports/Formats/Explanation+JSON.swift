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
        writer.member("range", range)
        writer.member("comparisons", comparisons)
        writer.member("outcome", outcome.rawValue)
        writer.member("decided", decided)
        writer.member("note", orNull: note)
    }
}
