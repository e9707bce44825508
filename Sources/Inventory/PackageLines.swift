import PackageIdentity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lines of package URLs: the text that digests cover and that travels.
enum PackageLines {
    static let newline = UInt8(ascii: "\n")

    /// Each canonical text with its `\n`.
    static func encode(_ packages: [PackageURL]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(packages.count * 64)
        for package in packages {
            package.withCanonicalBytes { bytes.append(contentsOf: $0) }
            bytes.append(newline)
        }
        return bytes
    }

    /// Reads one line's package URL, or says which line is bad and why.
    static func package(_ line: Line) throws(InventoryError) -> PackageURL {
        do {
            return try PackageURL(utf8: line.bytes.span)
        } catch {
            let isText = String(validating: line.bytes, as: UTF8.self) != nil
            throw .malformedLine(line: line.number, reason: isText ? "\(error)" : "not UTF-8")
        }
    }

    /// Whether a line is the canonical text of its package.
    static func isText(_ line: Line, of package: PackageURL) -> Bool {
        line.bytes.withUnsafeBytes { line in
            package.withCanonicalBytes { text in
                guard line.count == text.count, let first = line.baseAddress, let second = text.baseAddress else {
                    return line.count == text.count
                }
                return memcmp(first, second, text.count) == 0
            }
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
            let end = bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress,
                    let end = memchr(base + offset, Int32(newline), bytes.count - offset)
                else { return bytes.count }
                return base.distance(to: UnsafeRawPointer(end))
            }
            guard end - offset <= Inventory.maximumLineLength else {
                throw .malformedLine(line: number, reason: "longer than \(Inventory.maximumLineLength) bytes")
            }
            guard end > offset else { throw .malformedLine(line: number, reason: "empty line") }
            defer { offset = end + 1 }
            return Line(number: number, bytes: bytes[offset..<end])
        }
    }
}
