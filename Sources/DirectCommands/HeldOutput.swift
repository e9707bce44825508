#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Output that is held back until it is whole, so that a reader gets all of it or nothing.
///
/// What is written while an index is still read may have to be given up half-way, when the index turns out to be damaged: half a document on
/// standard output could be taken for a whole one by whoever does not look at the exit code. A report of the usual size stays in memory; a
/// larger one waits in a file without a name.
public final class HeldOutput {
    private var pieces: [[UInt8]] = []
    private var count = 0
    private var file: Int32 = -1
    private let memoryLimit: Int

    /// Makes an empty one.
    ///
    /// - Parameter memoryLimit: Bytes in memory, at most; what exceeds them goes to a file in `$TMPDIR`, or `/tmp`.
    public init(memoryLimit: Int = 8 << 20) { self.memoryLimit = memoryLimit }

    deinit { if file >= 0 { close(file) } }

    /// Takes what comes next.
    ///
    /// - Throws: When the file cannot be made or written.
    public func take(_ bytes: UnsafeRawBufferPointer) throws {
        if count + bytes.count > memoryLimit { try moveToFile() }
        if file >= 0 { return try Terminal.writeAll(bytes, to: file) }
        pieces.append(Array(bytes))
        count += bytes.count
    }

    /// Writes all of it, once it is whole.
    ///
    /// - Throws: When it cannot be read back or written.
    public func release(to descriptor: Int32 = STDOUT_FILENO) throws {
        for piece in pieces { try piece.withUnsafeBytes { try Terminal.writeAll($0, to: descriptor) } }
        guard file >= 0 else { return }
        guard lseek(file, 0, SEEK_SET) == 0 else { throw Terminal.WriteError(code: errno) }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Terminal.WriteError(code: errno) }
            if count == 0 { return }
            try buffer.withUnsafeBytes {
                try Terminal.writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: descriptor)
            }
        }
    }

    private func moveToFile() throws {
        guard file < 0 else { return }
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/zerotrace-XXXXXX".utf8CString)
        file = mkstemp(&template)
        guard file >= 0 else { throw Terminal.WriteError(code: errno) }
        // Nobody else needs its name, and the system takes it away however this process ends.
        unlink(template)
        for piece in pieces { try piece.withUnsafeBytes { try Terminal.writeAll($0, to: file) } }
        pieces = []
        count = 0
    }
}
