/// Compares versions as the ecosystem's tool does.
extension VersionOrdering {
    /// Compares two versions.
    ///
    /// By keys, except where the tool's own comparison is no total order and a key therefore cannot follow it: `alpm` leaves
    /// out the release when one of the two has none, so `1-1` = `1` = `1-2` here, while the key of `1` comes before both.
    ///
    /// - Returns: -1 when `a` is older, 0 when they are equal, 1 when `a` is newer.
    /// - Throws: As ``key(_:reading:)`` does, for `a` first.
    public func compare(
        _ a: some StringProtocol, _ b: some StringProtocol, reading: VersionReading = .strict
    ) throws(VersionError) -> Int {
        let (left, right) = (try key(a, reading: reading), try key(b, reading: reading))
        if left == right { return 0 }
        if self == .alpm, a.contains("-") != b.contains("-") {
            return ArchVersion.compareWithoutRelease(left.bytes, right.bytes)
        }
        return left < right ? -1 : 1
    }
}
