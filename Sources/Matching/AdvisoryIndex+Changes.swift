import Advisories

extension AdvisoryIndex {
    /// The names whose packages may get other verdicts than from an older index, including names added and removed.
    ///
    /// Both name tables are sorted and carry a digest per name, so this is one walk along the two of them. Both indexes should have passed
    /// ``verify()``; from a damaged one, lines that cannot be read are left out.
    ///
    /// - Parameter older: The index to compare with.
    /// - Returns: Ascending, without repetition; empty when the two would answer every package alike.
    public func changedNames(since older: AdvisoryIndex) -> [AdvisoryName] {
        if digest == older.digest { return [] }
        return merged(
            with: older, section: .names,
            key: { reader, index throws(IndexError) in
                let record = try reader.record(.names, index)
                return AdvisoryName(scope: try reader.text(record.uint32(0)), name: try reader.text(record.uint32(4)))
            },
            order: { lhs, left, rhs, right throws(IndexError) in
                let scopes = try lhs.textBytes(.text, left.uint32(0)).order(
                    to: try rhs.textBytes(.text, right.uint32(0)))
                if scopes != 0 { return scopes }
                return try lhs.textBytes(.text, left.uint32(4)).order(to: try rhs.textBytes(.text, right.uint32(4)))
            }, digest: 48..<64)
    }

    /// The vulnerabilities of which something other is shown than from an older index (severity, EPSS, KEV, texts, aliases, advisories),
    /// including those added and removed.
    ///
    /// - Parameter older: The index to compare with; as for ``changedNames(since:)``.
    /// - Returns: Canonical ids, ascending, without repetition.
    public func changedVulnerabilities(since older: AdvisoryIndex) -> [String] {
        if digest == older.digest { return [] }
        return merged(
            with: older, section: .vulnerabilities,
            key: { reader, index throws(IndexError) in try reader.vulnerabilityID(index) },
            order: { lhs, left, rhs, right throws(IndexError) in
                try lhs.textBytes(.text, left.uint32(0)).order(to: try rhs.textBytes(.text, right.uint32(0)))
            }, digest: 96..<112)
    }

    /// Walks two sorted tables and collects the keys that only one of them has, or whose digests differ.
    private func merged<Key>(
        with older: AdvisoryIndex, section: IndexSection,
        key: (IndexReader, UInt32) throws(IndexError) -> Key,
        order: (IndexReader, IndexReader.Record, IndexReader, IndexReader.Record) throws(IndexError) -> Int,
        digest: Range<Int>
    ) -> [Key] {
        let ends = (new: UInt32(reader.layout.count(section)), old: UInt32(older.reader.layout.count(section)))
        var new: UInt32 = 0
        var old: UInt32 = 0
        var changed: [Key] = []
        while new < ends.new || old < ends.old {
            let left = new < ends.new ? try? reader.record(section, new) : nil
            let right = old < ends.old ? try? older.reader.record(section, old) : nil
            let step = Self.step(left, right) { left, right throws(IndexError) in
                try order(reader, left, older.reader, right)
            }
            if step == 0, let left, let right, left.bytes[digest].elementsEqual(right.bytes[digest]) {
                new += 1
                old += 1
                continue
            }
            if let found = try? (step <= 0 ? key(reader, new) : key(older.reader, old)) { changed.append(found) }
            if step <= 0 { new += 1 }
            if step >= 0 { old += 1 }
        }
        return changed
    }

    /// Which table to advance: negative the newer, positive the older, 0 both.
    private static func step(
        _ left: IndexReader.Record?, _ right: IndexReader.Record?,
        order: (IndexReader.Record, IndexReader.Record) throws(IndexError) -> Int
    ) -> Int {
        guard let left else { return 1 }
        guard let right else { return -1 }
        return (try? order(left, right)) ?? -1
    }
}
