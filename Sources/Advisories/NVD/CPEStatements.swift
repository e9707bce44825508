import PackageIdentity

/// Gathers what a record says of products into one ``AffectedPackage`` for each product and condition.
///
/// Records repeat products: one configuration lists four hundred versions of a firmware, another repeats them. Versions and ranges are
/// kept once, in document order.
struct CPEStatements {
    private struct Key: Hashable {
        let scope: String
        let name: String
        let condition: Condition?
    }

    private struct Versions {
        var ranges: [AffectedRange] = []
        var versions: [String] = []
        var seenRanges: Set<AffectedRange> = []
        var seenVersions: Set<String> = []
    }

    private var order: [Key] = []
    private var products: [Key: Versions] = [:]

    /// Adds a vulnerable product.
    ///
    /// - Parameters:
    ///   - cpe: The product; must have a scope and a key.
    ///   - ranges: The versions meant. When empty, the product's own version says which.
    ///   - versions: More versions, named one by one.
    ///   - platforms: What must be on the same host; see ``Condition/platforms``.
    /// - Throws: `RecordFault` when the name is not that of one product.
    mutating func add(
        _ cpe: CPEName, ranges: [AffectedRange], versions: [String] = [], platforms: [[PlatformMatch]] = []
    ) throws(RecordFault) {
        guard let scope = cpe.scope, let name = cpe.productKey else {
            throw RecordFault(cpe.formattedString.prefix(200).description, "names no single product")
        }
        let condition = Condition(criteria: Self.criteria(cpe), platforms: platforms)
        let key = Key(scope: scope, name: name, condition: condition.isEmpty ? nil : condition)
        if products[key] == nil { order.append(key) }
        var known = products.removeValue(forKey: key) ?? Versions()
        let stated = ranges.isEmpty && versions.isEmpty ? Self.own(cpe) : (ranges: ranges, versions: versions)
        for range in stated.ranges where known.seenRanges.insert(range).inserted { known.ranges.append(range) }
        for version in stated.versions where known.seenVersions.insert(version).inserted {
            known.versions.append(version)
        }
        products[key] = known
    }

    /// The products in the order they were first named.
    var affected: [AffectedPackage] {
        order.map { key in
            AffectedPackage(
                scope: key.scope, name: key.name, ranges: products[key]?.ranges ?? [],
                versions: products[key]?.versions ?? [], condition: key.condition)
        }
    }

    /// What a name says of versions where no range stands beside it.
    ///
    /// `-`, "has no version", is kept as the version `-`: by NISTIR 7696 (table 6-2) it has nothing in common with a product that
    /// states a version, and is equal to one that has none, as hardware.
    private static func own(_ cpe: CPEName) -> (ranges: [AffectedRange], versions: [String]) {
        switch cpe.version {
        case .literal(let version): ([], [version])
        case .notApplicable: ([], ["-"])
        // Which versions a pattern means is compared by `Condition.criteria`.
        case .any, .pattern: ([AffectedRange(kind: .ecosystem, events: [.introduced("0")])], [])
        }
    }

    /// What the product's other attributes must match; `nil` when the name says nothing there.
    ///
    /// The version is left out of it, so that many versions share one condition, unless it is a pattern, which neither a range
    /// nor a list can say. `-` is kept: by NISTIR 7696 it rules out a product that states a value.
    private static func criteria(_ cpe: CPEName) -> String? {
        var rest = cpe
        if case .pattern = cpe.version {} else { rest[.version] = .any }
        let asks = CPEName.Attribute.allCases.dropFirst(3).contains { rest[$0] != .any }
        return asks ? rest.formattedString : nil
    }
}
