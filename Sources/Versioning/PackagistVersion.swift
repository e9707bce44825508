/// Composer's versions: normalised as `composer/semver` does, then in the order of PHP's `version_compare`.
///
/// Key: four numbers, or those of a date, as 0x06 number each, then the modifiers, each behind a byte for its place:
///
///     0x00 Stable   0x01 dev   0x02 alpha   0x03 beta   0x04 RC   0x05 the end   0x06 number   0x07 patch
///
/// A branch (`dev-master`) is 0x00, its name and 0x00: older than every version, as `version_compare` has it. Among each other
/// Composer has no order of branches, only equality; the key puts them in the order of their names.
///
/// - Source: <https://github.com/composer/semver> (`VersionParser::normalize`), <https://www.php.net/version_compare>
enum PackagistVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        if let bad = version.firstPlace(where: { $0 <= 0x20 || $0 == 0x7f }) {
            throw VersionFault(bad, "character is not allowed")
        }
        var rest = withoutStability(version)
        if encode(branch: rest, into: &key) { return }
        rest = withoutBuild(rest)
        let whole = rest
        _ = rest.take(word: "v")
        if encode(classical: rest, into: &key) { return }
        key.truncate(to: 0)
        if encode(date: rest, into: &key) { return }
        key.truncate(to: 0)
        guard encode(numericBranch: whole, into: &key) else {
            throw VersionFault(whole.start, "is no version that Composer reads")
        }
    }

    /// Cuts a stability flag (`@beta`).
    private static func withoutStability(_ version: VersionBytes) -> VersionBytes {
        guard let at = version.lastPlace(of: UInt8(ascii: "@")) else { return version }
        let flag = version.from(at + 1)
        let isFlag =
            flag.isWord("stable") || flag.isWord("rc") || flag.isWord("beta") || flag.isWord("alpha")
            || flag.isWord("dev")
        return isFlag ? version.upTo(at) : version
    }

    /// Cuts build metadata (`+build`).
    private static func withoutBuild(_ version: VersionBytes) -> VersionBytes {
        guard let plus = version.firstPlace(of: UInt8(ascii: "+")), plus > version.start, plus < version.end - 1,
            version.upTo(plus).firstPlace(of: UInt8(ascii: ",")) == nil
        else { return version }
        return version.upTo(plus)
    }

    /// `dev-NAME`, and three names that need no `dev-` but want their case.
    private static func encode(branch version: VersionBytes, into key: inout KeyBuffer) -> Bool {
        var name = version
        let isOld = isExactly(name, "master") || isExactly(name, "trunk") || isExactly(name, "default")
        guard isOld || name.take(word: "dev-") else { return false }
        key.append(0x00)
        key.append(name)
        key.append(0x00)
        return true
    }

    private static func isExactly(_ name: VersionBytes, _ word: StaticString) -> Bool {
        name.isWord(word) && name.allSatisfy { $0 >= 0x61 }
    }

    /// One number of at most five digits, up to three more, modifiers; `false` when it is something else.
    private static func encode(classical version: VersionBytes, into key: inout KeyBuffer) -> Bool {
        var rest = version
        let first = rest.takeDigits()
        guard (1...5).contains(first.count) else { return false }
        append(number: first, to: &key)
        for _ in 1..<4 { append(number: takeNumber(after: UInt8(ascii: "."), &rest) ?? rest.none, to: &key) }
        return encode(modifiers: rest, into: &key)
    }

    /// `\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?`, modifiers; the parts between separators are the numbers.
    ///
    /// The pattern may end at several places; the longest that leaves only modifiers is what PHP finds first.
    private static func encode(date version: VersionBytes, into key: inout KeyBuffer) -> Bool {
        for pairs in stride(from: 6, through: 1, by: -1) {
            for tail in stride(from: 3, through: 0, by: -1) {
                guard let end = endOfDate(version, pairs: pairs, tail: tail) else { continue }
                var parts = version.upTo(end)
                while !parts.isEmpty {
                    append(number: parts.takeDigits(), to: &key)
                    parts.removeFirst(min(1, parts.count))
                }
                if encode(modifiers: version.from(end), into: &key) { return true }
                key.truncate(to: 0)
            }
        }
        return false
    }

    private static func endOfDate(_ version: VersionBytes, pairs: Int, tail: Int) -> Int? {
        var rest = version
        for group in 0..<(pairs + (tail > 0 ? 2 : 1)) {
            let width = group == 0 ? 4 : group <= pairs ? 2 : tail
            if group > 0, [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-")].contains(rest.first) {
                rest.removeFirst()
            }
            for _ in 0..<width {
                guard isDigit(rest.first) else { return nil }
                rest.removeFirst()
            }
        }
        return rest.start
    }

    /// `1.x-dev`: a branch with numbers, newer than all of its versions.
    private static func encode(numericBranch version: VersionBytes, into key: inout KeyBuffer) -> Bool {
        guard version.count > 3, version.from(version.end - 3).isWord("dev") else { return false }
        var rest = version.upTo(version.end - 3)
        if rest.last == UInt8(ascii: ".") || rest.last == UInt8(ascii: "-") { rest.removeLast() }
        _ = rest.take(word: "v")
        let first = rest.takeDigits()
        guard !first.isEmpty else { return false }
        append(number: first, to: &key)
        for _ in 1..<4 {
            guard rest.take(UInt8(ascii: ".")) else {
                guard rest.isEmpty else { return false }
                appendWildcard(to: &key)
                continue
            }
            if rest.take(word: "x") || rest.take(UInt8(ascii: "*")) {
                appendWildcard(to: &key)
            } else {
                let number = rest.takeDigits()
                guard !number.isEmpty else { return false }
                append(number: number, to: &key)
            }
        }
        key.append(0x01)
        key.append(0x05)
        return rest.isEmpty
    }

    private static func append(number: VersionBytes, to key: inout KeyBuffer) {
        key.append(0x06)
        key.append(number: number)
    }

    /// The number 9999999, which Composer writes for a part that is any.
    private static func appendWildcard(to key: inout KeyBuffer) {
        key.append(0x06)
        key.appendAnyNumber()
    }

    /// `[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+)*+)?)?([.-]?dev)?` to the end.
    private static func encode(modifiers version: VersionBytes, into key: inout KeyBuffer) -> Bool {
        var rest = version
        if [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(rest.first) { rest.removeFirst() }
        let rank = takeStability(&rest)
        // "stable" changes nothing and hides what follows it.
        let isHidden = rank == 0x05
        if let rank, !isHidden { key.append(rank) }
        if rank != nil {
            while let number = takeNumber(&rest) { if !isHidden { append(number: number, to: &key) } }
        }
        if takeDev(&rest), !isHidden { key.append(0x01) }
        key.append(0x05)
        return rest.isEmpty
    }

    private static func takeStability(_ rest: inout VersionBytes) -> UInt8? {
        // Composer looks for this word in lower case only; written otherwise it is a word that PHP does not know.
        if rest.hasPrefix("stable") {
            let isExact = rest.upTo(rest.start + 6).allSatisfy { $0 >= 0x61 }
            rest.removeFirst(6)
            return isExact ? 0x05 : 0x00
        }
        if rest.take(word: "beta") || rest.take(word: "b") { return 0x03 }
        if rest.take(word: "rc") { return 0x04 }
        if rest.take(word: "alpha") || rest.take(word: "a") { return 0x02 }
        return rest.take(word: "patch") || rest.take(word: "pl") || rest.take(word: "p") ? 0x07 : nil
    }

    private static func takeDev(_ rest: inout VersionBytes) -> Bool {
        var ahead = rest
        _ = ahead.take(UInt8(ascii: ".")) || ahead.take(UInt8(ascii: "-"))
        guard ahead.take(word: "dev") else { return false }
        rest = ahead
        return true
    }

    private static func takeNumber(_ rest: inout VersionBytes) -> VersionBytes? {
        if isDigit(rest.first) { return rest.takeDigits() }
        return takeNumber(after: UInt8(ascii: "."), &rest) ?? takeNumber(after: UInt8(ascii: "-"), &rest)
    }

    private static func takeNumber(after separator: UInt8, _ rest: inout VersionBytes) -> VersionBytes? {
        guard rest.first == separator, isDigit(rest.second) else { return nil }
        rest.removeFirst()
        return rest.takeDigits()
    }
}

extension KeyBuffer {
    /// Appends the number 9999999, as ``append(number:)`` does.
    fileprivate mutating func appendAnyNumber() {
        let nines: StaticString = "9999999"
        nines.withUTF8Buffer { digits in
            if let all = try? VersionBytes(digits) { append(number: all) }
        }
    }
}
