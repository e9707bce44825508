import Advisories

extension IndexReader {
    /// Places a version key among a name's versions.
    func place(of key: [UInt8], in name: NameRecord) throws(IndexError) -> VersionPlace {
        let below = try partition(name, key) { $0 < 0 }
        let above = try partition(name, key) { $0 <= 0 }
        return VersionPlace(below: below, above: max(below, above))
    }

    /// Places a known version.
    func place(of ordinal: UInt32, in name: NameRecord) throws(IndexError) -> VersionPlace {
        let (offset, length) = try keySpan(ordinal, in: name)
        return try place(of: Array(try key(offset: offset, length: length)), in: name)
    }

    /// A known version's text.
    func versionText(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> String {
        guard ordinal < UInt32(name.versions.count) else { throw .damaged(what: "a version's place") }
        return try text(try record(.versions, name.versions.lowerBound + ordinal).uint32(8))
    }

    private func keySpan(_ ordinal: UInt32, in name: NameRecord) throws(IndexError) -> (UInt32, UInt32) {
        guard ordinal < UInt32(name.versions.count) else { throw .damaged(what: "a version's place") }
        let record = try record(.versions, name.versions.lowerBound + ordinal)
        return (record.uint32(0), record.uint32(4))
    }

    /// The number of versions at the front whose order to the key satisfies a condition.
    private func partition(
        _ name: NameRecord, _ wanted: [UInt8], where isBefore: (Int) -> Bool
    ) throws(IndexError) -> UInt32 {
        var low: UInt32 = 0
        var high = UInt32(name.versions.count)
        while low < high {
            let middle = low + (high - low) / 2
            let (offset, length) = try keySpan(middle, in: name)
            let known = try key(offset: offset, length: length)
            if isBefore(wanted.withUnsafeBytes { known.order(to: $0) }) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
