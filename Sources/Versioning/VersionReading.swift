/// How much a version may stray from what its ecosystem's tool reads.
///
/// A version that is read strictly has the same key when read tolerantly.
public enum VersionReading: Sendable, Hashable, CaseIterable {
    /// What the tool takes, and no more.
    case strict
    /// Also what advisories and inventories write all the same: where SemVer is asked for, missing numbers (`1.89`, `0`),
    /// leading zeros (`2024.03.30`), further numbers and suffixes without dash. The README names each.
    case tolerant
}
