import SeededRandom

/// Varies JSON value by value: another type, a value from elsewhere in the document, a member left out or repeated, an extreme.
///
/// It looks at bytes, not at a parsed document, so that it also works on text that is broken already.
struct JSONVariation {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    /// Values that readers tend to stumble over.
    private static let extremes: [[UInt8]] = [
        "null", "true", "false", "0", "-1", "1e308", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "0.1", "\"\"", "\"0\"", "\" \"", "\"\\u0000\"", "\"\\n\"", "\"*\"", "\"-\"",
        "\"CVE-2024-0001\"", "\"9999-12-31T23:59:59Z\"", "\"0000-00-00\"", "\"ä€😀\"", "[]", "{}", "[[]]", "[null]",
        "{\"\":null}", "[{}]", "[\"\"]",
    ].map { Array($0.utf8) }

    /// - Returns: `nil` when the text holds no value.
    mutating func vary(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let values = Self.values(in: text)
        guard let place = values.randomElement(using: &random) else { return nil }
        var result = Array(text[..<place.lowerBound])
        switch random.next() % 6 {
        case 0: break
        case 1:
            result += text[place]
            result.append(UInt8(ascii: ","))
            result += text[place]
        case 2, 3:
            let other = values.randomElement(using: &random) ?? place
            result += text[other]
        default: result += Self.extremes.randomElement(using: &random) ?? []
        }
        result += text[place.upperBound...]
        return result
    }

    /// Where values and members (`"name": value`) stand: from each place where one may begin to its end.
    private static func values(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var open: [Int] = []
        var place = 0
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append(place)
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                place += 1
                if let start = open.popLast() { ranges.append(start..<place) }
            case UInt8(ascii: "\""):
                let end = endOfString(in: text, from: place)
                ranges.append(place..<end)
                place = end
            case let byte where isWord(byte):
                let start = place
                while place < text.count, isWord(text[place]) { place += 1 }
                ranges.append(start..<place)
            default: place += 1
            }
        }
        return ranges
    }

    private static func endOfString(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var place = start + 1
        while place < text.count, text[place] != UInt8(ascii: "\"") {
            place += text[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place + 1, text.count)
    }

    /// A byte of a number, `true`, `false` or `null`.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
