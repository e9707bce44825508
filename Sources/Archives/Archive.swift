import Glibc

/// Reads zip and tar archives and compressed files from disk, in memory and within limits. Nothing is ever unpacked to disk.
///
/// Source of the formats: libarchive, <https://www.libarchive.org/>.
public enum Archive {
    /// Hands over every regular file of an archive in turn, whole.
    ///
    /// Entries before a damaged place are handed over before the error is thrown. Checksums are verified as far as the format has
    /// them: zip, xz and bzip2 have, zstd may have, tar and gzip under it are known to be cut off but not to be altered.
    ///
    /// - Parameters:
    ///   - path: A zip file, or a tar file, plain or compressed with gzip, xz, bzip2 or zstd; its content tells which.
    ///   - entryLimit: The most bytes one entry may unpack to.
    ///   - totalLimit: The most bytes all entries may unpack to together.
    ///   - countLimit: The most entries there may be.
    ///   - body: Receives the entry's name as it is in the archive, not to be trusted as a path, and its bytes, lent for
    ///     the call. Its errors end the reading and pass through.
    /// - Throws: ``ArchiveError``, or what `body` throws.
    public static func forEachEntry(
        in path: String, entryLimit: Int, totalLimit: Int, countLimit: Int = 5_000_000,
        _ body: (_ name: String, _ bytes: [UInt8]) throws -> Void
    ) throws {
        var bytes: [UInt8] = []
        try forEachFile(in: path, totalLimit: totalLimit, countLimit: countLimit) { name, nextChunk in
            bytes.removeAll(keepingCapacity: true)
            while let chunk = try nextChunk() {
                guard chunk.count <= entryLimit - bytes.count else {
                    throw ArchiveError.entryTooLarge(path: path, entry: name, limit: entryLimit)
                }
                bytes.append(contentsOf: chunk)
            }
            try body(name, bytes)
        }
    }

    /// Like ``forEachEntry(in:entryLimit:totalLimit:countLimit:_:)`` for entries too large to be held whole.
    ///
    /// - Parameter body: Receives the entry's name and a function that gives its next piece, `nil` at the end; each piece is lent
    ///   until the next call. What it leaves unread is stepped over, and counts for no limit.
    public static func forEachFile(
        in path: String, totalLimit: Int, countLimit: Int = 5_000_000,
        _ body: (_ name: String, _ nextChunk: () throws -> UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        let isZip = isZip(path)
        let reader = try ArchiveReader(path: path, format: isZip ? .zip : .tar)
        var total = 0
        var count = 0
        while let name = try reader.nextFile() {
            count += 1
            guard count <= countLimit else { throw ArchiveError.tooManyEntries(path: path, limit: countLimit) }
            try body(name) {
                guard let chunk = try reader.nextChunk() else { return nil }
                guard chunk.count <= totalLimit - total else {
                    throw ArchiveError.totalTooLarge(path: path, limit: totalLimit)
                }
                total += chunk.count
                return chunk
            }
        }
        if !isZip { try reader.checkTarEnd() }
    }

    /// Whether a file starts as zip archives do; other files, and missing ones, do not.
    ///
    /// - Source: APPNOTE.TXT 4.3.7 and 4.3.16.
    private static func isZip(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start: UInt32 = 0
        guard pread(descriptor, &start, 4, 0) == 4 else { return false }
        return [0x0403_4B50, 0x0605_4B50].contains(UInt32(littleEndian: start))
    }

    /// Reads a plain file or one compressed with gzip, xz, bzip2 or zstd, as its content says, not its name.
    ///
    /// - Parameter limit: The most bytes it may unpack to.
    /// - Throws: ``ArchiveError``.
    public static func readCompressed(_ path: String, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachChunk(inCompressed: path, limit: limit) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Like ``readCompressed(_:limit:)``, handing over one piece after the other, so the content is never held whole.
    ///
    /// A damaged file is often only known at its end, by its checksum: what was handed over counts only when the call
    /// returns without an error.
    ///
    /// - Parameter body: Receives bytes that are lent for the call. Its errors end the reading and pass through.
    public static func forEachChunk(
        inCompressed path: String, limit: Int, _ body: (_ chunk: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let reader = try ArchiveReader(path: path, format: .stream)
        guard try reader.nextFile() != nil else { return }
        // libarchive checks the sums of xz and bzip2, but not those of gzip.
        let trailer = GzipTrailer(path: path)
        var checksum = CRC32()
        var total = 0
        while let chunk = try reader.nextChunk() {
            guard chunk.count <= limit - total else {
                throw ArchiveError.entryTooLarge(path: path, entry: nil, limit: limit)
            }
            total += chunk.count
            if trailer != nil { checksum.update(chunk) }
            try body(chunk)
        }
        if let trailer, trailer != GzipTrailer(checksum: checksum.value, size: total) {
            throw reader.damage("wrong gzip checksum or size (files of several gzip members are not read)")
        }
    }
}
