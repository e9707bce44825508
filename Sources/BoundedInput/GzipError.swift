/// Why a gzip stream was refused.
///
/// Offsets count bytes of the compressed input, from 0.
public enum GzipError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The input ended inside a member; `at` is the input's length.
    case truncated(at: Int)
    /// The bytes near `at` are not gzip, or a checksum or length disagrees.
    case corrupt(at: Int)
    /// A complete member is followed, at `at`, by bytes that do not start another one.
    case trailingGarbage(at: Int)
    /// The output would be longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// zlib could not allocate its working memory (about 50 KB to read, 300 KB to write).
    case outOfMemory

    /// One line for people.
    public var description: String {
        switch self {
        case .truncated(let offset): "gzip stream ends too early, at byte \(offset)"
        case .corrupt(let offset): "gzip stream is damaged near byte \(offset)"
        case .trailingGarbage(let offset): "gzip stream is followed by other bytes, at byte \(offset)"
        case .tooLarge(let limit): "gzip stream unpacks to more than \(limit) bytes"
        case .outOfMemory: "no memory to unpack gzip"
        }
    }
}
