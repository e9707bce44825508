#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes a file so that its path shows the whole new content or the whole old one, whatever happens in between.
struct AtomicFile {
    /// Where the file shall stand.
    let path: String

    /// Writes the parts one after the other to a neighbour and renames it to ``path``.
    ///
    /// - Parameter flushed: Whether it is flushed to the disk before. A file that says itself whether it is whole, and can be made again, needs not be.
    func write(_ parts: [[UInt8]], flushed: Bool = true) throws(IndexBuildError) {
        let draft = try DraftFile(path: path)
        var offset = 0
        for part in parts {
            try draft.write(part, at: offset)
            offset += part.count
        }
        try draft.commit(flushed: flushed)
    }

    /// Reads the file; `nil` when there is none, it cannot be read, is no regular file, or is larger than the limit in bytes.
    ///
    /// - Parameter first: How many bytes are read from its start; `nil` also when it has fewer. Without, all are.
    func read(limit: Int, first: Int? = nil) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        let size = first ?? Int(status.st_size)
        guard size <= Int(status.st_size) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            while used < size {
                let count = Self.read(descriptor, buffer.baseAddress.map { $0 + used }, size - used)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                used += count
            }
        }
        return bytes.count == size ? bytes : nil
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
        #if canImport(Darwin)
        Darwin.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer, count)
        #else
        Glibc.read(descriptor, buffer, count)
        #endif
    }
}

/// A file that is written beside its place and takes it when it is whole. One that is given up is deleted.
///
/// `@unchecked Sendable`: it is its owner's to see that one thread at a time uses it.
final class DraftFile: @unchecked Sendable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isCommitted = false

    /// Makes a neighbour of the path.
    init(path: String) throws(IndexBuildError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        self.path = path
        temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(temporary) }
    }

    /// Writes bytes at a place.
    func write(_ bytes: [UInt8], at start: Int) throws(IndexBuildError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { all in
                all.baseAddress.map { pwrite(descriptor, $0 + written, all.count - written, off_t(start + written)) }
                    ?? 0
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            written += count
        }
    }

    /// Sends what was written so far on its way to the disk, so that there is less to wait for at the end.
    func flush() { _ = fsync(descriptor) }

    /// Renames the file, flushed to the disk before where that is asked for.
    func commit(flushed: Bool = true) throws(IndexBuildError) {
        // mkstemp gives 0600; other roles on the machine map the index too.
        guard fchmod(descriptor, 0o644) == 0 else { throw Self.failure("set the mode of", path) }
        guard !flushed || fsync(descriptor) == 0 else { throw Self.failure("flush", path) }
        guard rename(temporary, path) == 0 else { throw Self.failure("rename", path) }
        isCommitted = true
        if flushed { flushFolder() }
    }

    /// A rename is on disk only when its folder is. Some file systems refuse this; the file is whole either way.
    private func flushFolder() {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ step: String, _ path: String) -> IndexBuildError {
        .unwritable(path: path, step: step, reason: String(cString: strerror(errno)))
    }
}
