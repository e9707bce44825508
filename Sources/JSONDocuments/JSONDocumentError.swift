/// Why bytes are not a JSON document that can be used.
public enum JSONDocumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not JSON. The offset counts bytes from 0 and names the first byte that cannot be right; `nil` when no place can
    /// be named.
    case malformed(offset: Int?, reason: String)
    /// Not UTF-8; the offset names the first byte of the broken sequence.
    case invalidUTF8(offset: Int)
    /// A number beyond what a double holds, such as `1e999`.
    case numberOutOfRange
    /// Arrays and objects nested deeper than the limit.
    case tooDeep(limit: Int)
    /// More bytes than the limit.
    case tooLarge(limit: Int)
    /// The system gave no memory for the document.
    case outOfMemory

    /// One line for people; holds no content of the document.
    public var description: String {
        switch self {
        case .malformed(let offset?, let reason): "malformed JSON at byte \(offset): \(reason)"
        case .malformed(nil, let reason): "malformed JSON: \(reason)"
        case .invalidUTF8(let offset): "invalid UTF-8 at byte \(offset)"
        case .numberOutOfRange: "a number is out of range"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .outOfMemory: "out of memory"
        }
    }
}
