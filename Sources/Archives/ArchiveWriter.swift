import CArchive
import Glibc

/// Writes one archive from its first entry to its last.
///
/// The same entries give the same bytes: modes and times are fixed. Who needs the file whole or not at all writes beside its place
/// and renames after ``finish()``.
public final class ArchiveWriter {
    /// The container and its compression.
    public enum Format: Sendable, Hashable {
        /// Zip, deflated.
        case zip
        /// POSIX tar under zstd, with its checksum.
        case tarZstandard
    }

    private let path: String
    private let handle: OpaquePointer
    private let descriptor: CInt

    /// Makes the file, in place of one that may be there.
    ///
    /// - Throws: ``ArchiveError/cannotWrite(path:reason:)``.
    public init(path: String, format: Format) throws(ArchiveError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        guard let handle = archive_write_new() else {
            close(descriptor)
            throw .cannotWrite(path: path, reason: "out of memory")
        }
        self.path = path
        self.handle = handle
        self.descriptor = descriptor
        switch format {
        case .zip:
            archive_write_set_format_zip(handle)
            archive_write_zip_set_compression_deflate(handle)
        case .tarZstandard:
            archive_write_set_format_pax_restricted(handle)
            archive_write_add_filter_zstd(handle)
        }
        try check(archive_write_open_fd(handle, descriptor))
    }

    deinit {
        archive_write_free(handle)
        close(descriptor)
    }

    /// Adds a file with these bytes.
    public func add(_ name: String, _ bytes: [UInt8]) throws(ArchiveError) {
        try begin(name, size: bytes.count)
        guard bytes.withUnsafeBytes(write) else { throw failure }
    }

    /// Adds a file with the content of one on disk, piece by piece.
    ///
    /// - Throws: ``ArchiveError``, also when the file's size changes meanwhile.
    public func add(_ name: String, contentOf file: String) throws(ArchiveError) {
        let source = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw .cannotOpen(path: file, reason: String(cString: strerror(errno))) }
        defer { close(source) }
        var status = stat()
        guard fstat(source, &status) == 0, status.st_mode & Glibc.S_IFMT == Glibc.S_IFREG else {
            throw .cannotOpen(path: file, reason: "not a regular file")
        }
        try begin(name, size: Int(status.st_size))
        var left = Int(status.st_size)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while left > 0 {
            let count = read(source, &buffer, min(left, buffer.count))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .cannotOpen(path: file, reason: "became shorter while it was read") }
            guard buffer.withUnsafeBytes({ write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else {
                throw failure
            }
            left -= count
        }
    }

    /// Ends the archive and flushes it to disk.
    public func finish() throws(ArchiveError) {
        try check(archive_write_close(handle))
        guard fsync(descriptor) == 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private func begin(_ name: String, size: Int) throws(ArchiveError) {
        guard let entry = archive_entry_new() else { throw .cannotWrite(path: path, reason: "out of memory") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname_utf8(entry, name)
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_size(entry, la_int64_t(size))
        archive_entry_set_mtime(entry, 0, 0)
        let status = ArchiveReader.withUTF8Names { archive_write_header(handle, entry) }
        try check(status)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.isEmpty || archive_write_data(handle, bytes.baseAddress, bytes.count) == bytes.count
    }

    private func check(_ status: CInt) throws(ArchiveError) {
        guard status == ARCHIVE_OK else { throw failure }
    }

    private var failure: ArchiveError {
        .cannotWrite(path: path, reason: archive_error_string(handle).map { String(cString: $0) } ?? "unknown error")
    }
}
