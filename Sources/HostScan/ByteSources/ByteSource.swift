import BoundedInput

/// Bytes that are read by their place: those of an open file, of a part of one, or of something that was unpacked.
struct ByteSource {
    private enum Storage {
        case file(PositionedFile)
        case memory([UInt8])
    }

    private let storage: Storage
    /// Where this part begins within the storage.
    private let start: Int

    /// How many there are.
    let count: Int

    /// A whole file, as long as it is now.
    init(_ file: Descriptor) throws(FileReadError.Reason) {
        let file = try PositionedFile(file)
        self.init(.file(file), start: 0, count: file.size)
    }

    init(_ bytes: [UInt8]) {
        self.init(.memory(bytes), start: 0, count: bytes.count)
    }

    private init(_ storage: Storage, start: Int, count: Int) {
        self.storage = storage
        self.start = start
        self.count = count
    }

    /// A part of it, without reading anything; `nil` when it does not lie within.
    func part(at offset: Int, count length: Int) -> ByteSource? {
        guard contains(offset, length) else { return nil }
        return ByteSource(storage, start: start + offset, count: length)
    }

    /// Reads a part.
    ///
    /// - Throws: ``FileFault`` when it does not lie within, or what the system says.
    func read(at offset: Int, count length: Int) throws -> [UInt8] {
        guard contains(offset, length) else { throw FileFault.damaged("ends too early") }
        switch storage {
        case .memory(let bytes): return Array(bytes[(start + offset)..<(start + offset + length)])
        case .file(let file): return Array(try file.read(at: start + offset, count: length))
        }
    }

    private func contains(_ offset: Int, _ length: Int) -> Bool {
        offset >= 0 && length >= 0 && offset <= count && length <= count - offset
    }
}
