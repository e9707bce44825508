import Glibc

/// A file or folder that cannot be written, as the system says why.
public struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// In words, such as `Permission denied`.
    public let reason: String

    /// Takes the reason from `errno`, so it must be made before anything else is called.
    init(_ path: String) {
        reason = String(cString: strerror(errno))
        self.path = path
    }

    /// One line for people.
    public var description: String { "cannot write \(path): \(reason)" }
}
