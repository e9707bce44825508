import PackageIdentity

/// One component of a bill of materials that advisories may speak of.
public struct SBOMComponent: Sendable, Hashable {
    /// The package, completed by what the bill says beside the package URL (distribution, source package, epoch, module stream);
    /// `nil` when the component names no package with a version.
    public var package: PackageURL?
    /// The package URL as the bill writes it; `nil` when it writes none.
    public var statedPackageURL: String?
    /// The component's name; may be empty.
    public var name: String
    /// The component's version; `nil` when the bill gives none.
    public var version: String?
    /// Who makes it, as the bill writes it: publisher, supplier or manufacturer; `nil` when it names nobody.
    public var publisher: String?
    /// CPE names as the bill writes them, unchecked, in its order, without repetition; at most ``SBOMDocument/maximumNames``.
    public var cpes: [String]

    /// Makes one from its parts.
    public init(
        package: PackageURL?, statedPackageURL: String? = nil, name: String, version: String? = nil,
        publisher: String? = nil, cpes: [String] = []
    ) {
        self.package = package
        self.statedPackageURL = statedPackageURL
        self.name = name
        self.version = version
        self.publisher = publisher
        self.cpes = cpes
    }
}
