/// Writes JSON on one line, with keys in the order they are given.
///
/// Not JSONEncoder: that would need Foundation, a Codable mirror of every record, and ten times the time.
struct JSONLine {
    private(set) var bytes: [UInt8] = []

    /// Longest string, in UTF-8 bytes before escaping; what is longer is cut and ends in `…`.
    static let longestString = 8 << 10

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func literal(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var left = Self.longestString
        for scalar in text.unicodeScalars {
            left -= UTF8.width(scalar)
            guard left >= 0 else {
                bytes.append(contentsOf: "…".utf8)
                break
            }
            append(scalar)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes `{"key":value,…}` with ascending keys.
    mutating func object<Value>(_ members: [String: Value], _ write: (inout JSONLine, String, Value) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        var separator: StaticString = ""
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            raw(separator)
            separator = ","
            string(key)
            bytes.append(UInt8(ascii: ":"))
            write(&self, key, value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array<Value>(_ elements: [Value], _ write: (inout JSONLine, Value) -> Void) {
        bytes.append(UInt8(ascii: "["))
        var separator: StaticString = ""
        for element in elements {
            raw(separator)
            separator = ","
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": raw("\\\"")
        case "\\": raw("\\\\")
        case "\n": raw("\\n")
        case "\r": raw("\\r")
        case "\t": raw("\\t")
        // Control characters, and those that some viewers take for the end of a line or the start of a command.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{2029}":
            let digits = String(scalar.value, radix: 16)
            literal("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
