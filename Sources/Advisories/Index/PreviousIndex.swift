import Crypto
import Dispatch
import Synchronization

/// An index that an earlier build wrote, mapped, as a source for the next. Whether it is whole is found out meanwhile: see ``isWhole``.
///
/// Every position is checked against its section before it is followed, so a file that somebody made up can hold nonsense but cannot make the
/// program stop.
///
/// `@unchecked Sendable`: the mapping is read-only, and ``sections`` is set once.
final class PreviousIndex: @unchecked Sendable {
    private let mapping: FileMapping
    private let bytes: UnsafeRawBufferPointer
    private var sections: [Range<Int>] = []
    /// The index digest, 32 bytes.
    let digest: [UInt8]

    private let checking = DispatchGroup()
    private let outcome = Mutex(false)

    /// Maps an index and begins to compare its checks; `nil` when it is not there, is of another format or of other version keys, or its header is
    /// damaged.
    init?(path: String) {
        guard let mapping = FileMapping(path: path) else { return nil }
        self.mapping = mapping
        bytes = mapping.bytes
        digest = bytes.count < IndexFormat.headerSize ? [] : Array(bytes[48..<80])
        guard let sections = Self.sections(of: bytes) else { return nil }
        self.sections = sections
        DispatchQueue.global().async(group: checking) { [self] in
            let isWhole = hasSoundPages
            outcome.withLock { $0 = isWhole }
        }
    }

    /// Whether every byte of the file has the check that it names. Waits until that is known.
    var isWhole: Bool {
        checking.wait()
        return outcome.withLock { $0 }
    }

    /// Whether the pages have their checks, and these the digest in the header, which has one of its own. The file's digest would say no more of
    /// damage, and costs several times as much.
    private var hasSoundPages: Bool {
        let place = sections[Int(IndexSection.checks.rawValue) - 1]
        let (start, size) = (IndexFormat.headerSize, IndexFormat.pageSize)
        let digest = bytes[IndexFormat.checksDigestOffset..<IndexFormat.checksDigestOffset + 32]
        guard place.count == (place.lowerBound - start + size - 1) / size * 8,
            Self.hash(bytes[place]).elementsEqual(digest), bytes[place.upperBound...].allSatisfy({ $0 == 0 })
        else { return false }
        for page in 0..<place.count / 8 {
            let run = start + page * size..<min(start + (page + 1) * size, place.lowerBound)
            let check = PageCheck.value(UnsafeRawBufferPointer(rebasing: bytes[run]))
            if check != Self.long(bytes, place.lowerBound + page * 8) { return false }
        }
        return true
    }

    /// The places of the sections; `nil` unless the header is one that this program writes.
    private static func sections(of bytes: UnsafeRawBufferPointer) -> [Range<Int>]? {
        let end = IndexFormat.headerDigestOffset
        guard bytes.count >= IndexFormat.headerSize, bytes[..<8].elementsEqual(IndexFormat.magic),
            word(bytes, 8) == IndexFormat.version, long(bytes, 16) == UInt64(bytes.count),
            bytes[32..<40].elementsEqual(IndexFormat.versionKeyFingerprint),
            hash(bytes[..<end]).elementsEqual(bytes[end..<end + 32])
        else { return nil }
        var sections: [Range<Int>] = []
        for (line, section) in IndexSection.allCases.enumerated() {
            let place = IndexFormat.sectionTableOffset + line * IndexFormat.sectionTableStride
            guard word(bytes, place) == section.rawValue, word(bytes, place + 4) == UInt32(section.stride),
                let start = Int(exactly: long(bytes, place + 8)), let count = Int(exactly: long(bytes, place + 16)),
                start >= IndexFormat.headerSize, start <= bytes.count, count <= bytes.count - start
            else { return nil }
            sections.append(start..<start + count)
        }
        return sections
    }

    private static func hash(_ bytes: Slice<UnsafeRawBufferPointer>) -> SHA256Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes))
        return hasher.finalize()
    }

    /// How many records a section has.
    func count(_ section: IndexSection) -> Int { sections[Int(section.rawValue) - 1].count / section.stride }

    /// About as many bytes as a section of the next index has: a little more than here.
    func expectedSize(_ section: IndexSection) -> Int {
        let size = sections[Int(section.rawValue) - 1].count
        return size + size / 64 + 4096
    }

    /// The bytes of a run of records; `nil` when it reaches out of the section.
    func records(_ section: IndexSection, _ start: UInt32, _ count: UInt32) -> UnsafeRawBufferPointer? {
        let place = sections[Int(section.rawValue) - 1]
        let (from, to) = (Int(start) * section.stride, (Int(start) + Int(count)) * section.stride)
        guard to <= place.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[place.lowerBound + from..<place.lowerBound + to])
    }

    /// The bytes of a text; `nil` when it reaches out of the section.
    func text(_ position: UInt32) -> UnsafeRawBufferPointer? {
        let place = sections[Int(IndexSection.text.rawValue) - 1]
        guard Int(position) + 4 <= place.count else { return nil }
        let start = place.lowerBound + Int(position) + 4
        let count = Int(Self.word(bytes, start - 4))
        guard start + count <= place.upperBound else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
    }

    /// Bytes of the section of texts.
    var textSize: Int { sections[Int(IndexSection.text.rawValue) - 1].count }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func long(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension UnsafeRawBufferPointer {
    /// The number at an offset that lies within.
    @inline(__always)
    func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
