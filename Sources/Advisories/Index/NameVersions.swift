import Versioning

/// The distinct versions that a name's advisories mention, in ascending order.
///
/// A package's place among them, found once by binary search over keys, answers every comparison with them as one of two integers.
struct NameVersions {
    /// A version with its key.
    struct Version: Sendable {
        let text: UInt32
        let key: [UInt8]
    }

    /// Ascending by key, equal keys by text.
    let sorted: [Version]
    private let positions: [UInt32: RangeCompiler.Position]
    private let equals: [Range<UInt32>]

    /// How many there are.
    var count: Int { sorted.count }

    /// Collects and sorts the versions of some packages; versions that do not parse are left out.
    init(_ packages: [UInt32], pending: GatheredAdvisories, ordering: VersionOrdering) {
        var seen: Set<UInt32> = []
        for number in packages {
            let package = pending.packages[Int(number)]
            for range in package.ranges {
                for event in pending.ranges[Int(range)] { seen.insert(pending.events[Int(event)].text) }
            }
            for version in package.versions { seen.insert(pending.versions[Int(version)]) }
        }
        var parsed: [Version] = []
        parsed.reserveCapacity(seen.count)
        var buffer = KeyBuffer()
        for text in seen {
            let isReadable = pending.texts.withBytes(text) { bytes in
                let utf8 = bytes.bindMemory(to: UInt8.self)
                return (try? ordering.writeKey(of: utf8, reading: IndexFormat.reading, into: &buffer)) != nil
            }
            if isReadable { parsed.append(Version(text: text, key: Array(buffer.bytes))) }
        }
        let texts = pending.texts
        let sorted = parsed.sorted { lhs, rhs in
            if lhs.key == rhs.key { return texts.precedes(lhs.text, rhs.text) }
            return lhs.key.withUnsafeBytes { left in rhs.key.withUnsafeBytes { left.order(to: $0) < 0 } }
        }
        var positions: [UInt32: RangeCompiler.Position] = [:]
        var equals: [Range<UInt32>] = []
        var start = 0
        while start < sorted.count {
            let end = sorted[start...].firstIndex { $0.key != sorted[start].key } ?? sorted.count
            for index in start..<end {
                positions[sorted[index].text] = RangeCompiler.Position(ordinal: UInt32(index), group: UInt32(start))
                equals.append(UInt32(start)..<UInt32(end))
            }
            start = end
        }
        self.sorted = sorted
        self.positions = positions
        self.equals = equals
    }

    /// The places of all versions equal to the one at a place.
    func equals(_ ordinal: UInt32) -> Range<UInt32> { equals[Int(ordinal)] }

    /// Where a version text stands; `nil` when it does not parse.
    func position(of text: UInt32) -> RangeCompiler.Position? { positions[text] }
}
