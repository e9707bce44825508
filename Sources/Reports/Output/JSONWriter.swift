/// Writes JSON as a stream of UTF-8: nothing is held but the output's piece, and equal calls give equal bytes.
///
/// The caller keeps the order of calls: within an object each value follows a ``key(_:)``. Text may hold anything; what JSON
/// does not take as it is becomes an escape.
public struct JSONWriter {
    private let output: ByteOutput
    /// Whether a comma must come before the next key or value.
    private var needsComma = false
    /// Whether the line ends before the next key, value or closing bracket.
    private var needsLineBreak = false

    /// Makes a writer.
    public init(to output: ByteOutput) { self.output = output }

    /// Writes an object; `body` writes its members.
    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "{"))
        try body(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes an array; `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "["))
        try body(&self)
        end(UInt8(ascii: "]"))
    }

    /// Starts a member; its value must follow.
    public mutating func key(_ name: StaticString) {
        separate()
        output.append(
            quoted: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount),
            followedBy: UInt8(ascii: ":"))
        needsComma = false
    }

    /// Starts a member whose name is known only at run time.
    public mutating func key(text name: String) {
        separate()
        quoted(name)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Ends the line behind the comma that may come, for people who read or compare the text.
    public mutating func lineBreak() { needsLineBreak = true }

    /// Ends the document with a line break.
    public mutating func finish() { output.append(UInt8(ascii: "\n")) }

    /// Writes a text.
    public mutating func string(_ text: String) {
        separate()
        quoted(text)
        needsComma = true
    }

    /// Writes a text that is lent as UTF-8; what is none of it is replaced, as in every text.
    mutating func string(utf8 text: UnsafeRawBufferPointer) {
        separate()
        if Self.firstToEscape(text, orBeyondASCII: true) == nil {
            output.append(quoted: text)
        } else {
            output.append(UInt8(ascii: "\""))
            lent(text)
            output.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// Writes one text made of several, the second and fourth of which are lent as UTF-8.
    mutating func string(
        _ first: StaticString, _ second: String, _ third: StaticString, utf8 fourth: UnsafeRawBufferPointer
    ) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(first)
        var second = second
        second.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
        output.append(third)
        lent(fourth)
        output.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Notes that something could not be written; the output says so at its end.
    func fail(_ error: any Error) { output.fail(error) }

    /// Writes what may turn out not to be had, and notes it when it is not.
    mutating func noting(_ body: (inout JSONWriter) throws -> Void) {
        do {
            try body(&self)
        } catch {
            fail(error)
        }
    }

    /// Writes a whole number.
    public mutating func number(_ value: some BinaryInteger) {
        separate()
        if let small = Int(exactly: value), small >= 0 {
            output.append(decimal: small)
        } else {
            output.append(String(value))
        }
        needsComma = true
    }

    /// Writes a number in the fewest digits that read back as the same; `null` for what JSON has no number for.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if value.magnitude < 1e15, value == Double(Int(value)) {
            if value >= 0 { output.append(decimal: Int(value)) } else { output.append(String(Int(value))) }
        } else if let tenths = Self.tenths(value) {
            output.append(decimal: tenths / 10)
            output.append(UInt8(ascii: "."))
            output.append(Self.digits[tenths % 10])
        } else {
            output.append(value.description)
        }
        needsComma = true
    }

    /// A number in tenths, as most scores are: where that is the same number, no other has as few digits.
    private static func tenths(_ value: Double) -> Int? {
        guard value > 0, value < 1e6 else { return nil }
        let tenths = Int(value * 10 + 0.5)
        return Double(tenths) / 10 == value ? tenths : nil
    }

    /// Writes a truth value.
    public mutating func bool(_ value: Bool) {
        separate()
        output.append(value ? "true" : "false" as StaticString)
        needsComma = true
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        output.append("null" as StaticString)
        needsComma = true
    }

    /// Writes members, or elements, that were written before by a writer of their own.
    mutating func fragment(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        separate()
        output.append(bytes)
        needsComma = true
    }

    // MARK: - Internals

    private mutating func begin(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        breakLine()
        output.append(bracket)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        breakLine()
    }

    @inline(__always)
    private mutating func breakLine() {
        guard needsLineBreak else { return }
        output.append(UInt8(ascii: "\n"))
        needsLineBreak = false
    }

    private func quoted(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if Self.firstToEscape(bytes, orBeyondASCII: false) == nil { return output.append(quoted: bytes) }
            output.append(UInt8(ascii: "\""))
            escaped(bytes)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Writes bytes that may be no UTF-8.
    private func lent(_ bytes: UnsafeRawBufferPointer) {
        if bytes.allSatisfy({ $0 < 0x80 }) { return escaped(bytes) }
        var text = String(decoding: bytes, as: UTF8.self)
        text.withUTF8 { escaped(UnsafeRawBufferPointer($0)) }
    }

    private func escaped(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while let index = Self.firstToEscape(rest, orBeyondASCII: false) {
            output.append(UnsafeRawBufferPointer(rebasing: rest[..<index]))
            escape(rest[index])
            rest = UnsafeRawBufferPointer(rebasing: rest[(index + 1)...])
        }
        output.append(rest)
    }

    /// Where the first byte is that JSON does not take as it is, or none of ASCII; looked for in eight at a time.
    @inline(__always)
    private static func firstToEscape(_ bytes: UnsafeRawBufferPointer, orBeyondASCII: Bool) -> Int? {
        var index = 0
        while index + 8 <= bytes.count, !hasSpecial(bytes, index, orBeyondASCII) { index += 8 }
        // What is left is looked at together with what stands before it.
        if bytes.count >= 8, index + 8 > bytes.count, !hasSpecial(bytes, bytes.count - 8, orBeyondASCII) { return nil }
        while index < bytes.count {
            if needsEscape(bytes[index]) || (orBeyondASCII && bytes[index] >= 0x80) { return index }
            index += 1
        }
        return nil
    }

    @inline(__always)
    private static func hasSpecial(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ orBeyondASCII: Bool) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        let delete = word ^ ones &* 0x7F
        // A byte's highest bit comes out as 1 where the byte was 0, or below 0x20; above the first such byte it means nothing.
        let special =
            (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (delete &- ones) & ~delete
            | (word &- ones &* 0x20) & ~word
        return (orBeyondASCII ? special | word : special) & (ones &* 0x80) != 0
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private func escape(_ byte: UInt8) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case UInt8(ascii: "\n"): output.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): output.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): output.append(UInt8(ascii: "t"))
        default:
            output.append("u00" as StaticString)
            output.append(Self.digits[Int(byte >> 4)])
            output.append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

extension JSONWriter {
    /// Writes a member; left out when `value` is `nil`.
    public mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    /// Writes a member; left out when `value` is `nil`.
    public mutating func member(_ name: StaticString, _ value: Double?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    /// Writes a member; left out when `value` is `nil`.
    public mutating func member(_ name: StaticString, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    /// Writes a member; left out when `value` is `nil`.
    public mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        key(name)
        bool(value)
    }

    /// Writes a member that is `null` when `value` is `nil`.
    public mutating func member(_ name: StaticString, orNull value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a member that is `null` when `value` is `nil`.
    public mutating func member(_ name: StaticString, orNull value: Double?) {
        key(name)
        if let value { number(value) } else { null() }
    }

    /// Writes a member: texts in their order.
    public mutating func member(_ name: StaticString, _ values: [String]) {
        key(name)
        array { for value in values { $0.string(value) } }
    }
}
