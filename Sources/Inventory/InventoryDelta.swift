import PackageIdentity

/// What turns one inventory into another.
public struct InventoryDelta: Sendable, Equatable {
    /// Digest of the inventory it starts from.
    public let base: InventoryDigest

    /// Digest of the inventory it leads to.
    public let target: InventoryDigest

    /// In the target and not in the base; strictly ascending.
    public let added: [PackageURL]

    /// In the base and not in the target; strictly ascending.
    public let removed: [PackageURL]

    /// Makes a delta of its parts, for callers that know both digests.
    ///
    /// - Parameters:
    ///   - base: Digest of the inventory it starts from.
    ///   - target: Digest of the inventory it leads to.
    ///   - added: In any order; repeated ones count once.
    ///   - removed: In any order; repeated ones count once.
    public init(
        base: InventoryDigest, target: InventoryDigest, added: some Sequence<PackageURL>,
        removed: some Sequence<PackageURL>
    ) {
        self.base = base
        self.target = target
        self.added = Inventory.canonical(added)
        self.removed = Inventory.canonical(removed)
    }
}

extension Inventory {
    /// What turns `base` into this inventory.
    ///
    /// - Parameter base: Any inventory, also this one, which gives an empty delta.
    public func delta(from base: Inventory) -> InventoryDelta {
        let old = Set(base.packages)
        let new = Set(packages)
        return InventoryDelta(
            base: base.digest, target: digest, added: packages.filter { !old.contains($0) },
            removed: base.packages.filter { !new.contains($0) })
    }

    /// The inventory that a delta leads to from here, checked against the digest the delta announces.
    ///
    /// - Parameters:
    ///   - delta: Made from this inventory.
    ///   - limit: Most packages of the result, inclusive: small deltas one after the other must not grow without bound.
    /// - Throws: ``InventoryError/baseMismatch(expected:actual:)`` when this is not the delta's base,
    ///   ``InventoryError/contradiction(package:)``, ``InventoryError/tooManyPackages(limit:)``,
    ///   ``InventoryError/targetMismatch(expected:actual:)``.
    public func applying(_ delta: InventoryDelta, limit: Int = .max) throws(InventoryError) -> Inventory {
        guard delta.base == digest else { throw .baseMismatch(expected: delta.base, actual: digest) }
        // All three lists ascend.
        var (removed, added) = (delta.removed[...], delta.added[...])
        var merged: [PackageURL] = []
        merged.reserveCapacity(packages.count + added.count)
        for package in packages {
            while let first = added.first, first < package { merged.append(added.removeFirst()) }
            if package == removed.first {
                removed.removeFirst()
            } else if package == added.first {
                throw .contradiction(package: package.description)
            } else {
                merged.append(package)
            }
        }
        if let package = removed.first { throw .contradiction(package: package.description) }
        merged += added
        guard merged.count <= limit else { throw .tooManyPackages(limit: limit) }
        let result = Inventory(merged)
        guard delta.target == result.digest else {
            throw .targetMismatch(expected: delta.target, actual: result.digest)
        }
        return result
    }
}
