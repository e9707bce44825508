/// The elements of a JSON array, in document order. Each step takes constant time.
public struct JSONArray: Sequence {
    private let value: JSONValue
    /// How many elements there are.
    public let count: Int

    init?(_ value: JSONValue) {
        let entry = value.document.entries[value.place]
        guard entry.kind == .array else { return nil }
        self.value = value
        count = Int(entry.count)
    }

    /// Same as ``count``.
    public var underestimatedCount: Int { count }

    /// Starts a walk from the first element.
    public func makeIterator() -> Iterator {
        Iterator(document: value.document, place: value.place + 1, end: value.document.entries[value.place].end)
    }

    /// Walks an array.
    public struct Iterator: IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var place: UInt32
        fileprivate let end: UInt32

        /// The next element; `nil` at the end.
        public mutating func next() -> JSONValue? {
            guard place < end else { return nil }
            defer { place = document.entries[place].end }
            return JSONValue(document: document, place: place)
        }
    }
}
