import BoundedInput
import JSONDocuments

/// JSON files of package managers.
enum JSONFile {
    /// Most bytes of one file: lock files of large projects reach 10 MB.
    static let limit = 32 << 20

    /// Reads an open file whole.
    static func read(_ file: Descriptor) throws -> JSONValue {
        try JSONParser().parse(try BoundedFile.read(descriptor: file.number, limit: limit))
    }
}
