import Glibc

/// Reads zip archives and compressed files from disk, in memory and within limits. Nothing is ever unpacked to disk.
///
/// Source of the formats: libarchive, <https://www.libarchive.org/>.
public enum Archive {
    /// Hands over every regular file of a zip archive in turn, whole.
    ///
    /// Entries before a damaged place are handed over before the error is thrown. Checksums are verified.
    ///
    /// - Parameters:
    ///   - path: A zip file.
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
        let reader = try ArchiveReader(path: path, format: .zip)
        var bytes: [UInt8] = []
        var total = 0
        var count = 0
        while let name = try reader.nextFile() {
            count += 1
            guard count <= countLimit else { throw ArchiveError.tooManyEntries(path: path, limit: countLimit) }
            bytes.removeAll(keepingCapacity: true)
            while let chunk = try reader.nextChunk() {
                guard chunk.count <= entryLimit - bytes.count else {
                    throw ArchiveError.entryTooLarge(path: path, entry: name, limit: entryLimit)
                }
                guard chunk.count <= totalLimit - total else {
                    throw ArchiveError.totalTooLarge(path: path, limit: totalLimit)
                }
                total += chunk.count
                bytes.append(contentsOf: chunk)
            }
            try body(name, bytes)
        }
    }

    /// Reads a plain file or one compressed with gzip, xz or bzip2, as its content says, not its name.
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
