import Advisories
import Synchronization

/// The mapped bytes of an index, each page compared with its check before anything on it is believed.
///
/// The check of a page is computed when it is first read and remembered; so a damaged page is an error wherever it is met, without the
/// cost of reading the whole file on opening. The section with the checks has its own digest in the header, which opening compares.
///
/// `@unchecked Sendable`: the mapping is read-only; the only things that change are the set of checked pages and the note of a damaged one,
/// which are atomic, and a page that two threads check at once gives both the same answer.
final class IndexMapping: @unchecked Sendable {
    /// The whole file.
    let bytes: UnsafeRawBufferPointer
    private let file: MappedFile
    private let checksOffset: Int
    private let pageCount: Int
    private let checked: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int
    /// Where a page begins that differed from its check; 0 for none.
    private let damagedOffset = Atomic<Int>(0)

    /// Remembers a file whose header was checked.
    init(_ file: MappedFile, layout: IndexLayout) {
        self.file = file
        bytes = file.bytes
        checksOffset = layout[.checks].lowerBound
        pageCount = layout.count(.checks)
        wordCount = pageCount / 64 + 1
        checked = .allocate(capacity: wordCount)
        for word in 0..<wordCount { (checked + word).initialize(to: Atomic(0)) }
    }

    deinit {
        checked.deinitialize(count: wordCount)
        checked.deallocate()
    }

    /// Makes sure that some bytes are as they were written. They lie inside the file, behind the header and before the checks.
    @inline(__always)
    func check(_ offset: Int, _ count: Int) throws(IndexError) {
        var page = (offset &- IndexFormat.headerSize) / IndexFormat.pageSize
        let last = (offset &+ max(count, 1) &- 1 &- IndexFormat.headerSize) / IndexFormat.pageSize
        while page <= last {
            if checked[page >> 6].load(ordering: .relaxed) & (1 << UInt64(page & 63)) == 0 { try compare(page) }
            page &+= 1
        }
    }

    /// What was found damaged so far, whoever met it and whatever came of it.
    var damage: IndexError? {
        let start = damagedOffset.load(ordering: .relaxed)
        return start == 0 ? nil : Self.damage(at: start)
    }

    private static func damage(at start: Int) -> IndexError {
        .damaged(what: "the bytes from \(start) on differ from their check")
    }

    /// Notes that all pages are as they were written.
    func trustAll() {
        for word in 0..<wordCount { checked[word].store(UInt64.max, ordering: .relaxed) }
    }

    @inline(never)
    private func compare(_ page: Int) throws(IndexError) {
        let start = IndexFormat.headerSize + page * IndexFormat.pageSize
        guard page >= 0, page < pageCount, start < checksOffset else { throw .damaged(what: "a page number") }
        let end = min(start + IndexFormat.pageSize, checksOffset)
        let content = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard PageCheck.value(content) == bytes.integer(at: checksOffset + page * 8, as: UInt64.self) else {
            damagedOffset.store(start, ordering: .relaxed)
            throw Self.damage(at: start)
        }
        checked[page >> 6].bitwiseOr(1 << UInt64(page & 63), ordering: .relaxed)
    }
}
