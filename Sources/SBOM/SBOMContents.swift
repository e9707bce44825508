import PackageIdentity

/// What a bill of materials says.
public struct SBOMContents: Sendable, Equatable {
    /// Packages with a version, strictly ascending.
    public var packages: [PackageURL]

    /// Components that name no usable package, one line each with the component's name, in document order. At most
    /// ``SBOMDocument/maximumWarnings``, then one line that counts the rest.
    public var warnings: [String]

    /// - Parameters:
    ///   - packages: Strictly ascending.
    ///   - warnings: One line each.
    public init(packages: [PackageURL], warnings: [String]) {
        self.packages = packages
        self.warnings = warnings
    }
}
