import Foundation
import PostgreSQL
import Stores

/// PostgreSQL's texts and JSON hold no NUL; a character that stands for one that cannot be shown takes its place, so that a host name
/// with a NUL does not keep an agent out.
extension String {
    /// Without NUL.
    var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{fffd}") : self }

    /// JSON without the escape of NUL.
    var storableJSON: JSONB {
        guard contains(#"\u0000"#) else { return JSONB(self) }
        var result = ""
        var rest = self[...]
        while let backslash = rest.firstIndex(of: "\\") {
            result += rest[..<backslash]
            let escape = rest[backslash...]
            // An escaped backslash is a pair of its own; what follows it is text.
            let length = escape.hasPrefix(#"\u"#) ? 6 : 2
            let end = escape.index(backslash, offsetBy: length, limitedBy: escape.endIndex) ?? escape.endIndex
            result += escape[..<end] == #"\u0000"# ? #"\ufffd"# : escape[..<end]
            rest = rest[end...]
        }
        return JSONB(result + rest)
    }
}

extension SecretHash {
    var data: Data { Data(bytes) }
    /// As it is presented before a company is known.
    var hex: String { bytes.hex }
}

extension Sequence where Element == UInt8 {
    /// Two digits a byte.
    var hex: String { map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() }
}

extension Sequence where Element == Int64 {
    /// As the columns of package and vulnerability ids hold them. What is larger than any of them names none.
    var rows: [Int32] { compactMap { Int32(exactly: $0) } }
}
