extension JSONScanner {
    /// Reads a string, standing on its quote. What its escapes stand for is put in their place, and what follows moves up: it never needs more room.
    mutating func string() throws(JSONDocumentError) {
        position += 1
        let start = position
        var end = start
        while true {
            let run = plainRun()
            if end != position { move(run, to: end) }
            end += run
            position += run
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return note(.string, from: start, count: end - start)
            case UInt8(ascii: "\\"): try escape(to: &end)
            case 0x80...: try sequence(to: &end)
            default: throw fault("control character in a string")
            }
        }
    }

    /// How many bytes from here on are ASCII and neither quote nor backslash nor control character, found eight at a time.
    @inline(__always)
    private func plainRun() -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let bytes = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
        var offset = position
        while true {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
            let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
            // A byte's highest bit comes out as 1 where the byte was 0, or below 0x20; above the first such byte it means nothing.
            let special =
                (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word
            let marks = special & (ones &* 0x80)
            if marks != 0 { return offset - position + marks.trailingZeroBitCount / 8 }
            offset += 8
        }
    }

    private mutating func move(_ count: Int, to end: Int) {
        let bytes = UnsafeMutableRawBufferPointer(text)
        UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + count]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8, at end: inout Int) {
        text[end] = byte
        end += 1
    }

    // MARK: - Escapes

    private mutating func escape(to end: inout Int) throws(JSONDocumentError) {
        let start = position
        position += 1
        let stands: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): stands = byte
        case UInt8(ascii: "b"): stands = 0x08
        case UInt8(ascii: "f"): stands = 0x0C
        case UInt8(ascii: "n"): stands = 0x0A
        case UInt8(ascii: "r"): stands = 0x0D
        case UInt8(ascii: "t"): stands = 0x09
        case UInt8(ascii: "u"):
            for unit in UTF8.encode(try scalar(at: start)).unsafelyUnwrapped { put(unit, at: &end) }
            return
        default: throw fault("unknown escape", at: start)
        }
        position += 1
        put(stands, at: &end)
    }

    /// Reads `uXXXX`, or two of them for one scalar beyond the basic plane.
    ///
    /// - Parameter start: Where the escape begins.
    private mutating func scalar(at start: Int) throws(JSONDocumentError) -> Unicode.Scalar {
        guard let unit = hexUnit() else { throw fault("broken escape", at: start) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // What is no scalar is half of a pair: the high half comes first.
        guard unit < 0xDC00, byte == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u") else {
            throw fault("lone surrogate", at: start)
        }
        position += 1
        guard let low = hexUnit(), 0xDC00...0xDFFF ~= low,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault("lone surrogate", at: start) }
        return scalar
    }

    /// Reads `uXXXX`, standing on the `u`; `nil` when that is not what stands there.
    private mutating func hexUnit() -> UInt32? {
        var unit: UInt32 = 0
        for offset in 1...4 {
            guard let digit = Self.hexDigit(text[position + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        position += 5
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    // MARK: - UTF-8

    /// Reads one sequence of several bytes (Unicode 15, table 3-7).
    private mutating func sequence(to end: inout Int) throws(JSONDocumentError) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw .invalidUTF8(offset: position)
        }
        guard second ~= text[position + 1] else { throw .invalidUTF8(offset: position) }
        for offset in 2..<max(length, 2) where text[position + offset] & 0xC0 != 0x80 {
            throw .invalidUTF8(offset: position)
        }
        for offset in 0..<length { put(text[position + offset], at: &end) }
        position += length
    }
}
