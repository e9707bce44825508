import CSimdjson

/// One value of a parsed document: a cheap handle that reads on request and converts nothing before.
///
/// Every accessor answers `nil` for a value of another kind, so reading wrongly shaped documents needs no ceremony.
public struct JSONValue {
    let node: ztjson_node
    let document: JSONDocument

    /// The kinds of JSON values; numbers of any form are one kind.
    public enum Kind: Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    /// What the value is.
    public var kind: Kind {
        switch ztjson_get_kind(node) {
        case ZTJSON_OBJECT: .object
        case ZTJSON_ARRAY: .array
        case ZTJSON_STRING: .string
        case ZTJSON_INT64, ZTJSON_UINT64, ZTJSON_DOUBLE: .number
        case ZTJSON_BOOL: .bool
        default: .null
        }
    }

    /// Whether the value is `null`.
    public var isNull: Bool { kind == .null }

    /// A string's text; `nil` for other kinds. Copies the bytes.
    public var string: String? {
        withUTF8String { String(decoding: $0, as: UTF8.self) }
    }

    /// A whole number written without point or exponent that fits `Int`; `nil` otherwise.
    public var int: Int? {
        var value: Int64 = 0
        return ztjson_get_int64(node, &value) ? Int(value) : nil
    }

    /// Any number, rounded to the nearest double and always finite; `nil` for other kinds.
    public var double: Double? {
        var value: Double = 0
        return ztjson_get_double(node, &value) ? value : nil
    }

    /// A truth value; `nil` for other kinds.
    public var bool: Bool? {
        var value = false
        return ztjson_get_bool(node, &value) ? value : nil
    }

    /// The elements of an array; `nil` for other kinds.
    public var array: JSONArray? { JSONArray(self) }

    /// The members of an object; `nil` for other kinds.
    public var object: JSONObject? { JSONObject(self) }

    /// Lends a string's decoded UTF-8 without copying; it may contain NUL. `nil` when the value is no string.
    public func withUTF8String<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        var bytes: UnsafePointer<UInt8>?
        var length = 0
        guard ztjson_get_string(node, &bytes, &length) else { return nil }
        defer { withExtendedLifetime(document) {} }
        return try body(UnsafeBufferPointer(start: bytes, count: length))
    }

    /// Whether the value is this very string, compared byte by byte without making a `String`.
    public func isString(_ text: StaticString) -> Bool {
        withUTF8String { bytes in text.withUTF8Buffer { $0.elementsEqual(bytes) } } ?? false
    }

    /// The first member of that name; `nil` when there is none or the value is no object. Cost: one pass over the names.
    public subscript(key: StaticString) -> JSONValue? {
        key.withUTF8Buffer { member($0) }
    }

    /// The first member of that name, for names known only at run time.
    @_disfavoredOverload
    public subscript(key: String) -> JSONValue? {
        var key = key
        return key.withUTF8 { member($0) }
    }

    private func member(_ key: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        var value = ztjson_node()
        guard ztjson_find_member(node, key.baseAddress, key.count, &value) else { return nil }
        return JSONValue(node: value, document: document)
    }
}
