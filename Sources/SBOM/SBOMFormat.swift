/// The formats of bills of materials that are read.
public enum SBOMFormat: String, Sendable, Hashable, CaseIterable {
    /// CycloneDX as JSON, specification 1.4 to 1.7.
    case cycloneDXJSON = "CycloneDX JSON"
    /// CycloneDX as XML, specification 1.4 to 1.7.
    case cycloneDXXML = "CycloneDX XML"
    /// SPDX 2.2 and 2.3 as JSON.
    case spdx2 = "SPDX 2 JSON"
    /// SPDX 3.0 as JSON-LD.
    case spdx3 = "SPDX 3 JSON"
    /// syft's own JSON.
    case syft = "syft JSON"
    /// Package URLs, one a line.
    case packageURLs = "package URLs"
}
