/// Whole numbers at places of a record.
struct Fields {
    private let bytes: ArraySlice<UInt8>
    private let isBigEndian: Bool

    init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool = false) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
    }

    init(_ bytes: [UInt8], isBigEndian: Bool = false) {
        self.init(bytes[...], isBigEndian: isBigEndian)
    }

    /// How many bytes there are.
    var count: Int { bytes.count }

    /// The number of `width` bytes, 1 to 8, at `offset` from the start.
    ///
    /// - Throws: ``MalformedFile`` beyond the end, or for a number that no place in a file can have.
    func number(at offset: Int, width: Int) throws(MalformedFile) -> Int {
        guard offset >= 0, offset <= bytes.count, width <= bytes.count - offset else {
            throw MalformedFile("ends too early")
        }
        let field = bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + width)]
        var value: UInt64 = 0
        for byte in isBigEndian ? Array(field) : field.reversed() { value = value << 8 | UInt64(byte) }
        guard let number = Int(exactly: value) else { throw MalformedFile("a place beyond every file") }
        return number
    }
}
