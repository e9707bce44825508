import PackageIdentity

/// What a bill of materials says.
public struct SBOMContents: Sendable, Equatable {
    /// What the document was.
    public var format: SBOMFormat

    /// Packages with a version, strictly ascending by package URL, then components that only have a name, a version, CPEs or a package
    /// URL without version, by these.
    public var components: [SBOMComponent]

    /// Components that name no usable package, one line each with the component's name, in document order. At most
    /// ``SBOMDocument/maximumWarnings``, then one line that counts the rest.
    public var warnings: [String]

    /// Makes one from its parts.
    public init(format: SBOMFormat, components: [SBOMComponent], warnings: [String]) {
        self.format = format
        self.components = components
        self.warnings = warnings
    }

    /// The packages among the components, strictly ascending.
    public var packages: [PackageURL] { components.compactMap(\.package) }
}
