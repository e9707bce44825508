/// The name of a class of products in the Common Platform Enumeration: eleven attributes.
///
/// Names are compared by the relations of ``CPERelation``; `==` says that every attribute is written the same.
///
/// - Source: NISTIR 7695 (naming), <https://csrc.nist.gov/pubs/ir/7695/final>
public struct CPEName: Sendable, Hashable {
    /// The attributes in the order of a formatted string.
    public enum Attribute: Int, Sendable, Hashable, CaseIterable {
        case part, vendor, product, version, update, edition, language, softwareEdition, targetSoftware, targetHardware,
            other
    }

    /// The kinds of products.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case application = "a"
        case operatingSystem = "o"
        case hardware = "h"
    }

    /// Longest text that is read, in bytes.
    public static let maximumLength = 4_096

    private var values: [CPEValue]

    /// A name of which nothing is known: every attribute is ``CPEValue/any``.
    public init() {
        values = Array(repeating: .any, count: Attribute.allCases.count)
    }

    /// Names a product in ordinary text, e.g. `.application, "apache", "http_server", version: "2.4.57"`.
    ///
    /// - Parameters:
    ///   - part: The kind of product.
    ///   - vendor: As the dictionary writes it, without escapes; ``CPEValue/init(text:)`` says what becomes of other characters.
    ///   - product: Likewise.
    ///   - version: Likewise; `nil` for any.
    public init(_ part: Part, vendor: String, product: String, version: String? = nil) {
        self.init()
        self[.part] = .literal(part.rawValue)
        self[.vendor] = CPEValue(text: vendor)
        self[.product] = CPEValue(text: product)
        if let version { self[.version] = CPEValue(text: version) }
    }

    /// Reads a formatted string of CPE 2.3 (`cpe:2.3:a:…`) or a URI of CPE 2.2 (`cpe:/a:…`).
    ///
    /// More is read than the standard allows, because it is written: capitals, punctuation without its escape, and missing or
    /// empty components, which are ``CPEValue/any``.
    ///
    /// - Throws: ``CPEError`` with the byte at which the text goes wrong. Never traps.
    public init(_ text: String) throws(CPEError) {
        let bytes = Array(text.utf8.prefix(CPEName.maximumLength + 1))
        guard bytes.count <= CPEName.maximumLength else { throw CPEError(at: CPEName.maximumLength, .tooLong) }
        if hasPrefix(bytes, "cpe:2.3:") {
            try self.init(formatted: bytes, from: 8)
        } else if hasPrefix(bytes, "cpe:/") {
            try self.init(uri: bytes, from: 5)
        } else {
            throw CPEError(at: 0, .unknownForm)
        }
        switch self[.part] {
        case .any, .notApplicable: break
        case .literal(let text) where Part(rawValue: text) != nil: break
        default: throw CPEError(at: bytes[4] == UInt8(ascii: "/") ? 5 : 8, .invalidPart)
        }
    }

    /// One attribute's value.
    public subscript(attribute: Attribute) -> CPEValue {
        get { values[attribute.rawValue] }
        set { values[attribute.rawValue] = newValue }
    }

    /// The kind of product; `nil` when the name is of any or of none.
    public var part: Part? { self[.part].text.flatMap(Part.init) }
    /// The vendor's value.
    public var vendor: CPEValue { self[.vendor] }
    /// The product's value.
    public var product: CPEValue { self[.product] }
    /// The version's value.
    public var version: CPEValue { self[.version] }

    /// The scope under which statements about this product are filed: `cpe:a`, `cpe:o` or `cpe:h`; `nil` without a part.
    public var scope: String? { part.map { "cpe:\($0.rawValue)" } }

    /// The name under which statements about this product are filed, `apache:http_server`.
    ///
    /// Lowercase and without CPE's escapes; a `:` or `\` within either half has a `\` before it, so that the bare colon parts them.
    /// `nil` when vendor or product is not one value.
    public var productKey: String? {
        guard let vendor = keyPart(vendor), let product = keyPart(product) else { return nil }
        return "\(vendor):\(product)"
    }

    private func keyPart(_ value: CPEValue) -> String? {
        guard let text = value.text else { return nil }
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\\") }) else { return text }
        return text.reduce(into: "") { result, character in
            if character == ":" || character == "\\" { result.append("\\") }
            result.append(character)
        }
    }
}

extension CPEName: CustomStringConvertible, Codable {
    /// The formatted string of CPE 2.3.
    public var description: String { formattedString }

    /// Reads one string in either form; the error of a text that is none is a `DecodingError` that carries ``CPEError``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(CPEError) {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Writes the formatted string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(formattedString)
    }
}

/// Whether bytes begin with a text of small letters, in any case.
private func hasPrefix(_ bytes: [UInt8], _ prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { prefix in
        bytes.count >= prefix.count && zip(bytes, prefix).allSatisfy { lowercase($0) == $1 }
    }
}
