/// Recognises CVE ids, `CVE-2023-0464`.
///
/// Source: `cveId` in <https://github.com/CVEProject/cve-schema/blob/main/schema/CVE_Record_Format.json>; four to nineteen digits.
enum CVEIdentifier {
    /// The id in capitals; `nil` when the bytes are none.
    static func canonical(_ bytes: some Collection<UInt8>) -> String? {
        guard length(atStartOf: bytes) == bytes.count else { return nil }
        return "CVE" + String(decoding: bytes.dropFirst(3), as: UTF8.self)
    }

    /// Every id in a text, in order, in capitals; repetitions included. An id within a longer word does not count.
    static func all(in text: String) -> [String] {
        var found: [String] = []
        var rest = text.utf8[...]
        var before: UInt8 = 0
        while let byte = rest.first {
            if byte & 0xDF == UInt8(ascii: "C"), !isWordByte(before), let length = length(atStartOf: rest) {
                let id = rest.prefix(length)
                rest = rest.dropFirst(length)
                if rest.first.map(isWordByte) != true, let id = canonical(id) { found.append(id) }
                before = UInt8(ascii: "0")
            } else {
                before = byte
                rest = rest.dropFirst()
            }
        }
        return found
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    /// How many bytes of an id the bytes start with; `nil` when they start with none.
    static func length(atStartOf bytes: some Collection<UInt8>) -> Int? {
        var rest = bytes[...]
        for letter in "CVE".utf8 {
            guard let byte = rest.popFirst(), byte & 0xDF == letter else { return nil }
        }
        guard rest.popFirst() == UInt8(ascii: "-"), digits(&rest) == 4, rest.popFirst() == UInt8(ascii: "-") else {
            return nil
        }
        let number = digits(&rest)
        guard 4...19 ~= number else { return nil }
        return 3 + 1 + 4 + 1 + number
    }

    private static func digits<Bytes: Collection<UInt8>>(_ bytes: inout Bytes) -> Int where Bytes.SubSequence == Bytes {
        let run = bytes.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        bytes = bytes.dropFirst(run.count)
        return run.count
    }
}
