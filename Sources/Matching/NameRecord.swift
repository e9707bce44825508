import Advisories
import Versioning

/// What the index holds under one (scope, name).
struct NameRecord {
    /// Place in the name table.
    let index: UInt32
    /// Positions in the text section.
    let scope: UInt32
    let name: UInt32
    /// Its statements.
    let entries: Range<UInt32>
    /// Its statements by vulnerability.
    let groups: Range<UInt32>
    /// Its versions, ascending.
    let versions: Range<UInt32>
    /// How its versions are ordered.
    let ordering: UInt32
    /// 16 bytes over all that can change a verdict.
    let digest: UnsafeRawBufferPointer
}

extension IndexReader {
    /// Reads a line of the name table.
    func name(_ index: UInt32) throws(IndexError) -> NameRecord {
        let record = try record(.names, index)
        return NameRecord(
            index: index, scope: record.uint32(0), name: record.uint32(4),
            entries: try run(.entries, start: record.uint32(8), count: record.uint32(12)),
            groups: try run(.groups, start: record.uint32(28), count: record.uint32(32)),
            versions: try run(.versions, start: record.uint32(16), count: record.uint32(20)),
            ordering: record.uint32(24), digest: UnsafeRawBufferPointer(rebasing: record.bytes[40..<56]))
    }

    /// Finds a name. A miss reads one slot, seldom a few in the same cache line, and allocates nothing.
    func find(scope: String, name: String) throws(IndexError) -> NameRecord? {
        // Native strings are contiguous UTF-8 and are lent as they are; only bridged ones are copied.
        if let found = scope.utf8.withContiguousStorageIfAvailable({ scope in
            name.utf8.withContiguousStorageIfAvailable { name in
                find(UnsafeRawBufferPointer(scope), UnsafeRawBufferPointer(name))
            }
        }), let result = found {
            return try result.get()
        }
        let scopeBytes = Array(scope.utf8)
        let nameBytes = Array(name.utf8)
        return try scopeBytes.withUnsafeBytes { scope in nameBytes.withUnsafeBytes { find(scope, $0) } }.get()
    }

    private func find(
        _ scope: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer
    ) -> Result<NameRecord?, IndexError> {
        Result { () throws(IndexError) in try probe(scope, name) }
    }

    private func probe(
        _ scope: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer
    ) throws(IndexError) -> NameRecord? {
        let count = layout.count(.slots)
        guard count > 0, count & (count - 1) == 0 else { throw .damaged(what: "the number of slots") }
        let hash = IndexFormat.hash(scope: scope, name: name)
        var slot = Int(truncatingIfNeeded: hash) & (count - 1)
        for _ in 0..<count {
            let record = try record(.slots, UInt32(truncatingIfNeeded: slot))
            let place = record.uint32(4)
            if place == 0 { return nil }
            if record.uint32(0) == UInt32(hash >> 32) {
                let found = try self.name(place - 1)
                if try textBytes(.text, found.scope).order(to: scope) == 0,
                    try textBytes(.text, found.name).order(to: name) == 0
                {
                    return found
                }
            }
            slot = (slot + 1) & (count - 1)
        }
        throw .damaged(what: "the slot table is full")
    }

    /// Whether any name has this scope: the name table is sorted by it.
    func hasScope(_ scope: String) throws(IndexError) -> Bool {
        let wanted = Array(scope.utf8)
        var low: UInt32 = 0
        var high = UInt32(layout.count(.names))
        while low < high {
            let middle = low + (high - low) / 2
            let bytes = try textBytes(.text, try record(.names, middle).uint32(0))
            if wanted.withUnsafeBytes({ bytes.order(to: $0) }) < 0 { low = middle + 1 } else { high = middle }
        }
        guard low < UInt32(layout.count(.names)) else { return false }
        let bytes = try textBytes(.text, try record(.names, low).uint32(0))
        return wanted.withUnsafeBytes { bytes.order(to: $0) } == 0
    }
}
