import PackageIdentity

/// Packages in canonical order without repetition, with their texts, which are costly to make twice.
struct CanonicalList {
    /// Strictly ascending by `texts`.
    let packages: [PackageURL]

    /// The canonical text of each package, at the same index.
    let texts: [String]

    init(_ packages: some Sequence<PackageURL>) {
        var pairs = packages.map { (text: $0.description, package: $0) }
        // Canonical package URLs are ASCII, for which String compares bytes. What arrives is mostly sorted already.
        let isAscending = zip(pairs, pairs.dropFirst()).allSatisfy { $0.text < $1.text }
        if !isAscending { pairs.sort { $0.text < $1.text } }
        var texts: [String] = []
        var unique: [PackageURL] = []
        texts.reserveCapacity(pairs.count)
        unique.reserveCapacity(pairs.count)
        for pair in pairs where pair.text != texts.last {
            texts.append(pair.text)
            unique.append(pair.package)
        }
        self.packages = unique
        self.texts = texts
    }
}
