import BoundedInput
import Reports

/// A command that answers each line of standard input with one line, as soon as there is nothing left to read.
public enum LineFilter {
    /// Most bytes of a line; longer ones are refused by themselves.
    public static let lineLimit = 128 * 1024

    /// Calls `answer` with each line and `refuse` for each that is too long; then flushes.
    public static func run(_ output: ByteOutput, answer: ([UInt8]) throws -> Void, refuse: () throws -> Void) throws {
        // Flushed before each wait, so that a program which asks line by line gets its answers.
        var lines = LineReader(descriptor: 0, limit: lineLimit) { try output.flush() }
        while let line = try lines.next() {
            switch line {
            case .line(let bytes): try answer(bytes)
            case .tooLong: try refuse()
            }
        }
        try output.flush()
    }
}
