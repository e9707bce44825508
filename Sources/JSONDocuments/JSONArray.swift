import CSimdjson

/// The elements of a JSON array, in document order. Each step takes constant time.
public struct JSONArray: Sequence {
    private let start: ztjson_cursor
    private let document: JSONDocument
    /// How many elements there are, saturated at 16,777,215.
    public let count: Int

    init?(_ value: JSONValue) {
        var cursor = ztjson_cursor()
        var count = 0
        guard ztjson_open_array(value.node, &cursor, &count) else { return nil }
        self.start = cursor
        self.count = count
        self.document = value.document
    }

    /// Same as ``count``; a lower bound when that is saturated.
    public var underestimatedCount: Int { count }

    /// Starts a walk from the first element.
    public func makeIterator() -> Iterator {
        Iterator(cursor: start, document: document)
    }

    /// Walks an array.
    public struct Iterator: IteratorProtocol {
        fileprivate var cursor: ztjson_cursor
        fileprivate let document: JSONDocument

        /// The next element; `nil` at the end.
        public mutating func next() -> JSONValue? {
            var element = ztjson_node()
            guard ztjson_next_element(&cursor, &element) else { return nil }
            return JSONValue(node: element, document: document)
        }
    }
}
