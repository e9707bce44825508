import JSONDocuments

/// What somebody states about the exploitability of vulnerabilities in products of theirs (Vulnerability Exploitability eXchange).
public struct VEXDocument: Sendable, Hashable {
    /// The document's own id; empty when it has none.
    public var id: String
    /// Who states it; `nil` when the document does not say.
    public var author: String?
    /// Its statements, in document order.
    public var statements: [VEXStatement]

    /// Most bytes of a document that a caller should read.
    public static let maximumBytes = 64 << 20
    /// Most statements of one document.
    public static let maximumStatements = 1_000_000

    /// Makes one from its parts.
    public init(id: String, author: String? = nil, statements: [VEXStatement]) {
        self.id = id
        self.author = author
        self.statements = statements
    }

    /// Reads a document: OpenVEX 0.0.x and 0.2.0, CycloneDX 1.4 to 1.7 JSON with `vulnerabilities`, or CSAF 2.0 with the VEX profile, told apart by
    /// content; also as the `predicate` of an in-toto statement.
    ///
    /// - Throws: ``VEXError`` when it is none of them. A statement that is not understood whole is left out: silence is safer than a
    ///   statement that says more than was meant.
    public static func read(_ bytes: [UInt8]) throws(VEXError) -> VEXDocument {
        let parsed: JSONValue
        do {
            parsed = try JSONParser().parse(bytes)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        let root = parsed["predicate"] ?? parsed
        var document: VEXDocument
        if root["statements"]?.array != nil {
            document = OpenVEXReader.read(root)
        } else if root["bomFormat"]?.string == "CycloneDX" {
            document = CycloneDXVEXReader.read(root)
        } else if root["document"]?["csaf_version"] != nil {
            document = CSAFVEXReader.read(root)
        } else {
            throw .unknownFormat
        }
        guard document.statements.count <= maximumStatements else { throw .tooManyStatements(limit: maximumStatements) }
        document.statements.removeAll { $0.vulnerabilities.isEmpty || $0.products.isEmpty }
        return document
    }
}

/// Why bytes are no VEX document.
public enum VEXError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not JSON; the reason names the place.
    case malformed(reason: String)
    /// JSON, but none of the formats that are read.
    case unknownFormat
    /// More than `limit` statements.
    case tooManyStatements(limit: Int)

    /// One line for people.
    public var description: String {
        switch self {
        case .malformed(let reason): reason
        case .unknownFormat: "not a VEX document that is known (OpenVEX, CycloneDX, CSAF)"
        case .tooManyStatements(let limit): "more than \(limit) statements"
        }
    }
}
