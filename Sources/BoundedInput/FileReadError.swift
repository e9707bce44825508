/// Why a file was not read: the path and the reason.
public struct FileReadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What stood in the way.
    public enum Reason: Error, Sendable, Equatable {
        /// The system refused; `code` is its `errno` (`ENOENT`, `EACCES`, …).
        case system(code: Int32)
        /// A folder, FIFO, socket or device.
        case notARegularFile
        /// Longer than `limit` bytes.
        case tooLarge(limit: Int)
    }

    /// The path as it was given.
    public let path: String

    /// What stood in the way.
    public let reason: Reason

    /// - Parameters:
    ///   - path: The path as it was given.
    ///   - reason: What stood in the way.
    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// One line for people, with the path.
    public var description: String { "\(path): \(reason)" }
}

extension FileReadError.Reason: CustomStringConvertible {
    /// The reason alone, for people.
    public var description: String {
        switch self {
        case .system(let code): SystemError.text(code)
        case .notARegularFile: "not a regular file"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        }
    }
}
