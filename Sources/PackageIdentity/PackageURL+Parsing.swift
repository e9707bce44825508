extension PackageURL {
    /// Parses a package URL.
    ///
    /// Accepts what the specification tells parsers to accept (`pkg://`, capitals in scheme and type, superfluous slashes,
    /// needless or missing escapes) and yields the canonical form. ASCII letters alone change their case.
    ///
    /// - Parameter text: At most ``maximumLength`` bytes.
    /// - Throws: ``PackageURLError`` with the byte at which the text goes wrong. Never traps.
    public init(_ text: String) throws(PackageURLError) {
        try self.init(utf8: text.utf8.span)
    }

    /// Parses a package URL out of any string.
    public init(_ text: some StringProtocol) throws(PackageURLError) {
        try self.init(String(text))
    }

    /// Parses a package URL out of bytes, which need not be UTF-8; then the error says so.
    public init(utf8 text: borrowing Span<UInt8>) throws(PackageURLError) {
        guard text.count <= PackageURL.maximumLength else {
            throw PackageURLError(.text, at: PackageURL.maximumLength, .tooLong)
        }
        var parts = try Parts(text)
        var writer = CanonicalWriter(capacity: text.count)
        for index in parts.type { writer.append(lowercase(text[index])) }
        writer.layout.typeEnd = UInt16(writer.count)
        let type = String(decoding: writer.bytes[4...], as: UTF8.self)
        var rules = PackageURLRules.forType(type)
        if rules.contains(.pathName) { parts.cutPath(text) }
        if type == "mlflow", contains(text, parts.qualifiers, "databricks") { rules.insert(.lowercaseName) }
        writer.append(UInt8(ascii: "/"))
        try writer.appendNamespace(text, parts.namespace, escaped: true, rules: rules)
        try writer.appendName(text, parts.name, version: parts.version, in: text, escaped: true, rules: rules)
        try writer.appendQualifiers(text, parts.qualifiers)
        try writer.checkRequiredQualifier(ofType: type, at: parts.qualifiers.lowerBound)
        try writer.appendSubpath(text, parts.subpath, escaped: true)
        self = writer.finish()
    }
}

/// The ranges of the components in a text, cut as the specification says: the ends first, then from the left.
private struct Parts {
    var type: Range<Int>
    var namespace: Range<Int>
    var name: Range<Int>
    var version: Range<Int>
    var qualifiers: Range<Int>
    var subpath: Range<Int>

    init(_ text: borrowing Span<UInt8>) throws(PackageURLError) {
        var start = 0
        var end = text.count
        (end, subpath) = cutFromRight(text, start..<end, UInt8(ascii: "#"))
        (end, qualifiers) = cutFromRight(text, start..<end, UInt8(ascii: "?"))
        start = try Parts.skipScheme(text, end)
        type = try Parts.scanType(text, start..<end)
        start = type.upperBound + 1
        version = end..<end
        var index = end
        // The specification cuts at the last "@". One with a slash after it belongs to a scope, as in "@babel/core";
        // slashes within versions are always escaped.
        while index > start, text[index - 1] != UInt8(ascii: "/") {
            index -= 1
            if text[index] == UInt8(ascii: "@") {
                (version, end) = (index + 1..<end, index)
                break
            }
        }
        // Slashes at the end say nothing, but those before a version say that there is no name.
        if version.isEmpty {
            while end > start, text[end - 1] == UInt8(ascii: "/") { end -= 1 }
        }
        var nameStart = end
        while nameStart > start, text[nameStart - 1] != UInt8(ascii: "/") { nameStart -= 1 }
        name = nameStart..<end
        namespace = start..<max(start, nameStart - 1)
        guard !name.isEmpty else { throw PackageURLError(.name, at: min(nameStart, text.count), .empty) }
    }

    /// Cuts namespace and name behind the first segment, for types whose names are paths.
    mutating func cutPath(_ text: borrowing Span<UInt8>) {
        let path = namespace.lowerBound..<name.upperBound
        var start = path.lowerBound
        while start < path.upperBound, text[start] == UInt8(ascii: "/") { start += 1 }
        var end = start
        while end < path.upperBound, text[end] != UInt8(ascii: "/") { end += 1 }
        guard end < path.upperBound else { return }
        (namespace, name) = (start..<end, end + 1..<path.upperBound)
    }

    /// The offset behind `pkg:` and any slashes.
    private static func skipScheme(_ text: borrowing Span<UInt8>, _ end: Int) throws(PackageURLError) -> Int {
        let scheme: InlineArray<4, UInt8> = [0x70, 0x6b, 0x67, 0x3a]
        for offset in 0..<4 {
            guard offset < end, lowercase(text[offset]) == scheme[offset] else {
                throw PackageURLError(.scheme, at: min(offset, end), .missingScheme)
            }
        }
        var start = 4
        while start < end, text[start] == UInt8(ascii: "/") { start += 1 }
        return start
    }

    private static func scanType(_ text: borrowing Span<UInt8>, _ range: Range<Int>) throws(PackageURLError) -> Range<
        Int
    > {
        var index = range.lowerBound
        while index < range.upperBound, text[index] != UInt8(ascii: "/") {
            guard isTypeByte(text[index], first: index == range.lowerBound) else {
                throw PackageURLError(.type, at: index, .invalidCharacter)
            }
            index += 1
        }
        guard index > range.lowerBound else { throw PackageURLError(.type, at: index, .empty) }
        guard index < range.upperBound else { throw PackageURLError(.name, at: index, .empty) }
        return range.lowerBound..<index
    }
}

/// Cuts a range at the last `separator`: the end of what stays, and the range behind it (empty when there is none).
private func cutFromRight(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ separator: UInt8) -> (Int, Range<Int>) {
    var index = range.upperBound
    while index > range.lowerBound {
        index -= 1
        if text[index] == separator { return (index, index + 1..<range.upperBound) }
    }
    return (range.upperBound, range.upperBound..<range.upperBound)
}

/// Whether a range of a text has a word of small letters in it.
func contains(_ text: borrowing Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
    var copy: [UInt8] = []
    for index in range { copy.append(lowercase(text[index])) }
    return word.withUTF8Buffer { copy.contains(Array($0)) }
}

/// Whether a byte may stand in a type: letters, digits, `.` and `-`, a letter first.
@inline(__always)
func isTypeByte(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case 0x41...0x5a, 0x61...0x7a: true
    case 0x30...0x39, 0x2d, 0x2e: !first
    default: false
    }
}

/// Whether a byte may stand in a qualifier's key: as in a type, and `_`.
///
/// The standard wants small letters. Its required tests refuse a capital at the beginning (`?Arch=`) and fold one further on
/// (`?repositorY_url=`), so this does.
@inline(__always)
func isKeyByte(_ byte: UInt8, first: Bool) -> Bool {
    first ? (0x61...0x7a).contains(byte) : isTypeByte(byte, first: false) || byte == 0x5f
}

/// The byte with an ASCII capital made small.
@inline(__always)
func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
