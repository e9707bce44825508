import PackageIdentity

/// What one scan of one filesystem root found.
public struct ScanReport: Sendable {
    /// The packages.
    public var inventory: Inventory

    /// The host.
    public var host: HostFacts

    /// Where each package was found: paths as seen from inside the root, ascending. A package without an entry has no known
    /// place.
    public var occurrences: [PackageURL: [String]]

    /// What could not be read, in the order of the scan.
    public var warnings: [ScanWarning]

    /// - Parameters:
    ///   - inventory: The packages.
    ///   - host: The host.
    ///   - occurrences: Paths by package.
    ///   - warnings: What could not be read.
    public init(
        inventory: Inventory, host: HostFacts, occurrences: [PackageURL: [String]] = [:], warnings: [ScanWarning] = []
    ) {
        self.inventory = inventory
        self.host = host
        self.occurrences = occurrences
        self.warnings = warnings
    }
}
