/// The tables of a TOML file, as lock files need them: strings as text, everything else as it stands.
///
/// Tools write lock files as tables of strings, arrays and inline tables. All that is read follows TOML's grammar for strings, comments and
/// brackets; numbers and dates are not judged. TOMLKit would judge them, but is C++ and imports Foundation, of which see ``OutlineLine``.
///
/// - Source: <https://toml.io/en/v1.0.0>
struct TOMLTables {
    /// "[package.source]" or "[[package]]" with what follows.
    struct Table {
        /// "package.source"
        let name: String
        /// Whether it is one of several, in double brackets.
        let isElement: Bool
        /// Values that are strings.
        var strings: [String: String] = [:]
        /// The text of other values: arrays, inline tables, numbers.
        var others: [String: String] = [:]
    }

    /// Reads a file. What stands before the first header is a table without a name.
    static func read(_ bytes: [UInt8]) throws(FileFault) -> [Table] {
        var reader = TOMLTables(bytes: bytes)
        while try reader.readNext() {}
        return reader.tables
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var tables = [Table(name: "", isElement: false)]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Returns: `false` at the end.
    private mutating func readNext() throws(FileFault) -> Bool {
        skip { $0 <= 0x20 }
        switch current {
        case nil: return false
        case UInt8(ascii: "#"): skipLine()
        case UInt8(ascii: "["): try readHeader()
        default: try readPair()
        }
        return true
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = current, condition(byte) { offset += 1 }
    }

    private mutating func skipLine() {
        skip { $0 != 0x0A }
    }

    /// The rest of the line as text.
    private mutating func restOfLine() -> Substring {
        let start = offset
        skipLine()
        return Substring(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func readHeader() throws(FileFault) {
        let line = restOfLine()
        let isElement = line.hasPrefix("[[")
        let start = line.dropFirst(isElement ? 2 : 1)
        guard let end = start.firstIndex(of: "]") else { throw fault("a header without an end") }
        tables.append(Table(name: String(start[..<end].trimmed), isElement: isElement))
    }

    private mutating func readPair() throws(FileFault) {
        let start = offset
        skip { $0 != UInt8(ascii: "=") && $0 != 0x0A }
        guard current == UInt8(ascii: "=") else { throw fault("a line that is neither header nor value") }
        let key = String(Substring(decoding: bytes[start..<offset], as: UTF8.self).trimmed.unquoted)
        offset += 1
        skip { $0 == 0x20 || $0 == 0x09 }
        let last = tables.count - 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            tables[last].strings[key] = try readString()
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            tables[last].others[key] = try readBrackets()
        default:
            tables[last].others[key] = String(restOfLine().prefix { $0 != "#" }.trimmed)
        }
        skipLine()
    }

    /// A string of any of the four kinds, which begins here.
    private mutating func readString() throws(FileFault) -> String {
        let quote = bytes[offset]
        let isLong = has(quote, times: 3)
        let width = isLong ? 3 : 1
        offset += width
        let start = offset
        while let byte = current, !has(quote, times: width) {
            guard isLong || byte != 0x0A else { throw fault("a string without an end") }
            offset += byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
        }
        guard offset < bytes.count else { throw fault("a string without an end") }
        let text = bytes[start..<offset]
        offset += width
        // TOML escapes what matters here as JSON does.
        if quote == UInt8(ascii: "\""), let decoded = JSONText.decode(text) { return decoded }
        return String(decoding: text, as: UTF8.self)
    }

    private func has(_ byte: UInt8, times: Int) -> Bool {
        offset + times <= bytes.count && bytes[offset..<(offset + times)].allSatisfy { $0 == byte }
    }

    /// An array or inline table as it stands, with everything in it.
    private mutating func readBrackets() throws(FileFault) -> String {
        let start = offset
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try readString()
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                offset += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                offset += 1
                if depth == 0 { return String(decoding: bytes[start..<offset], as: UTF8.self) }
            default: offset += 1
            }
        }
        throw fault("a bracket without an end")
    }

    private func fault(_ reason: String) -> FileFault {
        FileFault.damaged("malformed TOML before byte \(min(offset, bytes.count)): \(reason)")
    }
}
