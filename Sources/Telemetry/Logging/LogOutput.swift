import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where log lines go.
public struct LogOutput: Sendable {
    private let writeLine: @Sendable ([UInt8]) -> Void

    /// - Parameter writeLine: Takes one line with its line feed; called from any thread.
    public init(_ writeLine: @escaping @Sendable ([UInt8]) -> Void) {
        self.writeLine = writeLine
    }

    /// Standard error, one line at a time. What cannot be written is lost: a log must not stop what it tells of.
    public static let standardError = LogOutput.descriptor(STDERR_FILENO)

    /// An open file descriptor, which must stay open. One lock keeps the lines of all threads apart; a pipe would do that
    /// only for short ones.
    static func descriptor(_ descriptor: Int32) -> LogOutput {
        let writing = Lock()
        return LogOutput { line in writing.mutex.withLock { _ in write(line, to: descriptor) } }
    }

    /// A closure cannot hold a mutex itself.
    private final class Lock: Sendable {
        let mutex = Mutex(())
    }

    func callAsFunction(_ line: [UInt8]) {
        writeLine(line)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = platformWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// write(2), which the method of the same name hides.
private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
