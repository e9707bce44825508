#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// read(2), which `BoundedFile.read` would hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

/// Reads whole files, under a limit and without ever waiting on something that is not a file.
public enum BoundedFile {
    /// Reads a regular file.
    ///
    /// - Parameters:
    ///   - path: Absolute or relative to the working folder. Symbolic links are followed.
    ///   - limit: Most bytes, inclusive. A file that grows while it is read counts with its new size.
    /// - Returns: The file's bytes, possibly none.
    /// - Throws: ``FileReadError`` with the path and the reason.
    public static func read(_ path: String, limit: Int) throws(FileReadError) -> [UInt8] {
        // O_NONBLOCK: opening a FIFO without a writer must not wait; for regular files it changes nothing.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileReadError(path: path, reason: .system(code: errno)) }
        defer { close(descriptor) }
        do {
            return try read(descriptor: descriptor, limit: limit)
        } catch {
            throw FileReadError(path: path, reason: error)
        }
    }

    /// Reads a regular file from an open descriptor, from its present position to its end.
    ///
    /// - Parameters:
    ///   - descriptor: Open for reading; stays open.
    ///   - limit: Most bytes, inclusive.
    /// - Returns: The bytes read, possibly none.
    /// - Throws: The reason; the caller knows the path.
    public static func read(descriptor: Int32, limit: Int) throws(FileReadError.Reason) -> [UInt8] {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .system(code: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile }
        guard Int(facts.st_size) <= limit else { throw .tooLarge(limit: limit) }
        // The size is a hint only: files in /proc say 0, and a file may grow while it is read.
        var bytes = try bytes(upTo: min(Int(facts.st_size), limit) + 1, from: descriptor)
        while bytes.count > facts.st_size {
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
            let more = try Self.bytes(upTo: 64 * 1024, from: descriptor)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Reads the start of a regular file from an open descriptor, from its present position.
    ///
    /// - Parameters:
    ///   - descriptor: Open for reading; stays open, positioned after what was read.
    ///   - count: Most bytes to read.
    /// - Returns: At most `count` bytes; fewer when the file ends before.
    /// - Throws: The reason; the caller knows the path.
    public static func readPrefix(descriptor: Int32, count: Int) throws(FileReadError.Reason) -> [UInt8] {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .system(code: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile }
        return try bytes(upTo: max(0, min(count, Int(facts.st_size) + 1)), from: descriptor)
    }

    /// Reads until `count` bytes are there or the file ends.
    private static func bytes(upTo count: Int, from descriptor: Int32) throws(FileReadError.Reason) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = systemRead(descriptor, buffer.baseAddress! + filled, count - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if let failure { throw .system(code: failure) }
        return bytes
    }
}
