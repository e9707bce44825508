import Crypto
import Dispatch

/// An index file on its way to the disk: sections are digested and written by threads of their own while later ones are still worked out.
///
/// `@unchecked Sendable`: `hasher` belongs to one serial queue, everything of the file to the other, and the rest to the caller, who asks for
/// their results when both have ended.
final class IndexStream: @unchecked Sendable {
    /// What an index file came to.
    struct Content {
        /// The index digest: SHA-256 of everything behind the header.
        let digest: [UInt8]
        /// Bytes of the file.
        let fileSize: Int
    }

    private let digesting = DispatchQueue(label: "zerotrace.index.digest")
    private let writing = DispatchQueue(label: "zerotrace.index.write")
    private var hasher = SHA256()
    private let file: DraftFile
    private var checks = PageChecks()
    private var failure: IndexBuildError?
    private var table = SectionBytes()
    private var offset = IndexFormat.headerSize

    /// Begins a file, which nobody sees before ``finish(builtAt:)``.
    init(path: String) throws(IndexBuildError) { file = try DraftFile(path: path) }

    /// Adds a finished section; all but the checks, in their order.
    func add(_ section: IndexSection, _ bytes: [UInt8]) throws(IndexBuildError) {
        let padded = try enter(section, bytes)
        writing.async { [self] in
            bytes.withUnsafeBytes { checks.update($0) }
            padded.padding.withUnsafeBytes { checks.update($0) }
            write(bytes, padded.padding, at: padded.start)
        }
    }

    /// Begins to flush what was added so far to the disk, on a thread of its own.
    func flush() {
        writing.async { [file] in DispatchQueue.global().async { file.flush() } }
    }

    /// Adds the checks and the header, and lets the file be seen when all of it is on the disk.
    ///
    /// - Parameter isSound: Asked last; when not, the file is given up.
    /// - Returns: `nil` when the file was given up.
    func finish(builtAt: Int64, isSound: () -> Bool) throws(IndexBuildError) -> Content? {
        let sums = writing.sync { checks.finish() }
        let padded = try enter(.checks, sums)
        writing.async { [self] in write(sums, padded.padding, at: padded.start) }
        let content = digesting.sync { Array(hasher.finalize()) }
        let header = header(content: content, checks: Array(SHA256.hash(data: sums)), builtAt: builtAt)
        writing.sync { write(header, [], at: 0) }
        if let failure { throw failure }
        guard isSound() else { return nil }
        try file.commit()
        return Content(digest: content, fileSize: offset)
    }

    /// Gives a section its place and lets it be digested.
    private func enter(
        _ section: IndexSection, _ bytes: [UInt8]
    ) throws(IndexBuildError) -> (start: Int, padding: [UInt8]) {
        guard bytes.count / section.stride < Int(IndexFormat.none),
            section.stride > 1 || bytes.count < Int(IndexFormat.none)
        else { throw .tooLarge(part: "\(section) section") }
        let start = offset
        table.append(section.rawValue)
        table.append(UInt32(section.stride))
        table.append(UInt64(start))
        table.append(UInt64(bytes.count))
        let rest = bytes.count % IndexFormat.alignment
        let padding = [UInt8](repeating: 0, count: (IndexFormat.alignment - rest) % IndexFormat.alignment)
        offset += bytes.count + padding.count
        digesting.async { [self] in
            hasher.update(data: bytes)
            hasher.update(data: padding)
        }
        return (start, padding)
    }

    /// Only on the queue that writes.
    private func write(_ bytes: [UInt8], _ padding: [UInt8], at start: Int) {
        guard failure == nil else { return }
        do throws(IndexBuildError) {
            try file.write(bytes, at: start)
            try file.write(padding, at: start + bytes.count)
        } catch {
            failure = error
        }
    }

    private func header(content: [UInt8], checks: [UInt8], builtAt: Int64) -> [UInt8] {
        var header = SectionBytes()
        header.append(bytes: IndexFormat.magic)
        header.append(IndexFormat.version)
        header.append(UInt32(IndexFormat.headerSize))
        header.append(UInt64(offset))
        header.append(builtAt)
        header.append(bytes: IndexFormat.versionKeyFingerprint)
        header.append(UInt32(IndexSection.allCases.count))
        header.append(UInt32(0))
        header.append(bytes: content)
        header.append(bytes: table.bytes)
        header.append(bytes: [UInt8](repeating: 0, count: IndexFormat.checksDigestOffset - header.count))
        header.append(bytes: checks)
        header.append(bytes: [UInt8](repeating: 0, count: IndexFormat.headerDigestOffset - header.count))
        header.append(bytes: Array(header.digest))
        return header.take()
    }
}

/// One check for each page of what comes, taken as one run of bytes; the last page may be shorter.
private struct PageChecks {
    private var sums = SectionBytes()
    private var page: [UInt8] = []

    init() { page.reserveCapacity(IndexFormat.pageSize) }

    /// Takes the next bytes.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < bytes.count {
            let piece = min(IndexFormat.pageSize - page.count, bytes.count - offset)
            let run = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + piece])
            offset += piece
            if piece == IndexFormat.pageSize {
                sums.append(PageCheck.value(run))
            } else {
                page.append(contentsOf: run)
                if page.count == IndexFormat.pageSize { flush() }
            }
        }
    }

    /// Hands over all checks, the shorter last page's among them.
    mutating func finish() -> [UInt8] {
        flush()
        return sums.take()
    }

    private mutating func flush() {
        guard !page.isEmpty else { return }
        sums.append(page.withUnsafeBytes { PageCheck.value($0) })
        page.removeAll(keepingCapacity: true)
    }
}
