/// Why the content of a file is of no use: a warning's reason.
struct MalformedFile: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
