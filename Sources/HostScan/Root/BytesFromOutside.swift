/// In which order the bytes of a number stand.
enum ByteOrder {
    case big, little
}

/// Numbers and parts at offsets that count from the slice's start.
extension ArraySlice<UInt8> {
    /// The bytes at a place.
    ///
    /// - Throws: ``DatabaseFault/damaged(_:)`` when some of them are behind the end.
    func part(at offset: Int, count: Int) throws(DatabaseFault) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw .damaged("a record ends before what it refers to")
        }
        return self[(startIndex + offset)..<(startIndex + offset + count)]
    }

    /// The byte at a place.
    func uint8(at offset: Int) throws(DatabaseFault) -> UInt8 {
        let part = try part(at: offset, count: 1)
        return part[part.startIndex]
    }

    /// The number of two bytes at a place.
    func uint16(at offset: Int, _ order: ByteOrder) throws(DatabaseFault) -> UInt16 {
        let part = try part(at: offset, count: 2)
        let first = UInt16(part[part.startIndex])
        let second = UInt16(part[part.startIndex + 1])
        return order == .big ? first << 8 | second : second << 8 | first
    }

    /// The number of four bytes at a place.
    func uint32(at offset: Int, _ order: ByteOrder) throws(DatabaseFault) -> UInt32 {
        let first = UInt32(try uint16(at: offset, order))
        let second = UInt32(try uint16(at: offset + 2, order))
        return order == .big ? first << 16 | second : second << 16 | first
    }
}
