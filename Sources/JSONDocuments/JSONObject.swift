/// The members of a JSON object, in document order, duplicates included. Each step takes constant time.
public struct JSONObject: Sequence {
    private let value: JSONValue
    /// How many members there are.
    public let count: Int

    init?(_ value: JSONValue) {
        let entry = value.document.entries[value.place]
        guard entry.kind == .object else { return nil }
        self.value = value
        count = Int(entry.count)
    }

    /// Same as ``count``.
    public var underestimatedCount: Int { count }

    /// Starts a walk from the first member.
    public func makeIterator() -> Iterator {
        Iterator(document: value.document, place: value.place + 1, end: value.document.entries[value.place].end)
    }

    /// Walks an object.
    public struct Iterator: IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var place: UInt32
        fileprivate let end: UInt32

        /// The next member; `nil` at the end. Makes a `String` of its name.
        public mutating func next() -> (key: String, value: JSONValue)? {
            guard place < end else { return nil }
            let name = String(decoding: document.bytes(of: document.entries[place]), as: UTF8.self)
            let value = JSONValue(document: document, place: place + 1)
            place = document.entries[place + 1].end
            return (name, value)
        }
    }
}
