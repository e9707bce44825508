import CArchive
import Glibc

/// One open file under libarchive; closes it when let go. Reads from the start to the end once.
final class ArchiveReader {
    /// What libarchive is told to expect.
    enum Format {
        /// Zip with its entries.
        case zip
        /// Tar with its entries, plain or compressed.
        case tar
        /// One stream, plain or compressed.
        case stream
    }

    private let path: String
    private let handle: OpaquePointer
    private let descriptor: CInt
    /// The entry being read, for errors.
    private var entryName: String?
    private var entryCount = 0

    init(path: String, format: Format) throws(ArchiveError) {
        let descriptor = try Self.openRegularFile(path)
        guard let handle = archive_read_new() else {
            close(descriptor)
            throw .cannotOpen(path: path, reason: "out of memory")
        }
        self.path = path
        self.handle = handle
        self.descriptor = descriptor
        switch format {
        case .zip:
            // Only by the central directory at the end: libarchive's other way reads on from entry to entry, and a file cut
            // between two entries would look whole to it.
            archive_read_support_format_zip_seekable(handle)
        case .tar:
            archive_read_support_format_tar(handle)
            Self.supportCompression(handle)
        case .stream:
            archive_read_support_format_raw(handle)
            archive_read_support_format_empty(handle)
            Self.supportCompression(handle)
        }
        guard archive_read_open_fd(handle, descriptor, 1 << 16) == ARCHIVE_OK else { throw unrecognised }
    }

    private static func supportCompression(_ handle: OpaquePointer) {
        archive_read_support_filter_gzip(handle)
        archive_read_support_filter_xz(handle)
        archive_read_support_filter_bzip2(handle)
        archive_read_support_filter_zstd(handle)
    }

    deinit {
        archive_read_free(handle)
        close(descriptor)
    }

    /// Opens without waiting, so that a FIFO is refused instead of blocking for ever.
    private static func openRegularFile(_ path: String) throws(ArchiveError) -> CInt {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & Glibc.S_IFMT == Glibc.S_IFREG else {
            close(descriptor)
            throw .cannotOpen(path: path, reason: "not a regular file")
        }
        return descriptor
    }

    private var reason: String {
        archive_error_string(handle).map { String(cString: $0) } ?? "unknown error"
    }

    func damage(_ reason: String) -> ArchiveError {
        .damaged(path: path, entry: entryName, offset: archive_filter_bytes(handle, -1), reason: reason)
    }

    /// The error for bytes in no known format; zips that lost their end are told apart from other files.
    private var unrecognised: ArchiveError {
        var start: UInt32 = 0
        let isZip = pread(descriptor, &start, 4, 0) == 4 && UInt32(littleEndian: start) == 0x0403_4B50
        guard isZip else { return .unknownFormat(path: path, reason: reason) }
        return .damaged(
            path: path, entry: nil, offset: Int64(lseek(descriptor, 0, SEEK_END)),
            reason: "the directory at the end is missing, so the file was cut off")
    }

    /// Steps to the next entry; `nil` at the end. Directories and links are stepped over.
    func nextFile() throws(ArchiveError) -> String? {
        while true {
            var entry: OpaquePointer?
            let status = Self.withUTF8Names { archive_read_next_header(handle, &entry) }
            if status == ARCHIVE_EOF { return nil }
            guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
                throw archive_format(handle) == 0 ? unrecognised : damage(reason)
            }
            entryCount += 1
            guard archive_entry_filetype(entry) == Glibc.S_IFREG else { continue }
            entryName = Self.name(of: entry) ?? "entry \(entryCount)"
            return entryName
        }
    }

    private static func name(of entry: OpaquePointer) -> String? {
        withUTF8Names { archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) }
            .map { String(cString: $0) }
    }

    /// libarchive converts names to the locale's encoding and drops what does not fit; daemons often run in the C locale.
    static func withUTF8Names<Result>(_ body: () -> Result) -> Result {
        guard let utf8Locale else { return body() }
        let previous = uselocale(utf8Locale)
        defer { uselocale(previous) }
        return body()
    }

    // A locale object is never changed once made, and uselocale(3) sets it for the calling thread alone.
    private nonisolated(unsafe) static let utf8Locale: locale_t? = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    /// Checks at the end of a plain tar that its end marker is there; a compressed one says itself when it was cut off.
    ///
    /// - Source: POSIX.1-2024 pax, "ustar Interchange Format": two 512-byte blocks of zeros.
    func checkTarEnd() throws(ArchiveError) {
        guard archive_filter_count(handle) == 1 else { return }
        var tail = [UInt8](repeating: 1, count: 1024)
        let length = lseek(descriptor, 0, SEEK_END)
        guard length >= 1024, pread(descriptor, &tail, 1024, length - 1024) == 1024, tail.allSatisfy({ $0 == 0 }) else {
            throw damage("the end marker is missing, so the file was cut off")
        }
    }

    /// The next piece of the entry's content; `nil` at its end. Lent until the next call.
    func nextChunk() throws(ArchiveError) -> UnsafeRawBufferPointer? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        let status = archive_read_data_block(handle, &start, &count, &offset)
        if status == ARCHIVE_EOF { return nil }
        // A warning here is a wrong checksum or size, which is damage to us.
        guard status == ARCHIVE_OK else { throw damage(reason) }
        return UnsafeRawBufferPointer(start: start, count: count)
    }
}
