/// The rules by which verdicts are reached, apart from the index.
public enum MatchingRules {
    /// Counts up whenever a change of code makes the same package and the same index give another verdict: stored verdicts of another
    /// version are matched again at the next start.
    ///
    /// 1: as first stored. 2: tools built from the kernel's source are spared (``VerdictReason/kernelTools``).
    /// 3: conditions (modules, architectures, products) decide who speaks, and a verdict has a confidence.
    /// 4: builds apart speak of their own kind, a source's epoch is the one that its advisories write, and builds by others are left out.
    public static let version = 4
}
