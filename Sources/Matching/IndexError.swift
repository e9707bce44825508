/// Why an index file cannot be used.
public enum IndexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file could not be opened or mapped; the reason is the system's.
    case unreadable(path: String, reason: String)
    /// The file does not begin as an index does.
    case notAnIndex(path: String)
    /// The file has a format that this program does not read.
    case unsupportedFormat(version: UInt32)
    /// Version keys in the file were made by other rules than this program's, so they must not be compared: build it anew.
    case foreignVersionKeys
    /// The bytes are damaged or cut off; `what` names the place.
    case damaged(what: String)

    /// One line for a log. It names the path given by the caller and no contents.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot map the advisory index \(path): \(reason)"
        case .notAnIndex(let path): "\(path) is not an advisory index"
        case .unsupportedFormat(let version):
            "the advisory index has format \(version), which this program does not read"
        case .foreignVersionKeys: "the advisory index orders versions by other rules than this program; build it anew"
        case .damaged(let what): "the advisory index is damaged: \(what)"
        }
    }
}
