import Versioning

/// The distinct versions that a name's advisories mention, in ascending order.
///
/// A package's place among them, found once by binary search over keys, answers every comparison with them as one of two integers.
struct NameVersions {
    /// A version with its key.
    struct Version {
        let text: UInt32
        let key: [UInt8]
    }

    /// Ascending by key, equal keys by text.
    let sorted: [Version]
    private let positions: [UInt32: RangeCompiler.Position]

    /// How many there are.
    var count: Int { sorted.count }

    /// Collects and sorts the versions of some packages; versions that do not parse are left out.
    init(_ packages: [UInt32], pending: PendingAdvisories, ordering: VersionOrdering) {
        var seen: Set<UInt32> = []
        for number in packages {
            let package = pending.packages[Int(number)]
            for range in package.ranges {
                for event in pending.ranges[Int(range)] { seen.insert(pending.events[Int(event)].text) }
            }
            for version in package.versions { seen.insert(pending.versions[Int(version)]) }
        }
        let parsed = seen.compactMap { text -> Version? in
            guard let key = try? ordering.key(pending.texts.string(text)) else { return nil }
            return Version(text: text, key: key.bytes)
        }
        let texts = pending.texts
        sorted = parsed.sorted { lhs, rhs in
            if lhs.key == rhs.key { return texts.precedes(lhs.text, rhs.text) }
            return VersionKey(bytes: lhs.key) < VersionKey(bytes: rhs.key)
        }
        var positions: [UInt32: RangeCompiler.Position] = [:]
        var group: UInt32 = 0
        for (index, version) in sorted.enumerated() {
            if index > 0 && sorted[index - 1].key != version.key { group = UInt32(index) }
            positions[version.text] = RangeCompiler.Position(ordinal: UInt32(index), group: group)
        }
        self.positions = positions
    }

    /// Where a version text stands; `nil` when it does not parse.
    func position(of text: UInt32) -> RangeCompiler.Position? { positions[text] }
}
