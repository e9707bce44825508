import Advisories
import Versioning

/// What the index holds under one (scope, name).
struct NameRecord {
    /// Place in the name table.
    let index: UInt32
    /// Positions in the text section.
    let scope: UInt32
    let name: UInt32
    /// Where the version table begins, in the file.
    let versionTable: Int
    let versionCount: UInt32
    /// Where the segments begin, in the file.
    let segments: Int
    let segmentCount: Int
    /// Where the name's own bytes are, in the file.
    let nameBytes: Range<Int>
    /// Where the bytes of version keys are, in the file.
    let keys: Range<Int>
    /// Its statements by vulnerability.
    let groups: Range<UInt32>
    /// Its statements.
    let entries: Range<UInt32>
    /// How its versions are ordered.
    let ordering: UInt8
    /// See ``NameFlag``.
    let flags: UInt8

    /// Whether a module or a build apart decides who speaks.
    var isModular: Bool { flags & NameFlag.modular != 0 }

    /// How sure it is that what is said under the name is said of a package.
    func confidence(of context: MatchContext) -> Confidence {
        guard flags & NameFlag.product != 0 else { return .exact }
        return context.isProductDerived ? .possible : .likely
    }
}

extension IndexReader {
    /// Reads a line of the name table, and makes sure that the block it points to is whole.
    @inline(__always)
    func name(_ index: UInt32) throws(IndexError) -> NameRecord {
        let record = try record(.names, index)
        let blocks = layout[.blocks]
        let start = Int(record.uint32(8)) &* 8
        let length = Int(record.uint32(12)) &* 8
        let versions = Int(record.uint32(16))
        let segments = Int(record.uint32(20))
        let nameLength = Int(record.uint16(42))
        let keyLength = Int(record.uint32(44))
        let segmentStart = versions &* IndexBlock.versionStride
        let nameStart = segmentStart &+ segments &* IndexBlock.segmentStride
        guard start <= blocks.count, length <= blocks.count &- start, nameStart &+ nameLength &+ keyLength <= length
        else { throw .damaged(what: "a name's block") }
        let base = blocks.lowerBound &+ start
        try mapping.check(base, length)
        let bytes = base &+ nameStart
        return NameRecord(
            index: index, scope: record.uint32(0), name: record.uint32(4), versionTable: base,
            versionCount: UInt32(truncatingIfNeeded: versions), segments: base &+ segmentStart, segmentCount: segments,
            nameBytes: bytes..<bytes &+ nameLength, keys: bytes &+ nameLength..<bytes &+ nameLength &+ keyLength,
            groups: try run(.groups, start: record.uint32(24), count: record.uint32(28)),
            entries: try run(.entries, start: record.uint32(32), count: record.uint32(36)),
            ordering: record.uint8(40), flags: record.uint8(41))
    }

    /// The name as publishers write it.
    func spelling(of name: NameRecord) throws(IndexError) -> String {
        guard name.flags & NameFlag.spelled != 0 else { return try text(name.name) }
        let length = UInt32(truncatingIfNeeded: try textBytes(.text, name.name).count)
        let (position, overflows) = name.name.addingReportingOverflow(4 &+ length)
        guard !overflows else { throw .damaged(what: "a name's spelling") }
        return try text(position)
    }

    /// Finds a name. A miss reads one slot, seldom a few in the same cache line, and allocates nothing.
    func find(_ scope: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) throws(IndexError) -> NameRecord? {
        let slots = layout[.slots]
        let count = slots.count / 8
        guard count > 0, count & (count &- 1) == 0 else { throw .damaged(what: "the number of slots") }
        let hash = IndexFormat.hash(scope: scope, name: name)
        var slot = Int(truncatingIfNeeded: hash) & (count &- 1)
        for _ in 0..<count {
            let offset = slots.lowerBound &+ slot &* 8
            try mapping.check(offset, 8)
            let place = mapping.bytes.integer(at: offset &+ 4, as: UInt32.self)
            if place == 0 { return nil }
            if mapping.bytes.integer(at: offset, as: UInt32.self) == UInt32(truncatingIfNeeded: hash >> 32) {
                let found = try self.name(place &- 1)
                if bytes(found.nameBytes).order(to: name) == 0, try textBytes(.text, found.scope).order(to: scope) == 0
                {
                    return found
                }
            }
            slot = (slot &+ 1) & (count &- 1)
        }
        throw .damaged(what: "the slot table is full")
    }

    /// Finds a name.
    func find(scope: String, name: String) throws(IndexError) -> NameRecord? {
        try scope.withBytes { (scope) throws(IndexError) in
            try name.withBytes { (name) throws(IndexError) in try find(scope, name) }
        }
    }

    /// The scopes that have names, ascending.
    func scope(_ index: UInt32) throws(IndexError) -> String {
        try text(try record(.scopes, index).uint32(0))
    }

    /// Whether any name has this scope.
    func hasScope(_ scope: String) throws(IndexError) -> Bool {
        let wanted = Array(scope.utf8)
        var low: UInt32 = 0
        var high = UInt32(layout.count(.scopes))
        while low < high {
            let middle = low + (high - low) / 2
            let bytes = try textBytes(.text, try record(.scopes, middle).uint32(0))
            let order = wanted.withUnsafeBytes { bytes.order(to: $0) }
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// Bytes of the file that were checked before.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
    }
}
