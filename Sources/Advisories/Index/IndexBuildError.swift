/// Why an index could not be built.
public enum IndexBuildError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file could not be written; `step` is the system call's purpose.
    case unwritable(path: String, step: String, reason: String)
    /// A part of the index would pass 4 GiB, which its 32-bit positions cannot address.
    case tooLarge(part: String)
    /// A file of compiled advisories is missing, cut off, damaged or of another program: read the feed instead.
    case damagedCache(path: String)

    /// One line for a log.
    public var description: String {
        switch self {
        case .unwritable(let path, let step, let reason): "cannot \(step) the advisory index \(path): \(reason)"
        case .tooLarge(let part): "the advisory index is too large: its \(part) would pass 4 GiB"
        case .damagedCache(let path): "\(path) holds no compiled advisories that this program can use"
        }
    }
}
