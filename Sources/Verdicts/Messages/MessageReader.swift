/// Takes a message apart that comes from elsewhere: nothing in it is believed before it is checked, and it can neither make the program stop
/// nor make it take memory out of all proportion to its bytes.
package struct MessageReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private var said: [String] = []

    /// Reads a whole message with a closure, which has to take all of it.
    ///
    /// - Throws: ``MessageError``.
    package static func read<Value>(
        _ kind: MessageKind, from bytes: UnsafeRawBufferPointer,
        _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(MessageError) -> Value {
        var reader = try MessageReader(bytes, kind)
        let value = try body(&reader)
        guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }
        return value
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ kind: MessageKind) throws(MessageError) {
        guard bytes.count >= MessageFormat.headSize else { throw .foreign }
        guard bytes.prefix(MessageFormat.mark.count).elementsEqual(MessageFormat.mark) else { throw .foreign }
        guard bytes[4] == MessageFormat.version else { throw .version(bytes[4]) }
        guard bytes[5] == kind.rawValue else { throw .kind(bytes[5]) }
        self.bytes = bytes
        position = MessageFormat.headSize
    }

    /// Bytes that have not been read.
    var remaining: Int { bytes.count - position }

    mutating func byte() throws(MessageError) -> UInt8 {
        guard position < bytes.count else { throw .cutShort }
        defer { position += 1 }
        return bytes[position]
    }

    /// A number in its shortest form: one message has one spelling.
    mutating func number() throws(MessageError) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<10 {
            let byte = try byte()
            if place == 9, byte > 1 { throw .malformed("a number") }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(place))
            guard byte & 0x80 == 0 else { continue }
            if byte == 0, place > 0 { throw .malformed("a number") }
            return value
        }
        throw .malformed("a number")
    }

    /// How many parts follow, no more than there are bytes for.
    ///
    /// - Parameter size: Bytes that each of them has at least.
    mutating func count(of size: Int, atMost limit: Int = .max) throws(MessageError) -> Int {
        let value = try number()
        guard value <= UInt64(remaining / max(1, size)) else { throw .cutShort }
        guard value <= UInt64(limit) else { throw .malformed("more than \(limit) parts") }
        return Int(value)
    }

    mutating func integer() throws(MessageError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A floating-point number that is one.
    mutating func real() throws(MessageError) -> Double {
        guard remaining >= 8 else { throw .cutShort }
        let value = Double(
            bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
        guard value.isFinite else { throw .malformed("a number that is none") }
        position += 8
        return value
    }

    mutating func text() throws(MessageError) -> String {
        let length = try count(of: 1)
        let part = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        guard let text = String(validating: part, as: UTF8.self) else { throw .malformed("a text that is no UTF-8") }
        position += length
        return text
    }

    mutating func texts() throws(MessageError) -> [String] {
        let count = try count(of: 1)
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(try text()) }
        return texts
    }

    mutating func word() throws(MessageError) -> String {
        let place = try number()
        guard place == 0 else {
            guard place <= UInt64(said.count) else { throw .malformed("a word that was not said yet") }
            return said[Int(place) - 1]
        }
        let text = try text()
        if said.count < MessageFormat.wordLimit { said.append(text) }
        return text
    }

    mutating func words() throws(MessageError) -> [String] {
        let count = try count(of: 1)
        var words: [String] = []
        words.reserveCapacity(count)
        for _ in 0..<count { words.append(try word()) }
        return words
    }

    mutating func choice<Value: CaseIterable>(_ what: StaticString) throws(MessageError) -> Value {
        var place = try byte()
        for value in Value.allCases {
            if place == 0 { return value }
            place -= 1
        }
        throw .malformed("\(what)")
    }

    /// Bits that say what follows.
    ///
    /// - Parameter known: How many have a meaning.
    mutating func flags(_ known: Int) throws(MessageError) -> Flags {
        let bits = try number()
        guard bits < 1 << UInt64(known) else { throw .malformed("flags without a meaning") }
        return Flags(bits: bits)
    }

    /// A digest: 64 lowercase hexadecimal digits.
    mutating func digest() throws(MessageError) -> String {
        let text = try text()
        guard MessageFormat.isDigest(text) else { throw .malformed("a digest") }
        return text
    }
}

/// Bits that say which optional parts follow.
struct Flags {
    var bits: UInt64 = 0

    init(bits: UInt64) { self.bits = bits }

    /// The first is bit 0.
    init(_ flags: Bool...) {
        for (place, flag) in flags.enumerated() where flag { bits |= 1 << UInt64(place) }
    }

    subscript(_ place: Int) -> Bool { bits >> UInt64(place) & 1 == 1 }
}

extension MessageFormat {
    /// Whether a text can be an index's digest: 64 lowercase hexadecimal digits.
    package static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension MessageWriter {
    mutating func flags(_ flags: Flags) { number(flags.bits) }
}
