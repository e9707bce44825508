#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a private file was not read or written.
public enum PrivateFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no file, where one must have been made before.
    case missing(path: String)
    /// Others than its owner may read it; change its mode to 0600, and make a new key if others may have read it.
    case readableByOthers(path: String)
    /// It does not hold what it should; the text names that, "32 bytes in base64".
    case malformed(path: String, expected: String)
    /// The system refused; the text says what it did and why.
    case system(path: String, reason: String)

    /// One sentence for whoever runs the program.
    public var description: String {
        switch self {
        case .missing(let path): "There is no key at \(path) yet: the first start of the server makes one."
        case .readableByOthers(let path):
            "\(path) can be read by others than its owner: make a new key if others may have read it, and give the file mode 0600."
        case .malformed(let path, let expected): "\(path) does not hold \(expected)."
        case .system(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// Files that hold a key and are for their owner alone.
public enum PrivateFile {
    /// Reads a file of which others than its owner may read nothing.
    ///
    /// - Parameter limit: Most bytes, inclusive.
    public static func read(_ path: String, limit: Int) throws(PrivateFileError) -> [UInt8] {
        var info = stat()
        guard stat(path, &info) == 0 else { throw failure(path, "stat") }
        guard info.st_mode & 0o077 == 0 else { throw .readableByOthers(path: path) }
        do { return try BoundedFile.read(path, limit: limit) } catch {
            throw .system(path: path, reason: error.description)
        }
    }

    /// Makes a file of mode 0600 unless there is one. Of two processes that start at once, the faster one's stands.
    ///
    /// - Parameters:
    ///   - path: In a folder that exists.
    ///   - contents: Asked for only where there is no file.
    public static func createIfMissing(_ path: String, contents: () -> [UInt8]) throws(PrivateFileError) {
        guard access(path, F_OK) != 0 else { return }
        let draft = try draft(contents(), beside: path)
        defer { unlink(draft) }
        // Fails when somebody was faster.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path, "link") }
    }

    /// Puts a file of mode 0600 in the place of another; whoever reads has the one or the other.
    public static func replace(_ path: String, with contents: [UInt8]) throws(PrivateFileError) {
        let draft = try draft(contents, beside: path)
        defer { unlink(draft) }
        guard rename(draft, path) == 0 else { throw failure(path, "rename") }
    }

    /// Writes a file of another name in the same folder, and answers its path.
    private static func draft(_ contents: [UInt8], beside path: String) throws(PrivateFileError) -> String {
        let draft = path + ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, "open") }
        let isWritten = write(descriptor, contents, contents.count) == contents.count && fsync(descriptor) == 0
        let reason = failure(path, "write")
        guard close(descriptor) == 0, isWritten else {
            unlink(draft)
            throw reason
        }
        return draft
    }

    private static func failure(_ path: String, _ operation: String) -> PrivateFileError {
        .system(path: path, reason: "\(operation): \(SystemError.text(errno))")
    }
}
