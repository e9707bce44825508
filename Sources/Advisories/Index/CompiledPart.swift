import Crypto

/// A builder's advisories as a file: columns of 32-bit numbers, each behind its length, then the texts, under one SHA-256.
///
/// Everything is checked on reading: that the digest is right and that every number lies within what it counts. So a file that somebody
/// made up can hold nonsense, but cannot make the program stop.
///
/// Where the numbers of its texts in a pool are known from an earlier build, only the columns are read; they have a check of their own.
enum CompiledPart {
    private static let magic = Array("ZTPART\n\0".utf8)
    /// Counts up with every change of the columns or of what they mean.
    private static let version: UInt32 = 3
    private static let headSize = 80
    /// Largest file read, in bytes.
    private static let sizeLimit = 1 << 30

    /// Where things are in a file: 8 bytes magic, version, 0, the SHA-256 of all behind it; the check of the note and the columns, the length of the
    /// columns, the number of texts, the length of the note.
    private struct Head {
        let digest: PartDigest
        let check: UInt64
        let columns: Int
        let texts: Int
        let note: Int

        init?(_ bytes: [UInt8]) {
            guard bytes.count >= headSize, bytes[..<8].elementsEqual(magic) else { return nil }
            func number(_ offset: Int) -> UInt64 {
                UInt64(
                    littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) })
            }
            guard number(8) == UInt64(version), number(56) < sizeLimit, number(64) < sizeLimit, number(72) < sizeLimit
            else { return nil }
            digest = PartDigest(bytes[16..<48])
            check = number(48)
            (columns, texts, note) = (Int(number(56)), Int(number(64)), Int(number(72)))
        }
    }

    /// What was read of a file.
    struct Content {
        let digest: PartDigest
        let columns: PartContent
        /// `nil` where their numbers are known.
        let texts: StringPool?
        let note: [UInt8]
    }

    /// Writes advisories. The file is a cache, so nothing waits for the disk.
    ///
    /// - Parameter note: Bytes that belong to them, for who keeps the file.
    static func write(
        _ pending: PendingAdvisories, note: [UInt8], to path: String
    ) throws(IndexBuildError) -> PartDigest {
        let columns = PartContent(pending).bytes
        let lengths = pending.texts.lengths
        var body = SectionBytes()
        body.append(check(note + columns))
        for count in [columns.count, lengths.count, note.count] { body.append(UInt64(count)) }
        body.append(bytes: note)
        body.append(bytes: columns)
        body.append(column: lengths)
        pending.texts.append(to: &body)
        var head = SectionBytes()
        head.append(bytes: magic)
        head.append(UInt64(version))
        let digest = PartDigest(body.digest)
        head.append(bytes: digest.bytes)
        try AtomicFile(path: path).write([head.bytes, body.take()], flushed: false)
        return digest
    }

    private static func check(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.withContiguousStorageIfAvailable { PageCheck.value(UnsafeRawBufferPointer($0)) } ?? 0
    }

    /// Reads advisories.
    ///
    /// - Parameter isKnown: Whether the numbers of as many texts are known of the part of a digest; then the texts are not read.
    static func read(
        _ path: String, isKnown: (PartDigest, Int) -> Bool = { _, _ in false }
    ) throws(IndexBuildError) -> Content {
        let file = AtomicFile(path: path)
        guard let bytes = file.read(limit: sizeLimit, first: headSize), let head = Head(bytes) else {
            throw .damagedCache(path: path)
        }
        guard let content = isKnown(head.digest, head.texts) ? columns(file, head) : whole(file, head) else {
            throw .damagedCache(path: path)
        }
        return content
    }

    private static func columns(_ file: AtomicFile, _ head: Head) -> Content? {
        let start = headSize + head.note
        guard let bytes = file.read(limit: sizeLimit, first: start + head.columns),
            check(bytes[headSize...]) == head.check,
            let columns = bytes.withUnsafeBytes({ PartContent($0, from: start, texts: head.texts) })
        else { return nil }
        return Content(digest: head.digest, columns: columns, texts: nil, note: Array(bytes[headSize..<start]))
    }

    private static func whole(_ file: AtomicFile, _ head: Head) -> Content? {
        let start = headSize + head.note
        let end = start + head.columns
        guard let bytes = file.read(limit: sizeLimit), bytes.count > end,
            SHA256.hash(data: bytes[48...]).elementsEqual(head.digest.bytes)
        else { return nil }
        return bytes.withUnsafeBytes { file in
            guard
                let columns = PartContent(
                    UnsafeRawBufferPointer(rebasing: file[..<end]), from: start, texts: head.texts),
                var rest = PartColumns(file, from: end), let lengths = rest.next(), lengths.count == head.texts,
                let texts = rest.nextBytes(), rest.isAtEnd,
                let pool = StringPool(lengths: lengths, bytes: Array(texts))
            else { return nil }
            return Content(digest: head.digest, columns: columns, texts: pool, note: Array(bytes[headSize..<start]))
        }
    }
}

/// The SHA-256 under which a part is a file.
struct PartDigest: Hashable, Sendable {
    let bytes: [UInt8]

    /// Takes 32 bytes.
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
}
