import JSONDocuments

/// Reads bills of materials of any format that is known.
public enum SBOMDocument {
    /// Most bytes of a document that a caller should read.
    public static let maximumBytes = 256 << 20

    /// Most components of one document, nested ones included.
    public static let maximumComponents = 500_000

    /// Most warnings that are kept of one document.
    public static let maximumWarnings = 1_000

    /// Most CPE names that are kept of one component.
    public static let maximumNames = 32

    /// Deepest nesting of JSON and XML; a level of nested components takes two.
    static let maximumDepth = 128

    /// Reads a document; its format is recognised by its content.
    ///
    /// - Parameter bytes: One of ``SBOMFormat``, as Trivy, syft, cdxgen, Dependency-Track, GitHub and we write it; also within an in-toto
    ///   statement (`predicate`) or GitHub's answer (`sbom`). The caller bounds its size.
    /// - Throws: ``SBOMError``, which names the place where there is one.
    public static func read(_ bytes: [UInt8]) throws(SBOMError) -> SBOMContents {
        switch Encoding(bytes) {
        case .xml: return try CycloneDXXMLReader.read(bytes)
        case .lines: return PackageURLListReader.read(bytes)
        case .json: break
        }
        let root: JSONValue
        do {
            root = try JSONParser(maximumDepth: maximumDepth).parse(bytes)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        return try read(root["predicate"] ?? root["sbom"] ?? root)
    }

    private static func read(_ root: JSONValue) throws(SBOMError) -> SBOMContents {
        if root["bomFormat"]?.string == "CycloneDX" { return try CycloneDXReader.read(root) }
        if root["spdxVersion"] != nil { return try SPDX2Reader.read(root) }
        if root["@context"] != nil, root["@graph"] != nil { return try SPDX3Reader.read(root) }
        if root["artifacts"] != nil { return try SyftReader.read(root) }
        throw .unknownFormat
    }

    /// How a document is written down, by its first characters.
    private enum Encoding {
        case json, xml, lines

        init(_ bytes: [UInt8]) {
            // UTF-16 with a byte order mark can only be XML: JSON is UTF-8.
            if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
                self = .xml
                return
            }
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
            let start = text.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
            switch start.first {
            case UInt8(ascii: "<"): self = .xml
            case UInt8(ascii: "#"): self = .lines
            case _ where start.starts(with: "pkg:".utf8): self = .lines
            default: self = .json
            }
        }
    }
}
