import Crypto

/// Digests of everything that the draft of a name is made from, as texts: where one is what it was when an older index was built, the draft is
/// what that index holds.
///
/// What is left out follows from the rest, or is the same for all names and part of ``NameNotes``' own head: the rules of this program.
struct NameInputs: Sendable {
    private let pending: PendingAdvisories
    private let map: VulnerabilityMap
    private let order: AdvisoryOrder
    private let packages: GroupedLists<UInt32>

    /// Prepares for the names of a builder.
    ///
    /// - Parameter packages: The packages of each name.
    init(pending: PendingAdvisories, map: VulnerabilityMap, order: AdvisoryOrder, packages: GroupedLists<UInt32>) {
        self.pending = pending
        self.map = map
        self.order = order
        self.packages = packages
    }

    /// The digest of one name: the first 16 bytes of a SHA-256.
    func digest(of number: UInt32) -> NoteDigest {
        let name = pending.names[Int(number)]
        // About what a package takes; most names have few.
        var bytes = SectionBytes(capacity: 64 + packages[number].count * 192)
        bytes.append(UInt8((name.isSemanticOnly ? 1 : 0) | (name.hasRanges ? 2 : 0)))
        append(name.spelling, to: &bytes)
        // Threads take feeds in any order; within one advisory the order of its feed stands.
        let sorted = packages[number].sorted { left, right in
            let lhs = order.places[Int(pending.packages[Int(left)].record)]
            let rhs = order.places[Int(pending.packages[Int(right)].record)]
            return lhs == rhs ? left < right : lhs < rhs
        }
        var record: UInt32?
        for package in sorted {
            let package = pending.packages[Int(package)]
            if package.record != record { append(record: package.record, to: &bytes) }
            record = package.record
            append(package, to: &bytes)
        }
        return NoteDigest(Array(SHA256.hash(data: bytes.bytes)))
    }

    /// Who speaks, and of what.
    private func append(record number: UInt32, to bytes: inout SectionBytes) {
        let record = pending.records[Int(number)]
        bytes.append(UInt8(1))
        append(record.id, to: &bytes)
        append(record.feed, to: &bytes)
        bytes.append(record.modified)
        bytes.append(UInt8(record.withdrawn == IndexFormat.noTime ? 0 : 1))
        let vulnerabilities = map.byRecord[number]
        bytes.append(UInt32(vulnerabilities.count))
        for vulnerability in vulnerabilities { append(map.ids[Int(vulnerability)], to: &bytes) }
    }

    private func append(_ package: PendingAdvisories.Package, to bytes: inout SectionBytes) {
        bytes.append(bytes: [2, package.state.indexCode, package.isEvaluable ? 1 : 0])
        append(package.urgency, to: &bytes)
        append(package.condition, to: &bytes)
        bytes.append(UInt32(package.ranges.count))
        for range in package.ranges {
            let events = pending.ranges[Int(range)]
            bytes.append(UInt32(events.count))
            for event in events {
                let event = pending.events[Int(event)]
                bytes.append(event.kind.rawValue)
                append(event.text, to: &bytes)
            }
        }
        bytes.append(UInt32(package.versions.count))
        for version in package.versions { append(pending.versions[Int(version)], to: &bytes) }
    }

    private func append(_ text: UInt32, to bytes: inout SectionBytes) {
        pending.texts.withBytes(text) {
            bytes.append(UInt32($0.count))
            bytes.append(bytes: $0)
        }
    }
}

/// Sixteen bytes of a digest.
struct NoteDigest: Hashable, Sendable {
    let first: UInt64
    let second: UInt64

    /// Takes the first sixteen of at least that many bytes; of fewer, 0.
    init(_ bytes: [UInt8]) {
        let words = bytes.withUnsafeBytes { bytes in
            bytes.count < 16
                ? (UInt64(0), UInt64(0))
                : (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        first = UInt64(littleEndian: words.0)
        second = UInt64(littleEndian: words.1)
    }

    /// Makes one from its halves.
    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }
}
