import Foundation

/// The terminal that a person looks at, if there is one.
enum Terminal {
    /// Whether standard output is a terminal that shows colours.
    static var showsColor: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    /// Writes bytes to standard output.
    static func write(_ data: Data) {
        FileHandle.standardOutput.write(data)
    }

    /// Writes text to standard output as it is.
    static func write(_ text: String) {
        write(Data(text.utf8))
    }

    /// Tells a step of long work, on standard error, and only to a person.
    static let progress: @Sendable (String) -> Void = { line in
        guard isatty(STDERR_FILENO) == 1 else { return }
        warn(line)
    }

    /// Tells something that must be seen, on standard error.
    static func warn(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
