#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// read(2), which a method of that name would hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

/// Reads lines from a file, a pipe or a terminal, as they come and however many there are, each under a limit.
///
/// Lines end with LF or CR LF, which are cut off; the last line may do without.
public struct LineReader: ~Copyable {
    /// What was read.
    public enum Line: Sendable, Equatable {
        /// A line without its end; any bytes.
        case line([UInt8])
        /// A line of more than the limit; its bytes were skipped.
        case tooLong
    }

    private let descriptor: Int32
    private let limit: Int
    private let willWait: () throws -> Void
    private var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    private var position = 0
    private var end = 0
    private var isAtEnd = false

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - descriptor: Open for reading; stays open.
    ///   - limit: Most bytes of a line, its end not counted.
    ///   - willWait: Called before each read(2), which may wait: the moment to flush what answers the lines so far.
    public init(descriptor: Int32, limit: Int, willWait: @escaping () throws -> Void = {}) {
        self.descriptor = descriptor
        self.limit = limit
        self.willWait = willWait
    }

    /// The next line; `nil` behind the last.
    ///
    /// - Throws: ``FileReadError/Reason/system(code:)``, or what `willWait` throws.
    public mutating func next() throws -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            if position == end {
                guard try refill() else { break }
            }
            let rest = chunk[position..<end]
            let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n"))
            // One byte more than the limit may be the CR of a line that just fits.
            if !isTooLong { line += rest[..<(lineEnd ?? end)].prefix(limit + 2 - min(line.count, limit + 2)) }
            isTooLong = isTooLong || line.count > limit + 1
            position = lineEnd.map { $0 + 1 } ?? end
            if lineEnd != nil { return finished(line, isTooLong) }
        }
        return line.isEmpty ? nil : finished(line, isTooLong)
    }

    private func finished(_ line: consuming [UInt8], _ isTooLong: Bool) -> Line {
        if isTooLong { return .tooLong }
        var line = line
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line.count > limit ? .tooLong : .line(line)
    }

    /// Reads the next chunk; false at the end.
    private mutating func refill() throws -> Bool {
        guard !isAtEnd else { return false }
        try willWait()
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { systemRead(descriptor, $0, buffer.count) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileReadError.Reason.system(code: errno) }
            isAtEnd = count == 0
            (position, end) = (0, count)
            return count > 0
        }
    }
}
