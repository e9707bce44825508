import Glibc

/// Splits dpkg's status text into records.
///
/// The text is paragraphs of "Field: value" lines, parted by empty lines; a line that starts with a blank continues the field
/// above it. Field names have no case (Debian Policy 5.1).
struct DpkgStatusReader {
    /// A line that is no field, no continuation and not empty.
    struct Fault: Equatable {
        let line: Int
        let reason: String
    }

    /// Reads all paragraphs.
    ///
    /// - Parameters:
    ///   - bytes: The text. Bytes that are not UTF-8 are replaced.
    ///   - body: Receives each paragraph that has any field.
    /// - Returns: The bad lines, at most ``maximumFaults``; they are skipped.
    static func read(_ bytes: [UInt8], _ body: (DpkgRecord) -> Void) -> [Fault] {
        var reader = DpkgStatusReader()
        bytes.withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let end = Self.newline(in: rest) ?? rest.endIndex
                reader.take(UnsafeBufferPointer(rebasing: rest[rest.startIndex..<end]), body)
                rest = rest[min(end + 1, rest.endIndex)...]
            }
        }
        reader.endParagraph(body)
        return reader.faults
    }

    /// Most faults that are kept of one text.
    static let maximumFaults = 20

    private var record = DpkgRecord()
    private var hasFields = false
    private var line = 0
    private var faults: [Fault] = []

    private mutating func take(_ text: UnsafeBufferPointer<UInt8>, _ body: (DpkgRecord) -> Void) {
        line += 1
        guard let first = text.first, text.contains(where: { !Self.isBlank($0) }) else { return endParagraph(body) }
        // None of the fields read here may be continued (Policy calls them simple); those that are do not matter here.
        if Self.isBlank(first) { return }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            if faults.count < Self.maximumFaults { faults.append(Fault(line: line, reason: "not a field")) }
            return
        }
        if !hasFields { record.line = line }
        hasFields = true
        if let field = Self.field(text[..<colon]) {
            record[keyPath: field] = Self.trimmed(text[(colon + 1)...])
        }
    }

    private mutating func endParagraph(_ body: (DpkgRecord) -> Void) {
        if hasFields { body(record) }
        record = DpkgRecord()
        hasFields = false
    }

    /// Where a field is kept; `nil` for fields of no interest, which are most.
    private static func field(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> WritableKeyPath<DpkgRecord, String>? {
        switch name.count {
        case 6 where matches(name, "source"): \.source
        case 6 where matches(name, "status"): \.status
        case 7 where matches(name, "package"): \.package
        case 7 where matches(name, "version"): \.version
        case 12 where matches(name, "architecture"): \.architecture
        default: nil
        }
    }

    private static func matches(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { zip(name, $0).allSatisfy { $0 | 0x20 == $1 } }
    }

    private static func trimmed(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        let start = value.firstIndex { !isBlank($0) } ?? value.endIndex
        let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return String(decoding: value[start..<end], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    /// memchr, since a status file is searched for nothing else.
    private static func newline(in rest: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let base = rest.base.baseAddress, let found = memchr(base + rest.startIndex, 0x0A, rest.count) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
