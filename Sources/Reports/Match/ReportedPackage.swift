import PackageIdentity

/// A package version that a report is about.
public final class ReportedPackage: Sendable {
    /// The package as it is looked up, completed by what its bill says beside the package URL.
    public let package: PackageURL
    /// The package URL as its bill writes it.
    public let purl: String
    /// Where advisories about it are looked up; `nil` when there is no such place.
    public let coordinates: AdvisoryCoordinates?
    /// CPE names that its bill states, those that could be read.
    public let cpes: [CPEName]
    /// Which of the report's documents names it first, from 0.
    public let document: Int

    /// Makes one from its parts.
    ///
    /// - Parameters:
    ///   - purl: As the bill writes it; `nil` for the canonical text.
    ///   - cpes: CPE names in any of their forms; what is none is left out.
    public init(_ package: PackageURL, purl: String? = nil, cpes: [String] = [], document: Int = 0) {
        self.package = package
        self.purl = purl ?? package.description
        self.cpes = cpes.isEmpty ? [] : cpes.compactMap { try? CPEName($0) }
        self.document = document
        coordinates = package.advisoryCoordinates
    }
}
