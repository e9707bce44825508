import PackageIdentity

/// What one scan of one filesystem root found.
public struct ScanReport: Sendable {
    /// The packages that are installed: what the host is exposed to.
    public var inventory: Inventory

    /// Packages that are only asked for, by lock files and the like, ascending; none of ``inventory``.
    public var declared: [PackageURL]

    /// The host.
    public var host: HostFacts

    /// Where each package was found: paths as seen from inside the root, ascending. Of an installed package, where it is installed; of one that
    /// is only declared, the files that do. A package without an entry has no known place.
    public var occurrences: [PackageURL: [String]]

    /// What could not be read, in the order of the scan.
    public var warnings: [ScanWarning]

    /// - Parameters:
    ///   - inventory: The installed packages.
    ///   - declared: Packages in any order; those that are installed are left out.
    ///   - host: The host.
    ///   - occurrences: Paths by package.
    ///   - warnings: What could not be read.
    public init(
        inventory: Inventory, declared: some Sequence<PackageURL> = [], host: HostFacts,
        occurrences: [PackageURL: [String]] = [:], warnings: [ScanWarning] = []
    ) {
        self.inventory = inventory
        let installed = Set(inventory.packages)
        self.declared = Set(declared).subtracting(installed).sorted()
        self.host = host
        self.occurrences = occurrences
        self.warnings = warnings
    }

    /// All packages, ascending, each with what was seen of it.
    public var packages: [(package: PackageURL, evidence: PackageEvidence)] {
        let all =
            inventory.packages.map { (package: $0, evidence: PackageEvidence.installed) }
            + declared.map { (package: $0, evidence: PackageEvidence.declared) }
        return declared.isEmpty ? all : all.sorted { $0.package < $1.package }
    }

    /// What to send or to judge.
    ///
    /// - Parameter includingDeclared: Whether packages count that are only declared.
    public func inventory(includingDeclared: Bool) -> Inventory {
        includingDeclared && !declared.isEmpty ? Inventory(inventory.packages + declared) : inventory
    }
}
