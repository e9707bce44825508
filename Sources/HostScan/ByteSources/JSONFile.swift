import BoundedInput
import JSONDocuments

/// JSON files of package managers.
enum JSONFile {
    /// Most bytes of one file: `installed.json` of large projects reaches 3 MB. Parsed, a byte takes 3 of memory, 9 at worst.
    static let limit = 16 << 20

    /// Reads an open file whole.
    static func read(_ file: Descriptor) throws -> JSONValue {
        try JSONParser().parse(try BoundedFile.read(descriptor: file.number, limit: limit))
    }
}

extension JSONValue {
    /// The members of an object; none of anything else.
    var members: [(key: String, value: JSONValue)] { object.map { Array($0) } ?? [] }

    /// The elements of an array; none of anything else.
    var elements: [JSONValue] { array.map { Array($0) } ?? [] }
}

extension JSONValue? {
    /// Those of a value that is not there are none.
    var members: [(key: String, value: JSONValue)] { self?.members ?? [] }

    /// Those of a value that is not there are none.
    var elements: [JSONValue] { self?.elements ?? [] }
}
