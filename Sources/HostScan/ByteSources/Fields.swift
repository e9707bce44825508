/// A record whose numbers all stand in one order.
struct Fields {
    private let bytes: ArraySlice<UInt8>
    private let order: ByteOrder

    init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool = false) {
        self.bytes = bytes
        order = isBigEndian ? .big : .little
    }

    init(_ bytes: [UInt8], isBigEndian: Bool = false) {
        self.init(bytes[...], isBigEndian: isBigEndian)
    }

    /// The number of `width` bytes, 1 to 8, at `offset` from the start.
    func number(at offset: Int, width: Int) throws(FileFault) -> Int {
        try bytes.number(at: offset, width: width, order)
    }
}
