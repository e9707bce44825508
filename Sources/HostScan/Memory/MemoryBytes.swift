/// A memory says something that it cannot say: nothing of it is believed.
struct DamagedMemory: Error {}

/// Reads numbers and parts of a memory in turn.
struct MemoryReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    /// - Parameter offset: Within the bytes, or at their end.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func part(_ count: Int) throws(DamagedMemory) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - offset else { throw DamagedMemory() }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    mutating func number() throws(DamagedMemory) -> Int {
        Int(UInt32(littleEndian: try part(4).loadUnaligned(as: UInt32.self)))
    }

    mutating func wide() throws(DamagedMemory) -> UInt64 {
        UInt64(littleEndian: try part(8).loadUnaligned(as: UInt64.self))
    }

    /// A part with its length before it.
    mutating func sized() throws(DamagedMemory) -> UnsafeRawBufferPointer { try part(try number()) }

    mutating func text() throws(DamagedMemory) -> String { String(decoding: try sized(), as: UTF8.self) }

    mutating func facts() throws(DamagedMemory) -> FileFacts { FileFacts(try part(FileFacts.encodedSize)) }
}

/// Writes what ``MemoryReader`` reads.
extension [UInt8] {
    mutating func append(number: Int) {
        Swift.withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(wide: UInt64) {
        Swift.withUnsafeBytes(of: wide.littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(sized part: some Collection<UInt8>) {
        append(number: part.count)
        append(contentsOf: part)
    }

    /// Puts a number where one of no meaning was appended before.
    mutating func set(number: Int, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    }
}
