import Advisories

/// Reads records out of a mapped index. Every position that comes out of the file is checked before it is followed.
struct IndexReader: Sendable {
    /// The bytes.
    let mapping: IndexMapping
    /// Where the sections are.
    let layout: IndexLayout

    /// One record of a section, known to lie inside the file.
    struct Record {
        /// The record's bytes.
        let bytes: UnsafeRawBufferPointer

        /// A field of four bytes. `offset` is a constant of the format.
        @inline(__always)
        func uint32(_ offset: Int) -> UInt32 { bytes.integer(at: offset, as: UInt32.self) }

        /// A field of two bytes.
        @inline(__always)
        func uint16(_ offset: Int) -> UInt16 { bytes.integer(at: offset, as: UInt16.self) }

        /// A field of eight bytes.
        func int64(_ offset: Int) -> Int64 { bytes.integer(at: offset, as: Int64.self) }

        /// A field of eight bytes that holds a number's IEEE 754 bits.
        func double(_ offset: Int) -> Double { Double(bitPattern: bytes.integer(at: offset, as: UInt64.self)) }

        /// A field of one byte.
        @inline(__always)
        func uint8(_ offset: Int) -> UInt8 { bytes[offset] }

        /// A time, or `nil` where the format says "none".
        func time(_ offset: Int) -> Int64? {
            let value = int64(offset)
            return value == IndexFormat.noTime ? nil : value
        }
    }

    /// A record by its place in the section.
    @inline(__always)
    func record(_ section: IndexSection, _ index: UInt32) throws(IndexError) -> Record {
        let stride = section.stride
        let range = layout[section]
        let start = Int(index) * stride
        guard start <= range.count - stride else { throw .damaged(what: "a position in \(section)") }
        let first = range.lowerBound + start
        try mapping.check(first, stride)
        return Record(bytes: UnsafeRawBufferPointer(rebasing: mapping.bytes[first..<first + stride]))
    }

    /// Checks that a run of records lies inside its section.
    func run(_ section: IndexSection, start: UInt32, count: UInt32) throws(IndexError) -> Range<UInt32> {
        let (end, overflow) = start.addingReportingOverflow(count)
        guard !overflow, Int(end) <= layout.count(section) else { throw .damaged(what: "a run of \(section)") }
        return start..<end
    }

    /// The bytes of a text.
    func textBytes(_ section: IndexSection, _ position: UInt32) throws(IndexError) -> UnsafeRawBufferPointer {
        let range = layout[section]
        let start = Int(position)
        guard start <= range.count - 4 else { throw .damaged(what: "a position in \(section)") }
        try mapping.check(range.lowerBound + start, 4)
        let length = Int(mapping.bytes.integer(at: range.lowerBound + start, as: UInt32.self))
        guard length <= range.count - start - 4 else { throw .damaged(what: "a length in \(section)") }
        let first = range.lowerBound + start + 4
        try mapping.check(first, length)
        return UnsafeRawBufferPointer(rebasing: mapping.bytes[first..<first + length])
    }

    /// A text of the `text` section.
    func text(_ position: UInt32) throws(IndexError) -> String {
        String(decoding: try textBytes(.text, position), as: UTF8.self)
    }

    /// A text of the `prose` section.
    func prose(_ position: UInt32) throws(IndexError) -> String {
        String(decoding: try textBytes(.prose, position), as: UTF8.self)
    }

    /// A text of the `text` section, or `nil` where the format says "none".
    func optionalText(_ position: UInt32) throws(IndexError) -> String? {
        position == IndexFormat.none ? nil : try text(position)
    }

    /// The numbers of a list.
    func list(start: UInt32, count: UInt32) throws(IndexError) -> [UInt32] {
        let run = try run(.lists, start: start, count: count)
        var numbers: [UInt32] = []
        numbers.reserveCapacity(run.count)
        for index in run { numbers.append(try record(.lists, index).uint32(0)) }
        return numbers
    }
}
