/// Name and version out of a package.json.
///
/// A host has thousands of these files and two strings of each matter. A scan over the bytes finds them some twenty times
/// quicker than a decoder that builds everything, and keeps Foundation's decoder out of the agent.
struct PackageManifest: Equatable {
    /// Top-level string "name"; `nil` when missing, empty or no string.
    let name: String?
    /// Top-level string "version"; `nil` as above.
    let version: String?
    /// Top-level string "publisher", which extensions of editors have; `nil` as above, and when it is not asked for.
    let publisher: String?

    /// - Parameters:
    ///   - bytes: JSON text in UTF-8, with or without a byte order mark.
    ///   - withPublisher: Whether to look for the publisher.
    /// - Throws: ``Fault`` when it is no JSON object up to the place where all are found.
    init(_ bytes: [UInt8], withPublisher: Bool = false) throws(Fault) {
        var scanner = Scanner(bytes)
        var found: (name: String?, version: String?, publisher: String?) = (nil, nil, withPublisher ? nil : "")
        try scanner.skipToFirstMember()
        while found.name == nil || found.version == nil || found.publisher == nil, let key = try scanner.nextKey() {
            switch key {
            case "name": found.name = try scanner.stringOrSkip()
            case "version": found.version = try scanner.stringOrSkip()
            case "publisher" where withPublisher: found.publisher = try scanner.stringOrSkip()
            default: try scanner.skipValue()
            }
        }
        publisher = found.publisher.flatMap { $0.isEmpty ? nil : $0 }
        name = found.name.flatMap { $0.isEmpty ? nil : $0 }
        version = found.version.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The first byte that cannot be right, counted from 0.
    struct Fault: Error, Equatable, CustomStringConvertible {
        let offset: Int
        let reason: String

        var description: String { "malformed JSON at byte \(offset): \(reason)" }
    }
}

extension PackageManifest {
    /// Reads the members of one object; nested values are passed over by counting brackets, so depth costs nothing.
    private struct Scanner {
        private let bytes: [UInt8]
        private var offset = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        }

        mutating func skipToFirstMember() throws(Fault) {
            guard try next() == UInt8(ascii: "{") else { throw fault("expected an object", back: 1) }
        }

        /// The next member's key, its value comes next; `nil` at the object's end.
        mutating func nextKey() throws(Fault) -> String? {
            var byte = try next()
            if byte == UInt8(ascii: ",") { byte = try next() }
            if byte == UInt8(ascii: "}") { return nil }
            guard byte == UInt8(ascii: "\"") else { throw fault("expected a key", back: 1) }
            let key = try string()
            guard try next() == UInt8(ascii: ":") else { throw fault("expected a colon", back: 1) }
            return key
        }

        /// The next value if it is a string; another value is passed over.
        mutating func stringOrSkip() throws(Fault) -> String? {
            let start = offset
            if try next() == UInt8(ascii: "\"") { return try string() }
            offset = start
            try skipValue()
            return nil
        }

        mutating func skipValue() throws(Fault) {
            var depth = 0
            repeat {
                switch try next() {
                case UInt8(ascii: "\""): try skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: ","), UInt8(ascii: ":"):
                    if depth == 0 { throw fault("expected a value", back: 1) }
                default: skipWord()
                }
                if depth < 0 { throw fault("expected a value", back: 1) }
            } while depth > 0
        }

        /// The rest of a number, true, false or null.
        private mutating func skipWord() {
            let ends = Array(",:{}[]\" \t\r\n".utf8)
            while offset < bytes.count, !ends.contains(bytes[offset]) { offset += 1 }
        }

        /// The next byte that is no blank.
        private mutating func next() throws(Fault) -> UInt8 {
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return byte }
            }
            throw fault("ends too early")
        }

        /// Passes over a string whose opening quote is behind.
        private mutating func skipString() throws(Fault) {
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                if byte == UInt8(ascii: "\"") { return }
                if byte == UInt8(ascii: "\\") { offset += 1 }
            }
            offset = bytes.count
            throw fault("string without end")
        }

        /// Reads a string whose opening quote is behind.
        private mutating func string() throws(Fault) -> String {
            let start = offset
            try skipString()
            guard let text = JSONText.decode(bytes[start..<(offset - 1)]) else { throw fault("bad string") }
            return text
        }

        private func fault(_ reason: String, back: Int = 0) -> Fault {
            Fault(offset: min(offset, bytes.count) - back, reason: reason)
        }
    }
}
