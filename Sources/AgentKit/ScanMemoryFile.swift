import BoundedInput
import Glibc

/// The file in which a scan leaves what it knows for the next one. Losing it costs a full scan and nothing else.
public struct ScanMemoryFile: Sendable {
    private let path: String

    /// Most bytes of it.
    static let limit = 64 << 20

    /// - Parameter path: In a folder where only the program's own user can write.
    public init(path: String) {
        self.path = path
    }

    /// Lends what is there to a scan, and keeps what it returns.
    ///
    /// - Parameter scan: Gets `nil` when there is no file, or when others may have written it. Returns an outcome, and what to keep; `nil` removes the file.
    public func update<Outcome>(_ scan: ([UInt8]?) throws -> (Outcome, memory: [UInt8]?)) throws -> Outcome {
        // A device would give way to a file.
        guard isFileOrNothing else { return try scan(nil).0 }
        let known = read()
        let (outcome, memory) = try scan(known)
        if let memory {
            // A disk that is full keeps the old one, which the next scan sees through.
            if memory != known { try? PrivateFile.replace(path, with: memory) }
        } else {
            unlink(path)
        }
        return outcome
    }

    private var isFileOrNothing: Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT == S_IFREG : errno == ENOENT
    }

    private func read() -> [UInt8]? {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_uid == geteuid() else { return nil }
        return try? PrivateFile.read(path, limit: Self.limit)
    }
}
