/// A package URL (purl): the name of a package, and mostly of one version of it, in any ecosystem.
///
/// A value holds its canonical text alone; the components are cut out of it when asked for. So equality, order and
/// hash are those of the canonical ASCII bytes, a value costs one allocation, and text that went through this type is
/// the same on every machine.
///
/// - Source: <https://github.com/package-url/purl-spec>, with the rules of its types of August 2026. Python names keep their
///   dots, as there; ``advisoryCoordinates`` folds them as PyPI does.
public struct PackageURL: Sendable {
    /// The canonical text, ASCII, e.g. `pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12`.
    let text: String
    let layout: Layout

    /// Longest text that is read and longest canonical text that is made, in bytes.
    public static let maximumLength = 16_384

    /// Where the components end in the canonical text.
    struct Layout: Sendable {
        var typeEnd: UInt16 = 0
        var nameStart: UInt16 = 0
        var nameEnd: UInt16 = 0
        var versionEnd: UInt16 = 0
        var qualifiersEnd: UInt16 = 0
    }

    /// One `key=value` of a package URL.
    public struct Qualifier: Sendable, Hashable {
        /// Lowercase ASCII letters, digits, `.`, `-`, `_`; a letter first.
        public let key: String
        /// Decoded, never empty.
        public let value: String
    }

    init(text: String, layout: Layout) {
        self.text = text
        self.layout = layout
    }

    /// The type in lowercase, e.g. `deb`.
    public var type: String { slice(4, Int(layout.typeEnd)) }

    /// The namespace, decoded, its segments joined by `/`, e.g. `debian`, `@types`, `github.com/gorilla`; `nil` when absent.
    public var namespace: String? {
        let start = Int(layout.typeEnd) + 1
        let end = Int(layout.nameStart) - 1
        return start < end ? decodedSlice(start, end) : nil
    }

    /// The name, decoded and in the type's canonical form; never empty.
    public var name: String { decodedSlice(Int(layout.nameStart), Int(layout.nameEnd)) }

    /// The version, decoded; `nil` when absent.
    public var version: String? {
        layout.nameEnd < layout.versionEnd ? decodedSlice(Int(layout.nameEnd) + 1, Int(layout.versionEnd)) : nil
    }

    /// The qualifiers by ascending key; empty when there are none.
    public var qualifiers: [Qualifier] {
        var result: [Qualifier] = []
        forEachQualifier { keyStart, keyEnd, valueEnd in
            result.append(Qualifier(key: slice(keyStart, keyEnd), value: decodedSlice(keyEnd + 1, valueEnd)))
        }
        return result
    }

    /// The path within the package, decoded, without leading or trailing slash; `nil` when absent.
    public var subpath: String? {
        let end = text.utf8.count
        return Int(layout.qualifiersEnd) < end ? decodedSlice(Int(layout.qualifiersEnd) + 1, end) : nil
    }

    /// The value of one qualifier, decoded.
    ///
    /// - Parameter key: In lowercase, e.g. `distro`.
    /// - Returns: `nil` when the package URL has no such qualifier.
    public func qualifier(_ key: String) -> String? {
        guard layout.versionEnd < layout.qualifiersEnd else { return nil }
        var key = key
        let place: Range<Int>? = key.withUTF8 { key in
            withBytes { bytes in
                var start = Int(layout.versionEnd) + 1
                let end = Int(layout.qualifiersEnd)
                while start < end {
                    let valueStart = start + key.count + 1
                    let isWanted =
                        valueStart <= end && bytes[valueStart - 1] == UInt8(ascii: "=")
                        && bytes[start..<valueStart - 1].elementsEqual(key)
                    let next = bytes[start..<end].firstIndex(of: UInt8(ascii: "&")) ?? end
                    if isWanted { return valueStart..<next }
                    start = next + 1
                }
                return nil
            }
        }
        return place.map { decodedSlice($0.lowerBound, $0.upperBound) }
    }

    /// Calls `body` with the offsets of each qualifier.
    func forEachQualifier(_ body: (_ keyStart: Int, _ keyEnd: Int, _ valueEnd: Int) -> Void) {
        var start = Int(layout.versionEnd) + 1
        let end = Int(layout.qualifiersEnd)
        while start < end {
            let (keyEnd, valueEnd) = withBytes { bytes in
                // A canonical value holds no bare "=", so the first one ends the key.
                let rest = bytes[start..<end]
                return (rest.firstIndex(of: UInt8(ascii: "=")) ?? end, rest.firstIndex(of: UInt8(ascii: "&")) ?? end)
            }
            body(start, keyEnd, valueEnd)
            start = valueEnd + 1
        }
    }

    /// Lends the canonical text's bytes.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = text
        return text.withUTF8(body)
    }

    /// Lends the canonical text's bytes to those who compare or write many.
    package func withCanonicalBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withBytes(body)
    }

    private func slice(_ start: Int, _ end: Int) -> String {
        withBytes { String(decoding: UnsafeBufferPointer(rebasing: $0[start..<end]), as: UTF8.self) }
    }

    private func decodedSlice(_ start: Int, _ end: Int) -> String {
        withBytes { bytes in
            let raw = UnsafeBufferPointer(rebasing: bytes[start..<end])
            return raw.contains(PercentCoding.percent)
                ? PercentCoding.decodeCanonical(raw) : String(decoding: raw, as: UTF8.self)
        }
    }
}

extension PackageURL: Hashable, Comparable, CustomStringConvertible {
    /// The canonical text.
    public var description: String { text }

    /// Whether the canonical texts are the same.
    public static func == (lhs: PackageURL, rhs: PackageURL) -> Bool { lhs.text == rhs.text }

    /// Orders by the bytes of the canonical texts.
    public static func < (lhs: PackageURL, rhs: PackageURL) -> Bool { lhs.text < rhs.text }

    /// Hashes the canonical text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension PackageURL: Codable {
    /// Reads one string; the error of a text that is no package URL is a `DecodingError` that carries ``PackageURLError``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// Writes the canonical text as one string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
