import PackageIdentity

/// Lines of package URLs: the text that digests cover and that travels.
enum PackageLines {
    static let newline = UInt8(ascii: "\n")

    /// Each text with its `\n`.
    static func encode(_ texts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count + 1 })
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            bytes.append(newline)
        }
        return bytes
    }

    /// Reads one line's package URL, or says which line is bad and why.
    static func package(_ line: Line) throws(InventoryError) -> PackageURL {
        guard let text = String(validating: line.bytes, as: UTF8.self) else {
            throw .malformedLine(line: line.number, reason: "not UTF-8")
        }
        do {
            return try PackageURL(text)
        } catch {
            throw .malformedLine(line: line.number, reason: "\(error)")
        }
    }

    /// A line without its end, and its number from 1.
    struct Line {
        let number: Int
        var bytes: ArraySlice<UInt8>
    }

    /// Splits bytes into lines; every line but the last ends with `\n`, the last may.
    struct Reader {
        private let bytes: [UInt8]
        private var offset = 0
        private var number = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        /// The next line; `nil` at the end.
        mutating func next() throws(InventoryError) -> Line? {
            guard offset < bytes.count else { return nil }
            number += 1
            let rest = bytes[offset...]
            let end = rest.firstIndex(of: newline) ?? bytes.count
            guard end - offset <= Inventory.maximumLineLength else {
                throw .malformedLine(line: number, reason: "longer than \(Inventory.maximumLineLength) bytes")
            }
            guard end > offset else { throw .malformedLine(line: number, reason: "empty line") }
            defer { offset = end + 1 }
            return Line(number: number, bytes: bytes[offset..<end])
        }
    }
}
