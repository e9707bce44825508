/// A version as sortable bytes.
///
/// Compared byte by byte (unsigned, a prefix before what it begins), the keys of one ``VersionOrdering`` are in that
/// ecosystem's order, and versions that the ecosystem holds equal have the same key. Keys of different orderings have no
/// order between them. Under 64 bytes for ordinary versions; longer for long ones, never longer than nine bytes for each
/// byte of the version and 16 more.
public struct VersionKey: Sendable, Hashable, Comparable {
    /// The bytes that are compared; safe to store, as a layout changes only with the index format that holds it.
    public let bytes: [UInt8]

    /// Takes bytes that a key was made of before, as from an index file.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Orders by bytes.
    public static func < (lhs: VersionKey, rhs: VersionKey) -> Bool {
        lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
    }
}
