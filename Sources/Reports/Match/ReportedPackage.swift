import PackageIdentity

/// A package version, or an application that is no package, that a report is about.
public final class ReportedPackage: Sendable {
    /// The package as it is looked up, completed by what its bill says beside the package URL; of an application that is no package, its name and
    /// version in that form.
    public let package: PackageURL
    /// The package URL as its bill writes it; `nil` of an application that is no package.
    public let purl: String?
    /// Where advisories about it are looked up; `nil` when there is no such place.
    public let coordinates: AdvisoryCoordinates?
    /// CPE names that its bill states, those that could be read.
    public let cpes: [CPEName]
    /// Who makes it, as its bill says; `nil` when it does not.
    public let publisher: String?
    /// Which of the report's documents names it first, from 0.
    public let document: Int

    /// Makes one from its parts.
    ///
    /// - Parameters:
    ///   - purl: As the bill writes it; `nil` for the canonical text.
    ///   - cpes: CPE names in any of their forms; what is none is left out.
    ///   - resolver: Remembers releases from package to package.
    public init(
        _ package: PackageURL, purl: String? = nil, cpes: [String] = [], publisher: String? = nil, document: Int = 0,
        resolver: inout CoordinateResolver
    ) {
        self.package = package
        self.purl = purl ?? package.description
        self.cpes = cpes.isEmpty ? [] : cpes.compactMap { try? CPEName($0) }
        self.document = document
        self.publisher = publisher
        coordinates = resolver.coordinates(of: package)
    }

    /// Makes one on its own.
    public convenience init(
        _ package: PackageURL, purl: String? = nil, cpes: [String] = [], publisher: String? = nil, document: Int = 0
    ) {
        var resolver = CoordinateResolver()
        self.init(
            package, purl: purl, cpes: cpes, publisher: publisher, document: document, resolver: &resolver)
    }

    /// Makes one of an application that is no package.
    ///
    /// - Parameters:
    ///   - application: Its name; when empty, the product of its first CPE name stands for it.
    ///   - cpes: As for a package.
    /// - Returns: `nil` when it has no name at all.
    public init?(
        application: String, version: String?, cpes: [String], publisher: String? = nil, document: Int = 0
    ) {
        let names = cpes.compactMap { try? CPEName($0) }
        let name = application.isEmpty ? names.first?.product.text ?? "" : application
        guard let package = try? PackageURL(type: "generic", name: name, version: version) else { return nil }
        self.package = package
        purl = nil
        self.cpes = names
        self.publisher = publisher
        self.document = document
        coordinates = nil
    }

    /// Its package URL, or its name and version, for people and for formats that need a text.
    var label: String { purl ?? package.description }
}
