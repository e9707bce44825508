/// A file's name as the system gave it: bytes that are lent for a moment, compared without making a string.
struct FileName {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Lends a text as a file's name.
    static func with<Result>(_ text: String, _ body: (FileName) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(FileName($0)) }
    }

    func equals(_ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && hasSuffix(text)
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard bytes.count >= length else { return false }
        return text.withUTF8Buffer { text in
            bytes[(bytes.count - length)...].elementsEqual(text)
        }
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes.starts(with: $0) }
    }

    /// What stands behind the last dot; `nil` without a dot.
    var fileExtension: UnsafeBufferPointer<UInt8>.SubSequence? {
        bytes.lastIndex(of: UInt8(ascii: ".")).map { bytes[($0 + 1)...] }
    }

    /// "." and "..".
    var isSelfOrParent: Bool { equals(".") || equals("..") }

    /// The bytes themselves, lent as the name is.
    var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(bytes) }

    /// As text; bytes that are not UTF-8 are replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
