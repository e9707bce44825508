/// The bytes of one section under construction, least significant byte first.
struct SectionBytes {
    /// What was appended so far.
    private(set) var bytes: [UInt8] = []

    /// Starts empty, with room for as many bytes.
    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Bytes so far.
    var count: Int { bytes.count }

    /// Appends an integer.
    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends a number as its IEEE 754 bits.
    mutating func append(_ value: Double) {
        append(value.bitPattern)
    }

    /// Appends loose bytes.
    mutating func append(bytes more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
    }

    /// Appends loose bytes.
    mutating func append(bytes more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }
}
