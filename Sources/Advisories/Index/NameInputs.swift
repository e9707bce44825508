import Crypto

/// Digests of everything that the draft of a name is made from, as texts or their numbers: where one is what it was when an older index was built, the draft is
/// what that index holds.
///
/// What is left out follows from the rest, or is the same for all names and part of ``NameNotes``' own head: the rules of this program.
struct NameInputs: Sendable {
    private let pending: GatheredAdvisories
    private let map: VulnerabilityMap
    private let packages: GroupedLists<UInt32>
    private let stable: UInt32

    /// Prepares for the names of a builder.
    ///
    /// - Parameters:
    ///   - packages: The packages of each name, by the places of their advisories; those of one advisory in its feed's order.
    ///   - numbering: Texts that may be told by their numbers, which the notes name.
    init(
        pending: GatheredAdvisories, map: VulnerabilityMap, packages: GroupedLists<UInt32>, numbering: TextNumbering?
    ) {
        stable = UInt32(clamping: numbering?.count ?? 0)
        self.pending = pending
        self.map = map
        self.packages = packages
    }

    /// The digest of one name: the first 16 bytes of a SHA-256.
    func digest(of number: UInt32) -> NoteDigest {
        let name = pending.names[Int(number)]
        return pending.withView { view in
            map.byRecord.withView { vulnerabilities in
                map.ids.withUnsafeBufferPointer { ids in
                    packages.withView { packages in
                        var bytes = InputBytes(
                            view: view, vulnerabilities: vulnerabilities, ids: ids, stable: stable)
                        bytes.append(name, packages: packages[number])
                        return NoteDigest(bytes.bytes.digest)
                    }
                }
            }
        }
    }
}

/// What a name's draft is made from, as bytes.
private struct InputBytes {
    private let view: AdvisoryView
    private let vulnerabilities: GroupedLists<UInt32>.View
    private let ids: UnsafeBufferPointer<UInt32>
    /// Texts below are told by their numbers, others by their bytes behind a number that none has.
    private let stable: UInt32
    private(set) var bytes = SectionBytes()

    init(
        view: AdvisoryView, vulnerabilities: GroupedLists<UInt32>.View, ids: UnsafeBufferPointer<UInt32>, stable: UInt32
    ) {
        self.stable = stable
        self.view = view
        self.vulnerabilities = vulnerabilities
        self.ids = ids
    }

    mutating func append(_ name: PendingAdvisories.Name, packages: UnsafeBufferPointer<UInt32>) {
        bytes.append(UInt8((name.isSemanticOnly ? 1 : 0) | (name.hasRanges ? 2 : 0)))
        append(text: name.spelling)
        var record: UInt32?
        for number in packages {
            let package = view.packages[Int(number)]
            if package.record != record { append(record: package.record) }
            record = package.record
            append(package)
        }
    }

    /// Who speaks, and of what.
    private mutating func append(record number: UInt32) {
        let record = view.records[Int(number)]
        bytes.append(UInt8(1))
        append(text: record.id)
        append(text: record.feed)
        bytes.append(record.modified)
        bytes.append(UInt8(record.withdrawn == IndexFormat.noTime ? 0 : 1))
        let numbers = vulnerabilities[number]
        bytes.append(UInt32(numbers.count))
        for vulnerability in numbers { append(text: ids[Int(vulnerability)]) }
    }

    private mutating func append(_ package: PendingAdvisories.Package) {
        bytes.append(UInt8(2))
        bytes.append(package.state.indexCode)
        bytes.append(UInt8(package.isEvaluable ? 1 : 0))
        append(text: package.urgency)
        append(text: package.condition)
        bytes.append(UInt32(package.ranges.count))
        for range in package.ranges {
            let events = view.ranges[Int(range)]
            bytes.append(UInt32(events.count))
            for event in events {
                let event = view.events[Int(event)]
                bytes.append(event.kind.rawValue)
                append(text: event.text)
            }
        }
        bytes.append(UInt32(package.versions.count))
        for version in package.versions { append(text: view.versions[Int(version)]) }
    }

    private mutating func append(text number: UInt32) {
        if number < stable { return bytes.append(number) }
        let text = view.texts[number]
        bytes.append(IndexFormat.none)
        bytes.append(UInt32(text.count))
        bytes.append(bytes: text)
    }
}

/// Sixteen bytes of a digest.
struct NoteDigest: Hashable, Sendable {
    let first: UInt64
    let second: UInt64

    /// Takes the first sixteen bytes.
    init(_ digest: SHA256Digest) {
        (first, second) = digest.withUnsafeBytes { bytes in
            (
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// Makes one from its halves.
    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }
}
