/// What the splitters must know of JSON text without parsing it.
enum JSONText {
    /// Space, line feed, carriage return and tab: RFC 8259, section 2.
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Refuses what may not stand around a document.
    ///
    /// - Parameter isBehind: Whether the document has ended; otherwise it has not begun.
    static func checkOutside(_ byte: UInt8, at offset: Int, isBehind: Bool) throws(JSONDocumentError) {
        // Offsets 0 to 2 may hold a byte order mark.
        let isMark = !isBehind && offset < 3 && [0xEF, 0xBB, 0xBF].contains(byte)
        guard isMark || isWhitespace(byte) else {
            throw .malformed(offset: offset, reason: isBehind ? "text behind the document" : "expected an object")
        }
    }
}

/// Follows the quotes of JSON text byte by byte.
struct JSONQuotes {
    private var isOpen = false
    private var isEscaped = false

    /// Takes the next byte.
    ///
    /// - Returns: Whether it belongs to a string: its quotes, or what stands between them.
    @inline(__always)
    mutating func covers(_ byte: UInt8) -> Bool {
        guard isOpen else {
            isOpen = byte == UInt8(ascii: "\"")
            return isOpen
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isOpen = false
        }
        return true
    }
}
