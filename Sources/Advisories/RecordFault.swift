import JSONDocuments

/// What is wrong with one record: the field and the fault, in one line.
struct RecordFault: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ field: @autoclosure () -> String, _ problem: String) {
        description = "\(field()) \(problem)"
    }
}

/// Reads the fields that decide what a record means. `null` counts as absent; another kind than expected is a fault.
extension JSONValue {
    /// The member of that name unless it is absent or `null`.
    func present(_ key: StaticString) -> JSONValue? {
        self[key].flatMap { $0.isNull ? nil : $0 }
    }

    func requiredString(_ key: StaticString, in place: @autoclosure () -> String) throws(RecordFault) -> String {
        guard let value = present(key) else { throw RecordFault("\(place())\(key)", "is missing") }
        guard let text = value.string else { throw RecordFault("\(place())\(key)", "is not a string") }
        guard !text.isEmpty else { throw RecordFault("\(place())\(key)", "is empty") }
        return text
    }

    func optionalString(_ key: StaticString, in place: @autoclosure () -> String) throws(RecordFault) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string else { throw RecordFault("\(place())\(key)", "is not a string") }
        return text
    }

    /// The elements of an array; none when it is absent.
    func elements(_ key: StaticString, in place: @autoclosure () -> String) throws(RecordFault) -> JSONArray? {
        guard let value = present(key) else { return nil }
        guard let array = value.array else { throw RecordFault("\(place())\(key)", "is not an array") }
        return array
    }

    /// An array of strings; none when it is absent.
    func strings(_ key: StaticString, in place: @autoclosure () -> String) throws(RecordFault) -> [String] {
        guard let array = try elements(key, in: place()) else { return [] }
        var texts: [String] = []
        texts.reserveCapacity(Swift.min(array.count, 1024))
        for element in array {
            guard let text = element.string else { throw RecordFault("\(place())\(key)", "holds a non-string") }
            texts.append(text)
        }
        return texts
    }
}

/// Reads the fields that only describe: what has another kind than expected counts as absent.
extension JSONValue {
    /// A text cut to at most that many bytes, on a code point boundary; empty when absent.
    func text(_ key: StaticString, limit: Int) -> String {
        self[key]?.withUTF8String { bytes in
            String(decoding: bytes.prefix(bytes.codePointBoundary(atMost: limit)), as: UTF8.self)
        } ?? ""
    }

    /// Like ``text(_:limit:)`` with line breaks and runs of white space as one space.
    func line(_ key: StaticString, limit: Int) -> String {
        self[key]?.withUTF8String { bytes in
            let words = bytes.prefix(bytes.codePointBoundary(atMost: limit * 4)).split { $0 <= 0x20 }
            let line = Array(words.joined(separator: CollectionOfOne(0x20)))
            return line.withUnsafeBufferPointer { line in
                String(decoding: line.prefix(line.codePointBoundary(atMost: limit)), as: UTF8.self)
            }
        } ?? ""
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The largest offset up to `limit` that does not lie within a code point.
    func codePointBoundary(atMost limit: Int) -> Int {
        guard count > limit else { return count }
        var end = limit
        while end > 0, self[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
