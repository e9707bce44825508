import Matching

/// What is to be shown of one package and one vulnerability: the feeds' explanation, and the user's own statement.
public struct ExplainedPackage: Sendable {
    /// What the feeds say.
    public let explanation: Explanation
    /// What the user's VEX says; `nil` when nothing.
    public let vex: AppliedVEX?

    /// Explains a vulnerability for a package.
    public init(_ subject: ReportedPackage, vulnerability id: String, index: AdvisoryIndex, vex: VEXOverlay) {
        explanation = index.explain(subject.package, vulnerability: id)
        let record = index.vulnerability(id)
        self.vex = record.flatMap { vex.statement(on: $0, of: subject) }
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
        writer.member("fixed", orNull: fixedVersion)
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
