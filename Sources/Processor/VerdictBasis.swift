import Matching

/// What the catalogue's verdicts rest on, as the store keeps it: an index and the rules it was read by.
enum VerdictBasis {
    /// The text for an index under the present rules.
    static func text(indexDigest: String) -> String { "\(indexDigest) rules \(MatchingRules.version)" }

    /// The index of a stored text; `nil` when its verdicts were reached by other rules and have to be reached anew.
    static func indexDigest(of text: String) -> String? {
        let suffix = " rules \(MatchingRules.version)"
        return text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : nil
    }
}
