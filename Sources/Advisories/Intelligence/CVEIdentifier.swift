/// Recognises CVE ids, `CVE-2023-0464`.
///
/// Source: <https://www.cve.org/About/Process#CVERecordLifecycle>; four or more digits, here at most ten.
enum CVEIdentifier {
    /// The id in capitals; `nil` when the bytes are none.
    static func canonical(_ bytes: some Collection<UInt8>) -> String? {
        guard length(atStartOf: bytes) == bytes.count else { return nil }
        return String(decoding: bytes.map { $0 & 0xDF | ($0 & 0x20 & ($0 < 0x40 ? 0xFF : 0)) }, as: UTF8.self)
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
        guard 4...10 ~= number else { return nil }
        return 3 + 1 + 4 + 1 + number
    }

    private static func digits<Bytes: Collection<UInt8>>(_ bytes: inout Bytes) -> Int where Bytes.SubSequence == Bytes {
        let run = bytes.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        bytes = bytes.dropFirst(run.count)
        return run.count
    }
}
