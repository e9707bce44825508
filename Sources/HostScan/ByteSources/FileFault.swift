import BoundedInput

/// Why a file, a database, or one record of it was not read: a warning's reason.
enum FileFault: Error, Equatable, CustomStringConvertible {
    /// The system refused; `code` is its `errno`.
    case system(code: Int32)
    /// The bytes contradict their format; the text says in what.
    case damaged(String)
    /// A record of more bytes than are read.
    case tooLong(limit: Int)

    /// One line for people.
    var description: String {
        switch self {
        case .system(let code): "\(FileReadError.Reason.system(code: code))"
        case .damaged(let what): what
        case .tooLong(let limit): "a record is larger than \(limit) bytes"
        }
    }
}
