import Reports
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// write(2), which a method of that name would hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// The terminal that a person looks at, if there is one.
///
/// Goes to the system calls: what only prints needs nothing of Foundation, whose loading costs more than a match.
public enum Terminal {
    /// Why output did not reach its reader.
    struct WriteError: Error, CustomStringConvertible {
        let code: Int32
        var description: String { "cannot write the output: " + String(cString: strerror(code)) }
    }

    /// Whether standard output is a terminal that shows colours.
    public static var showsColor: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
    }

    /// Whether a person follows what happens, so that progress is worth showing.
    public static let isWatched = isatty(STDERR_FILENO) == 1

    /// Standard output as a stream; flush it at the end.
    public static func output() -> ByteOutput {
        ByteOutput { try writeAll($0, to: STDOUT_FILENO) }
    }

    /// Writes text to standard output as it is.
    public static func write(_ text: String) {
        var text = text
        // Whoever reads no further has closed the pipe; there is nobody left to tell.
        text.withUTF8 { try? writeAll(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
    }

    /// Writes bytes to standard output as they are.
    public static func write(_ bytes: some Collection<UInt8>) {
        Array(bytes).withUnsafeBytes { try? writeAll($0, to: STDOUT_FILENO) }
    }

    /// Tells a step of long work, on standard error, and only to a person.
    public static let progress: @Sendable (String) -> Void = { line in
        guard isWatched else { return }
        warn(line)
    }

    /// Tells something that must be seen, on standard error.
    public static func warn(_ line: String) {
        draw(line + "\n")
    }

    /// Writes text to standard error as it is, without ending the line.
    public static func draw(_ text: String) {
        var text = text
        text.withUTF8 { try? writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }

    /// Writes all bytes, in as many steps as it takes.
    static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(WriteError) {
        var rest = bytes[...]
        while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let count = systemWrite(descriptor, start, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw WriteError(code: errno) }
            rest = rest.dropFirst(count)
        }
    }
}

/// The line in which a person sees how far long work is, on standard error; nothing where nobody looks.
public final class StatusLine: Sendable {
    private let isShown = Mutex(false)

    /// Makes one that shows nothing yet.
    public init() {}

    /// Shows a step in place of the one before.
    public func show(_ step: String) {
        guard Terminal.isWatched else { return }
        isShown.withLock { $0 = true }
        Terminal.draw("\r\u{1B}[K\(step.prefix(Self.width))")
    }

    /// Shows how much of a known number is done.
    public func show(_ step: String, done: Int, of total: Int) {
        guard total > 0 else { return }
        let part = min(max(Double(done) / Double(total), 0), 1)
        let marks = Int(part * Double(Self.barWidth))
        let bar = String(repeating: "█", count: marks) + String(repeating: "░", count: Self.barWidth - marks)
        show("\(step) \(bar) \(Int(part * 100)) %")
    }

    /// Takes the line away.
    public func clear() {
        let wasShown = isShown.withLock { isShown in
            defer { isShown = false }
            return isShown
        }
        if wasShown { Terminal.draw("\r\u{1B}[K") }
    }

    deinit { clear() }

    private static let width = 78
    private static let barWidth = 30
}
