import Glibc

/// Standard output and error, by descriptor: glibc's own streams are shared mutable state.
enum StandardStreams {
    static func print(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    static func tell(_ line: String) { write(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Writes everything, or as much as the reader takes.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
