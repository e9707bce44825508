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
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        if let bad = version.firstPlace(where: { $0 < 0x20 || $0 == 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        var lists = Lists()
        var rest = version
        while !rest.isEmpty {
            let byte = rest.first
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") {
                rest.removeFirst()
                // Nothing before a separator is a 0.
                lists.addNothing()
                if byte == UInt8(ascii: "-") { lists.open() }
                continue
            }
            if isDigit(byte) {
                lists.add(number: rest.takeDigits(), into: &key)
            } else {
                let word = rest.take { !isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
                // A word at the end of the version, or with a digit behind it, opens a list unless it begins one.
                if rest.isEmpty || isDigit(rest.first) { lists.openUnlessEmpty() }
                lists.add(word: word, digitFollows: isDigit(rest.first), into: &key)
            }
            takeSeparator(&rest, &lists)
        }
        lists.close(into: &key)
    }

    /// What stands between two items: a dot, a dash, or the change between digit and letter.
    private static func takeSeparator(_ rest: inout VersionBytes, _ lists: inout Lists) {
        if rest.isEmpty || rest.take(UInt8(ascii: ".")) { return }
        _ = rest.take(UInt8(ascii: "-"))
        lists.open()
    }

    /// The open lists while the items are written.
    ///
    /// Each list is the last item of the one around it. What means nothing is held back until an item that counts follows in its
    /// list, and lists are written when something that counts stands in them.
    private struct Lists {
        /// Lists that are written and not closed.
        private var depth = 0
        private var heldLists = 0
        private var heldNothings = 0
        /// Whether the innermost list has no item yet, also none that means nothing.
        private var isEmpty = true

        mutating func open() {
            heldLists += 1
            heldNothings = 0
            isEmpty = true
        }

        mutating func openUnlessEmpty() { if !isEmpty { open() } }

        mutating func addNothing() {
            heldNothings += 1
            isEmpty = false
        }

        mutating func add(number: VersionBytes, into key: inout KeyBuffer) {
            if number.isZero { return addNothing() }
            writeHeld(isOlder: false, into: &key)
            key.append(0x08)
            key.append(number: number)
        }

        mutating func add(word: VersionBytes, digitFollows: Bool, into key: inout KeyBuffer) {
            if word.isWord("ga") || word.isWord("final") || word.isWord("release") { return addNothing() }
            if let rank = MavenVersion.rank(of: word, digitFollows: digitFollows) {
                writeHeld(isOlder: true, into: &key)
                key.append(0x01)
                return key.append(rank)
            }
            writeHeld(isOlder: false, into: &key)
            key.append(0x05)
            if word.isWord("sp") { return key.append(0x01) }
            key.append(0x02)
            key.append(lowercased: word)
            key.append(0x00)
        }

        /// Writes what was held back before an item that counts.
        private mutating func writeHeld(isOlder: Bool, into key: inout KeyBuffer) {
            for _ in 0..<heldLists { key.append(isOlder ? 0x02 : 0x06) }
            for _ in 0..<heldNothings { key.append(isOlder ? 0x03 : 0x07) }
            depth += heldLists
            (heldLists, heldNothings, isEmpty) = (0, 0, false)
        }

        mutating func close(into key: inout KeyBuffer) {
            for _ in 0...depth { key.append(0x04) }
        }
    }

    /// The place of a word before the release; `nil` for other words.
    private static func rank(of word: VersionBytes, digitFollows: Bool) -> UInt8? {
        if word.isWord("alpha") || digitFollows && word.isWord("a") { return 1 }
        if word.isWord("beta") || digitFollows && word.isWord("b") { return 2 }
        if word.isWord("milestone") || digitFollows && word.isWord("m") { return 3 }
        if word.isWord("rc") || word.isWord("cr") { return 4 }
        return word.isWord("snapshot") ? 5 : nil
    }
}
