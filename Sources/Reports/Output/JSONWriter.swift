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
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append("\":" as StaticString)
        needsComma = false
    }

    /// Starts a member whose name is known only at run time.
    public mutating func key(text name: String) {
        separate()
        escaped(name)
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
        escaped(text)
        needsComma = true
    }

    /// Writes a text that is lent as UTF-8; what is none of it is replaced, as in every text.
    mutating func string(utf8 text: UnsafeRawBufferPointer) {
        guard text.allSatisfy({ $0 < 0x80 }) else { return string(String(decoding: text, as: UTF8.self)) }
        separate()
        output.append(UInt8(ascii: "\""))
        escaped(text.bindMemory(to: UInt8.self))
        output.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Notes that something could not be written; the output says so at its end.
    func fail(_ error: any Error) { output.fail(error) }

    /// Writes a whole number.
    public mutating func number(_ value: some BinaryInteger) {
        separate()
        output.append(String(value))
        needsComma = true
    }

    /// Writes a number in the fewest digits that read back as the same; `null` for what JSON has no number for.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if value == value.rounded(), value.magnitude < 1e15 {
            output.append(String(Int64(value)))
        } else {
            output.append(value.description)
        }
        needsComma = true
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
    mutating func fragment(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        separate()
        bytes.withUnsafeBytes { output.append($0) }
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

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        breakLine()
    }

    private mutating func breakLine() {
        guard needsLineBreak else { return }
        output.append(UInt8(ascii: "\n"))
        needsLineBreak = false
    }

    private func escaped(_ text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { escaped($0) }
        output.append(UInt8(ascii: "\""))
    }

    private func escaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in bytes.indices where Self.needsEscape(bytes[index]) {
            output.append(bytes[start..<index])
            escape(bytes[index])
            start = index + 1
        }
        output.append(bytes[start...])
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
