import PackageIdentity

/// A sorted set of canonical package URLs and its digest.
///
/// The text of a package URL is a package's identity here and on the wire. Two inventories with equal packages are equal
/// and have equal digests, however they came about.
public struct Inventory: Sendable, Equatable {
    /// The packages, strictly ascending by the bytes of their canonical text.
    public let packages: [PackageURL]

    /// SHA-256 of ``encoded()``.
    public let digest: InventoryDigest

    /// Makes an inventory of packages in any order; repeated ones count once.
    ///
    /// - Parameter packages: May be empty. Cost: O(n log n) comparisons of package texts.
    public init(_ packages: some Sequence<PackageURL>) {
        self.packages = Self.canonical(packages)
        digest = InventoryDigest(hashing: PackageLines.encode(self.packages))
    }

    /// Packages in ascending order without repetition.
    static func canonical(_ packages: some Sequence<PackageURL>) -> [PackageURL] {
        let all = Array(packages)
        // What arrives over the wire is mostly in order already.
        let isStrictlyAscending = zip(all, all.dropFirst()).allSatisfy { $0 < $1 }
        if isStrictlyAscending { return all }
        var unique: [PackageURL] = []
        unique.reserveCapacity(all.count)
        for package in all.sorted() where package != unique.last { unique.append(package) }
        return unique
    }

    /// The text form: one canonical package URL a line, each ended by `\n`, ascending. Empty for no packages.
    public func encoded() -> [UInt8] {
        PackageLines.encode(packages)
    }

    /// Two inventories are equal when their digests are, since the digest covers everything.
    public static func == (lhs: Inventory, rhs: Inventory) -> Bool {
        lhs.digest == rhs.digest
    }
}

extension Inventory {
    /// Reads the text form.
    ///
    /// Lines may come in any order and repeat, and a package URL need not be canonical: the result is canonicalised, and
    /// the digest is that of the canonical form. The last line may lack its `\n`.
    ///
    /// - Parameters:
    ///   - lines: UTF-8 text, one package URL a line of at most ``maximumLineLength`` bytes.
    ///   - limit: Most lines, inclusive, repeated ones included.
    /// - Throws: ``InventoryError/malformedLine(line:reason:)`` for an empty line or a bad package URL,
    ///   ``InventoryError/tooManyPackages(limit:)``.
    public init(lines: [UInt8], limit: Int) throws(InventoryError) {
        (self, _) = try Self.read(lines, limit: limit)
    }

    /// The same, and whether the text is ``encoded()`` byte by byte, as agents send it: then nothing is written anew to be hashed.
    ///
    /// - Parameter known: What others that were read before had in common with this one.
    public static func read(
        _ lines: [UInt8], limit: Int, known: KnownPackages? = nil
    ) throws(InventoryError) -> (inventory: Inventory, isEncoded: Bool) {
        var places = known?.take() ?? KnownPackages.Places()
        defer { known?.give(places) }
        var packages: [PackageURL] = []
        var isEncoded = lines.isEmpty || lines.last == PackageLines.newline
        var reader = PackageLines.Reader(lines)
        while let line = try reader.next() {
            guard packages.count < limit else { throw .tooManyPackages(limit: limit) }
            let package: PackageURL
            if let found = places.find(line) {
                package = found
            } else {
                package = try PackageLines.package(line)
                let isText = PackageLines.isText(line, of: package)
                if isText { places.keep(package, line) }
                isEncoded = isEncoded && isText
            }
            if isEncoded { isEncoded = packages.last.map { $0 < package } != false }
            packages.append(package)
        }
        guard isEncoded else { return (Inventory(packages), false) }
        return (Inventory(ascending: packages, digest: InventoryDigest(hashing: lines)), true)
    }

    /// - Parameter digest: That of the packages' text form.
    private init(ascending packages: [PackageURL], digest: InventoryDigest) {
        self.packages = packages
        self.digest = digest
    }

    /// Longest line, in bytes without its `\n`, that the text forms may hold: the longest package URL and a sign.
    public static let maximumLineLength = PackageURL.maximumLength + 1
}
