import Glibc

/// In which order the bytes of a number stand.
enum ByteOrder {
    case big, little
}

/// Numbers and parts at offsets that count from the slice's start.
extension ArraySlice<UInt8> {
    /// The bytes at a place.
    ///
    /// - Throws: ``FileFault/damaged(_:)`` when some of them are behind the end.
    func part(at offset: Int, count: Int) throws(FileFault) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw .damaged("a record ends before what it refers to")
        }
        return self[(startIndex + offset)..<(startIndex + offset + count)]
    }

    /// The number of `width` bytes, 1 to 8, at a place.
    ///
    /// - Throws: ``FileFault/damaged(_:)`` when some of them are behind the end, or for a number that no place in a file can have.
    func number(at offset: Int, width: Int, _ order: ByteOrder) throws(FileFault) -> Int {
        let part = try part(at: offset, count: width)
        var value: UInt64 = 0
        for index in part.indices {
            value = value << 8 | UInt64(part[order == .big ? index : part.endIndex - 1 - (index - part.startIndex)])
        }
        guard let number = Int(exactly: value) else { throw .damaged("a place beyond every file") }
        return number
    }

    /// The byte at a place.
    func uint8(at offset: Int) throws(FileFault) -> UInt8 {
        UInt8(truncatingIfNeeded: try number(at: offset, width: 1, .little))
    }

    /// The number of two bytes at a place.
    func uint16(at offset: Int, _ order: ByteOrder) throws(FileFault) -> UInt16 {
        UInt16(truncatingIfNeeded: try number(at: offset, width: 2, order))
    }

    /// The number of four bytes at a place.
    func uint32(at offset: Int, _ order: ByteOrder) throws(FileFault) -> UInt32 {
        UInt32(truncatingIfNeeded: try number(at: offset, width: 4, order))
    }
}

extension ArraySlice<UInt8> {
    /// The index at which `text` first stands; `nil` when it is nowhere, or empty.
    func firstPlace(of text: [UInt8]) -> Int? {
        withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let first = text.first else { return nil }
            var place = 0
            while place + text.count <= bytes.count {
                guard let found = memchr(base + place, Int32(first), bytes.count - place) else { return nil }
                place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                guard place + text.count <= bytes.count else { return nil }
                if bytes[place..<(place + text.count)].elementsEqual(text) { return startIndex + place }
                place += 1
            }
            return nil
        }
    }
}
