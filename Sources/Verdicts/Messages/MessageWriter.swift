/// Puts a message together, part by part. `Docs/verdict-messages.md` describes the parts.
package struct MessageWriter {
    /// The message so far.
    package private(set) var bytes: [UInt8]
    private var said: [String: Int] = [:]

    /// Begins a message.
    ///
    /// - Parameter capacity: Bytes that it will have about.
    package init(_ kind: MessageKind, capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
        bytes += MessageFormat.mark
        bytes.append(MessageFormat.version)
        bytes.append(kind.rawValue)
    }

    /// A number that is not negative, seven bits to a byte, the low ones first.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// How many parts follow.
    mutating func count(_ value: Int) { number(UInt64(max(0, value))) }

    /// A number that may be negative: small ones of either sign stay short.
    mutating func integer(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// A floating-point number, bit by bit.
    mutating func real(_ value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A text: its length in bytes, its UTF-8.
    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            number(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func texts(_ values: [String]) {
        count(values.count)
        for value in values { text(value) }
    }

    /// A text that is likely to come again: the second time it is a number.
    mutating func word(_ value: String) {
        if let known = said[value] { return count(known) }
        if said.count < MessageFormat.wordLimit { said[value] = said.count + 1 }
        count(0)
        text(value)
    }

    mutating func words(_ values: [String]) {
        count(values.count)
        for value in values { word(value) }
    }

    /// A value of a closed list, by its place there.
    mutating func choice<Value: CaseIterable & Equatable>(_ value: Value) {
        var place: UInt8 = 0
        for known in Value.allCases {
            if known == value { break }
            place += 1
        }
        bytes.append(place)
    }
}
