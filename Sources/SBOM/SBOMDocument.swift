import Inventory
import JSONDocuments

/// Reads bills of materials of any format that is known.
public enum SBOMDocument {
    /// Most components of one document, nested ones included.
    public static let maximumComponents = 500_000

    /// Most warnings that are kept of one document.
    public static let maximumWarnings = 1_000

    /// Deepest nesting of JSON; a level of nested components takes two.
    static let maximumDepth = 128

    /// Reads a document; its format is recognised by its content.
    ///
    /// - Parameter bytes: CycloneDX JSON, specification 1.4 to 1.7, as Trivy, syft, cdxgen, Dependency-Track and we write it. The
    ///   caller bounds its size.
    /// - Throws: ``SBOMError``.
    public static func read(_ bytes: [UInt8]) throws(SBOMError) -> SBOMContents {
        let root: JSONValue
        do {
            root = try JSONParser(maximumDepth: maximumDepth).parse(bytes)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        var reader = CycloneDXReader()
        try reader.read(root)
        return reader.contents
    }
}
