/// Maven versions in the order of `ComparableVersion`.
///
/// A version is a list of numbers, words and lists; a dash, and every change between digit and letter, opens a list. What
/// means nothing (0, `ga`, `final`, `release`, empty lists) is cut from the end of each list, and a shorter list is
/// continued by nothing without end.
///
/// Key: per item, by what it means for the comparison with a shorter list
///
///     0x01 rank              a word before the release: alpha, beta, milestone, rc, snapshot
///     0x02 list              a list that begins with such a word
///     0x03                   a nothing before one of those
///     0x04                   the end
///     0x05 0x01              sp
///     0x05 0x02 word 0x00    another word
///     0x06 list              another list
///     0x07                   a nothing before a word, list or number that counts
///     0x08 number            a number
///
/// Maven's own comparison is not transitive where a dotted word meets a list or a zero (`1.sp.1`, `1.0.alpha.1`, `1-alpha`);
/// there the key decides by the table above.
///
/// - Source: <https://maven.apache.org/pom.html#version-order-specification>, `ComparableVersion.java` of Maven 3.8
enum MavenVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        let bytes = text.trimmed.map(lowercase)
        guard !bytes.isEmpty else { throw text.malformed(0, "version is empty") }
        if let bad = bytes.firstIndex(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw text.malformed(bad, "character is not allowed")
        }
        // Each dash opens a list within a list; encoding walks down them.
        guard bytes.count <= 256 else { throw text.malformed(256, "is too long for a Maven version") }
        var parser = Parser(bytes)
        Item.encode(parser.parse(), into: &writer)
    }

    fileprivate indirect enum Item {
        case number(ArraySlice<UInt8>)
        case word(String)
        case list([Item])

        private static let ranks: [String: UInt8] = ["alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "snapshot": 5]

        /// -1, 0 or 1 for older than, the same as, newer than nothing.
        var sign: Int {
            switch self {
            case .number(let digits): digits.allSatisfy { $0 == 0x30 } ? 0 : 1
            case .word(let word): word.isEmpty ? 0 : Item.ranks[word] == nil ? 1 : -1
            case .list(let items): items.lazy.map(\.sign).first { $0 != 0 } ?? 0
            }
        }

        static func encode(_ items: [Item], into writer: inout KeyWriter) {
            for (index, item) in items.enumerated() {
                if item.sign == 0 {
                    guard let next = items[index...].lazy.map(\.sign).first(where: { $0 != 0 }) else { break }
                    writer.append(next < 0 ? 0x03 : 0x07)
                } else {
                    item.encode(into: &writer)
                }
            }
            writer.append(0x04)
        }

        private func encode(into writer: inout KeyWriter) {
            switch self {
            case .number(let digits):
                writer.append(0x08)
                writer.append(number: digits)
            case .word(let word):
                if let rank = Item.ranks[word] {
                    writer.append(0x01)
                    writer.append(rank)
                } else {
                    writer.append(0x05)
                    writer.append(word == "sp" ? 0x01 : 0x02)
                    if word != "sp" {
                        writer.append(contentsOf: word.utf8)
                        writer.append(0x00)
                    }
                }
            case .list(let items):
                writer.append(sign < 0 ? 0x02 : 0x06)
                Item.encode(items, into: &writer)
            }
        }
    }

    /// Cuts a version into lists as `ComparableVersion.parseVersion` does.
    private struct Parser {
        private let bytes: [UInt8]
        /// The open lists, outermost first; each is the last item of the one before it.
        private var open: [[Item]] = [[]]
        private var start = 0
        private var isNumber = false

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func parse() -> [Item] {
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "."): close(at: index)
                case UInt8(ascii: "-"):
                    close(at: index)
                    open.append([])
                case 0x30...0x39:
                    if !isNumber, index > start {
                        if !open[open.count - 1].isEmpty { open.append([]) }
                        add(.word(Parser.word(bytes[start..<index], digitFollows: true)))
                        start = index
                        open.append([])
                    }
                    isNumber = true
                default:
                    if isNumber, index > start {
                        add(.number(bytes[start..<index]))
                        start = index
                        open.append([])
                    }
                    isNumber = false
                }
            }
            if start < bytes.count {
                if !isNumber, !open[open.count - 1].isEmpty { open.append([]) }
                addRest(upTo: bytes.count)
            }
            return fold()
        }

        /// Ends an item at a separator; no bytes mean 0.
        private mutating func close(at index: Int) {
            if index == start { add(.number([0x30])) } else { addRest(upTo: index) }
            start = index + 1
        }

        private mutating func addRest(upTo end: Int) {
            let part = bytes[start..<end]
            add(isNumber ? .number(part) : .word(Parser.word(part, digitFollows: false)))
        }

        private mutating func add(_ item: Item) { open[open.count - 1].append(item) }

        /// Closes all lists, innermost first, each without the nothings at its end.
        private mutating func fold() -> [Item] {
            var inner: [Item]?
            while var list = open.popLast() {
                if let inner { list.append(.list(inner)) }
                inner = Parser.normalized(list)
            }
            return inner ?? []
        }

        /// Removes nothings from the end, and before the lists at the end.
        private static func normalized(_ list: [Item]) -> [Item] {
            var list = list
            for index in list.indices.reversed() {
                switch list[index] {
                case .list(let items):
                    if items.isEmpty { list.remove(at: index) }
                case let item:
                    guard item.sign == 0 else { return list }
                    list.remove(at: index)
                }
            }
            return list
        }

        private static func word(_ bytes: ArraySlice<UInt8>, digitFollows: Bool) -> String {
            let word = String(decoding: bytes, as: UTF8.self)
            switch (word, digitFollows) {
            case ("a", true): return "alpha"
            case ("b", true): return "beta"
            case ("m", true): return "milestone"
            case ("cr", _): return "rc"
            case ("ga", _), ("final", _), ("release", _): return ""
            default: return word
            }
        }
    }
}
