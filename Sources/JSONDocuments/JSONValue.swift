/// One value of a parsed document: a cheap handle that reads on request and converts nothing before.
///
/// Every accessor answers `nil` for a value of another kind, so reading wrongly shaped documents needs no ceremony.
public struct JSONValue {
    let document: JSONDocument
    /// Which of the document's entries it is.
    let place: UInt32

    private var entry: JSONEntry { document.entries[place] }

    /// The kinds of JSON values; numbers of any form are one kind.
    public enum Kind: Sendable, Hashable {
        case null, bool, number, string, array, object
    }

    /// What the value is.
    public var kind: Kind {
        switch entry.kind {
        case .null: .null
        case .yes, .no: .bool
        case .wholeNumber, .realNumber: .number
        case .string: .string
        case .array: .array
        case .object: .object
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
        guard entry.kind == .wholeNumber else { return nil }
        return JSONNumber.int(document.bytes(of: entry))
    }

    /// Any number, rounded to the nearest double and always finite; `nil` for other kinds.
    public var double: Double? {
        switch entry.kind {
        case .wholeNumber: int.map(Double.init) ?? JSONNumber.double(document.bytes(of: entry))
        case .realNumber: JSONNumber.double(document.bytes(of: entry))
        default: nil
        }
    }

    /// A truth value; `nil` for other kinds.
    public var bool: Bool? {
        switch entry.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// The elements of an array; `nil` for other kinds.
    public var array: JSONArray? { JSONArray(self) }

    /// The members of an object; `nil` for other kinds.
    public var object: JSONObject? { JSONObject(self) }

    /// Lends a string's decoded UTF-8 without copying; it may contain NUL. `nil` when the value is no string.
    public func withUTF8String<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard entry.kind == .string else { return nil }
        defer { withExtendedLifetime(document) {} }
        return try body(document.bytes(of: entry))
    }

    /// Whether the value is this very string, compared byte by byte without making a `String`.
    public func isString(_ text: StaticString) -> Bool {
        withUTF8String { bytes in text.withUTF8Buffer { bytes.isEqual(to: $0) } } ?? false
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
        guard entry.kind == .object, let value = document.member(key, of: place) else { return nil }
        return JSONValue(document: document, place: value)
    }
}
