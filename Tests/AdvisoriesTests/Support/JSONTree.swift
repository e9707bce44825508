import JSONDocuments

/// A JSON document that can be written again with one value replaced.
indirect enum JSONTree {
    case leaf(String)
    case array([JSONTree])
    case object([(key: String, value: JSONTree)])

    init(_ value: JSONValue) {
        if let array = value.array {
            self = .array(array.map { JSONTree($0) })
        } else if let object = value.object {
            self = .object(object.map { ($0.key, JSONTree($0.value)) })
        } else if let string = value.string {
            self = .leaf(Self.quoted(string))
        } else {
            self = .leaf(value.double.map { "\($0)" } ?? value.bool.map { "\($0)" } ?? "null")
        }
    }

    /// Where every value stands: the positions to follow from the root; the root's own is empty.
    func paths() -> [[Int]] {
        let children: [JSONTree] =
            switch self {
            case .leaf: []
            case .array(let elements): elements
            case .object(let members): members.map(\.value)
            }
        return [[]] + children.enumerated().flatMap { index, child in child.paths().map { [index] + $0 } }
    }

    /// The document with the value at that place replaced by another text.
    func replacing(_ path: ArraySlice<Int>?, with text: String) -> String {
        if path?.isEmpty == true { return text }
        let next = path?.first
        let rest = path?.dropFirst()
        switch self {
        case .leaf(let leaf): return leaf
        case .array(let elements):
            let parts = elements.enumerated().map { $1.replacing($0 == next ? rest : nil, with: text) }
            return "[\(parts.joined(separator: ","))]"
        case .object(let members):
            let parts = members.enumerated().map { index, member in
                "\(Self.quoted(member.key)):\(member.value.replacing(index == next ? rest : nil, with: text))"
            }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : scalar.value < 0x20 ? "\\n" : "\(scalar)"
        }
        return "\"\(escaped.joined())\""
    }
}
