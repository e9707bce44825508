import Advisories

extension IndexReader {
    /// Places a version key among a name's versions: a binary search by the keys' first eight bytes, which stand in the table itself; the
    /// keys are looked at only where these are equal.
    func place(of key: UnsafeRawBufferPointer, in name: NameRecord) throws(IndexError) -> VersionPlace {
        let prefix = KeyPrefix.value(key)
        var low: UInt32 = 0
        var high = name.versionCount
        while low < high {
            let middle = low &+ (high &- low) / 2
            if try order(middle, prefix, key, in: name) < 0 { low = middle &+ 1 } else { high = middle }
        }
        var above = low
        while above < name.versionCount, try order(above, prefix, key, in: name) == 0 { above &+= 1 }
        return VersionPlace(below: low, above: above)
    }

    /// How a known version is to a key: negative when it is lower.
    @inline(__always)
    private func order(
        _ ordinal: UInt32, _ prefix: UInt64, _ key: UnsafeRawBufferPointer, in name: NameRecord
    ) throws(IndexError) -> Int {
        let line = name.versionTable &+ Int(ordinal) &* IndexBlock.versionStride
        let known = mapping.bytes.integer(at: line, as: UInt64.self)
        if known != prefix { return known < prefix ? -1 : 1 }
        return try self.key(ordinal, in: name).order(to: key)
    }

    /// Places a known version.
    func place(of ordinal: UInt32, in name: NameRecord) throws(IndexError) -> VersionPlace {
        try place(of: try key(ordinal, in: name), in: name)
    }

    /// A known version's text as bytes of the mapping.
    func versionBytes(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> UnsafeRawBufferPointer {
        try textBytes(.text, mapping.bytes.integer(at: try line(ordinal, in: name) &+ 12, as: UInt32.self))
    }

    /// A known version's text.
    func versionText(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> String {
        String(decoding: try versionBytes(ordinal, in: name), as: UTF8.self)
    }

    private func key(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> UnsafeRawBufferPointer {
        let line = try line(ordinal, in: name)
        let start = Int(mapping.bytes.integer(at: line &+ 8, as: UInt32.self))
        let end =
            ordinal &+ 1 < name.versionCount
            ? Int(mapping.bytes.integer(at: line &+ IndexBlock.versionStride &+ 8, as: UInt32.self)) : name.keys.count
        guard start <= end, end <= name.keys.count else { throw .damaged(what: "a version key") }
        return bytes(name.keys.lowerBound &+ start..<name.keys.lowerBound &+ end)
    }

    @inline(__always)
    private func line(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> Int {
        guard ordinal < name.versionCount else { throw .damaged(what: "a version's place") }
        return name.versionTable &+ Int(ordinal) &* IndexBlock.versionStride
    }
}
