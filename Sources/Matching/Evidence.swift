/// What one advisory says about one package version, and whether that counted.
public struct Evidence: Sendable, Hashable, Codable {
    /// The advisory's id.
    public let advisory: String
    /// The feed it was read from.
    public let feed: String
    /// The date of the feed's snapshot, Unix seconds; `nil` when unknown.
    public let snapshot: Int64?
    /// The affected versions as text, `[introduced 0, fixed 3.0.11-1~deb12u2)`; several ranges are joined by ` or `.
    public let range: String
    /// The comparisons made, `3.0.9-1 < 3.0.11-1~deb12u2`.
    public let comparisons: [String]
    /// What this advisory alone would answer.
    public let outcome: VerdictStatus
    /// Whether the answer rests on it.
    public let decided: Bool
    /// Why it did not decide, or what else is to be known; `nil` when there is nothing to add.
    public let note: String?

    /// Makes a piece of evidence from its parts.
    public init(
        advisory: String, feed: String, snapshot: Int64? = nil, range: String, comparisons: [String],
        outcome: VerdictStatus, decided: Bool,
        note: String? = nil
    ) {
        self.advisory = advisory
        self.feed = feed
        self.snapshot = snapshot
        self.range = range
        self.comparisons = comparisons
        self.outcome = outcome
        self.decided = decided
        self.note = note
    }
}
