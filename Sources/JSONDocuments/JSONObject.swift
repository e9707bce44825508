import CSimdjson

/// The members of a JSON object, in document order, duplicates included. Each step takes constant time.
public struct JSONObject: Sequence {
    private let start: ztjson_cursor
    private let document: JSONDocument
    /// How many members there are, saturated at 16,777,215.
    public let count: Int

    init?(_ value: JSONValue) {
        var cursor = ztjson_cursor()
        var count = 0
        guard ztjson_open_object(value.node, &cursor, &count) else { return nil }
        self.start = cursor
        self.count = count
        self.document = value.document
    }

    /// Same as ``count``; a lower bound when that is saturated.
    public var underestimatedCount: Int { count }

    /// Starts a walk from the first member.
    public func makeIterator() -> Iterator {
        Iterator(cursor: start, document: document)
    }

    /// Walks an object.
    public struct Iterator: IteratorProtocol {
        fileprivate var cursor: ztjson_cursor
        fileprivate let document: JSONDocument

        /// The next member; `nil` at the end. Makes a `String` of its name.
        public mutating func next() -> (key: String, value: JSONValue)? {
            var key: UnsafePointer<UInt8>?
            var length = 0
            var value = ztjson_node()
            guard ztjson_next_member(&cursor, &key, &length, &value) else { return nil }
            let name = String(decoding: UnsafeBufferPointer(start: key, count: length), as: UTF8.self)
            return (name, JSONValue(node: value, document: document))
        }
    }
}
