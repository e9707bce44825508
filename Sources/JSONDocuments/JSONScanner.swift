/// Reads a document (RFC 8259) in one pass: checks grammar and UTF-8 in full, and notes what stands where.
///
/// It does not recurse: an array or object that is open holds the place of the one around it. The text ends in zeros, which JSON has no use
/// for, so that looking at the next byte needs no question of whether there is one.
struct JSONScanner {
    /// Zeros behind the text: as many as are looked at together.
    static let padding = 8
    private static let nothing = UInt32.max

    private(set) var entries: JSONEntryList
    let text: UnsafeMutableBufferPointer<UInt8>
    var position = 0
    private let maximumDepth: Int
    private var depth = 0
    /// The place of the innermost array or object that is open.
    private var innermost = Self.nothing

    /// What the grammar has next.
    private enum Expectation {
        case value, valueOrEnd, nameOrEnd, name, colon, separator, end
    }

    /// - Parameter text: The document and ``padding`` zeros.
    init(text: UnsafeMutableBufferPointer<UInt8>, entries: JSONEntryList, maximumDepth: Int) {
        self.text = text
        self.entries = entries
        self.maximumDepth = maximumDepth
    }

    @inline(__always)
    var byte: UInt8 { text[position] }

    /// Reads the whole document.
    ///
    /// - Throws: The first fault.
    mutating func scan() throws(JSONDocumentError) {
        var expectation = Expectation.value
        while true {
            skipWhitespace()
            switch expectation {
            case .value: expectation = try value()
            case .valueOrEnd: expectation = byte == UInt8(ascii: "]") ? close() : try value()
            case .nameOrEnd: expectation = byte == UInt8(ascii: "}") ? close() : try name()
            case .name: expectation = try name()
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw fault("expected a colon") }
                position += 1
                expectation = .value
            case .separator: expectation = try separator()
            case .end:
                guard position == text.count - Self.padding else { throw fault("text behind the document") }
                return
            }
        }
    }

    /// What is wrong where the scan stands.
    func fault(_ reason: String) -> JSONDocumentError {
        fault(reason, at: position)
    }

    func fault(_ reason: String, at offset: Int) -> JSONDocumentError {
        .malformed(offset: offset, reason: position < text.count - Self.padding ? reason : "unexpected end")
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while JSONText.isWhitespace(byte) { position += 1 }
    }

    private mutating func value() throws(JSONDocumentError) -> Expectation {
        switch byte {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): return try open(.object)
        case UInt8(ascii: "["): return try open(.array)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true", .yes)
        case UInt8(ascii: "f"): try literal("false", .no)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw fault("expected a value")
        }
        return afterValue
    }

    private mutating func name() throws(JSONDocumentError) -> Expectation {
        guard byte == UInt8(ascii: "\"") else { throw fault("expected a name in quotes") }
        try string()
        return .colon
    }

    private mutating func separator() throws(JSONDocumentError) -> Expectation {
        let isObject = entries[innermost].kind == .object
        entries[innermost].count += 1
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            return isObject ? .name : .value
        case UInt8(ascii: "]") where !isObject, UInt8(ascii: "}") where isObject: return close()
        default: throw fault(isObject ? "expected a comma or }" : "expected a comma or ]")
        }
    }

    private mutating func open(_ kind: JSONEntry.Kind) throws(JSONDocumentError) -> Expectation {
        guard depth < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        depth += 1
        position += 1
        let place = entries.count
        entries.append(JSONEntry(kind: kind, end: innermost, start: 0, count: 0))
        innermost = place
        return kind == .object ? .nameOrEnd : .valueOrEnd
    }

    private mutating func close() -> Expectation {
        let around = entries[innermost].end
        entries[innermost].end = entries.count
        innermost = around
        depth -= 1
        position += 1
        return afterValue
    }

    private var afterValue: Expectation { innermost == Self.nothing ? .end : .separator }

    private mutating func literal(_ word: StaticString, _ kind: JSONEntry.Kind) throws(JSONDocumentError) {
        let length = word.utf8CodeUnitCount
        let isHere = word.withUTF8Buffer { $0.elementsEqual(text[position..<position + length]) }
        guard isHere else { throw fault("expected a value") }
        note(kind, from: position, count: length)
        position += length
    }

    /// Notes a value that holds no others.
    @inline(__always)
    mutating func note(_ kind: JSONEntry.Kind, from start: Int, count: Int) {
        let end = entries.count + 1
        entries.append(JSONEntry(kind: kind, end: end, start: UInt32(start), count: UInt32(count)))
    }
}
