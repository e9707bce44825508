/// Where a version stands among a name's sorted versions: `below..<above` are the places of those equal to it.
///
/// One binary search over keys finds it; every further comparison with a version of an advisory is one of two integers.
package struct VersionPlace: Hashable, Sendable {
    /// How many known versions are lower.
    package let below: UInt32
    /// How many known versions are lower or equal.
    package let above: UInt32

    /// Makes a place from its counts; `below` is at most `above`.
    package init(below: UInt32, above: UInt32) {
        self.below = below
        self.above = above
    }

    /// Whether the version equals any that is known.
    @inline(__always)
    package var isKnown: Bool { below < above }

    /// Whether the version is at or above the one at a place.
    @inline(__always)
    package func isAtOrAbove(_ ordinal: UInt32) -> Bool { ordinal < above }

    /// Whether the version is above the one at a place.
    @inline(__always)
    package func isAbove(_ ordinal: UInt32) -> Bool { ordinal < below }

    /// Whether the version equals the one at a place.
    package func isEqual(_ ordinal: UInt32) -> Bool { ordinal >= below && ordinal < above }

    /// `<`, `=` or `>`, as seen from the version.
    package func sign(_ ordinal: UInt32) -> String {
        isAbove(ordinal) ? ">" : isEqual(ordinal) ? "=" : "<"
    }

    /// One number that grows with the version: between, at and above known versions it takes different values, so that a stretch of
    /// versions is a stretch of numbers.
    ///
    /// With no version above ordinal 2^31 it fits into 32 bits; a builder refuses more.
    @inline(__always)
    package var position: UInt32 { below &+ above }
}
