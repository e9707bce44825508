import BoundedInput

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that a person names on the command line: regular ones, but also pipes, as `-` and `<(command)` are.
public enum InputFile {
    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - limit: Most bytes, inclusive.
    public static func read(_ path: String, limit: Int) throws -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO, path, limit) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileReadError(path: path, reason: .system(code: errno)) }
        defer { close(descriptor) }
        return try read(descriptor, path, limit)
    }

    private static func read(_ descriptor: Int32, _ path: String, _ limit: Int) throws -> [UInt8] {
        var facts = stat()
        // A hint only: pipes say 0.
        let size = fstat(descriptor, &facts) == 0 ? min(max(0, Int(facts.st_size)), limit) : 0
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let wanted = max(64 * 1024, size + 1 - bytes.count)
            var failure: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                let got = buffer.baseAddress.map { systemRead(descriptor, $0, wanted) } ?? 0
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw FileReadError(path: path, reason: .system(code: failure)) }
            if piece.isEmpty { return bytes }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
        }
        throw FileReadError(path: path, reason: .tooLarge(limit: limit))
    }
}

/// read(2), which a method of that name would hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
