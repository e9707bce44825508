#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file mapped into memory for reading, until the last reference goes.
///
/// `@unchecked Sendable`: the mapping is read-only and private, the pointer never changes, and only `deinit` unmaps it.
///
/// The bounds are those at the time of mapping. A file that somebody shortens afterwards would end the process with SIGBUS on
/// reading beyond the new end; the builder never does that, it replaces files by renaming.
final class MappedFile: @unchecked Sendable {
    /// The whole file.
    let bytes: UnsafeRawBufferPointer

    /// Maps a file.
    ///
    /// - Throws: ``IndexError/unreadable(path:reason:)``; an empty file, a folder or a device is unreadable too.
    init(path: String) throws(IndexError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "not a regular file") }
        let size = Int(status.st_size)
        guard size > 0 else { throw .unreadable(path: path, reason: "the file is empty") }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw Self.failure(path)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }

    private static func failure(_ path: String) -> IndexError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}
