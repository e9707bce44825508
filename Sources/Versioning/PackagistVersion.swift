/// Composer's versions: normalised as `composer/semver` does, then in the order of PHP's `version_compare`.
///
/// Key: four numbers, or those of a date, as 0x06 number each, then the modifiers, each behind a byte for its place:
///
///     0x01 dev   0x02 alpha   0x03 beta   0x04 RC   0x05 the end   0x06 number   0x07 patch
///
/// Not taken over are branches without a number (`dev-master`), which have no place in an order of versions.
///
/// - Source: <https://github.com/composer/semver> (`VersionParser::normalize`), <https://www.php.net/version_compare>
enum PackagistVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = withoutFlags(text.trimmed)
        _ = rest.take(word: "v")
        let tokens = tokens(classical: rest) ?? tokens(date: rest) ?? tokens(branch: rest)
        guard let tokens else {
            throw text.malformed(rest.startIndex, "is no version that Composer reads")
        }
        for token in tokens {
            switch token {
            case .word(let rank): writer.append(rank)
            case .number(let digits):
                writer.append(0x06)
                writer.append(number: digits)
            }
        }
        writer.append(0x05)
    }

    private enum Token {
        case word(UInt8)
        case number(ArraySlice<UInt8>)
    }

    private static let dev = Token.word(0x01)
    private static let zero = Token.number([0x30])

    /// Cuts a stability flag (`@beta`) and build metadata (`+build`).
    private static func withoutFlags(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            let flag = String(decoding: rest[(at + 1)...].map(lowercase), as: UTF8.self)
            if ["stable", "rc", "beta", "alpha", "dev"].contains(flag) { rest = rest[..<at] }
        }
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")), plus > rest.startIndex, plus < rest.endIndex - 1,
            !rest.contains(where: isSpace), !rest[..<plus].contains(UInt8(ascii: ","))
        {
            rest = rest[..<plus]
        }
        return rest
    }

    /// One number of at most five digits, up to three more, modifiers; `nil` when it is something else.
    private static func tokens(classical bytes: ArraySlice<UInt8>) -> [Token]? {
        var rest = bytes
        let first = rest.takeDigits()
        guard (1...5).contains(first.count) else { return nil }
        var tokens = [Token.number(first)]
        while tokens.count < 4, let number = takeNumber(after: UInt8(ascii: "."), &rest) {
            tokens.append(.number(number))
        }
        while tokens.count < 4 { tokens.append(zero) }
        return appendModifiers(&tokens, rest) ? tokens : nil
    }

    /// `\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?`, modifiers; the parts between separators are the numbers.
    private static func tokens(date bytes: ArraySlice<UInt8>) -> [Token]? {
        // The pattern may end at several places; the longest that leaves only modifiers is what PHP finds first.
        for pairs in stride(from: 6, through: 1, by: -1) {
            for tail in stride(from: 3, through: 0, by: -1) {
                var rest = bytes
                guard let numbers = takeDate(&rest, pairs: pairs, tail: tail) else { continue }
                var tokens = numbers
                if appendModifiers(&tokens, rest) { return tokens }
            }
        }
        return nil
    }

    private static func takeDate(_ rest: inout ArraySlice<UInt8>, pairs: Int, tail: Int) -> [Token]? {
        var current: [UInt8] = []
        var numbers: [Token] = []
        let widths = [4] + Array(repeating: 2, count: pairs) + (tail > 0 ? [tail] : [])
        for (index, width) in widths.enumerated() {
            if index > 0, let byte = rest.first,
                [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-")].contains(byte)
            {
                rest.removeFirst()
                numbers.append(.number(current[...]))
                current = []
            }
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
            current += digits
            rest.removeFirst(width)
        }
        return numbers + [.number(current[...])]
    }

    /// `1.x-dev`: a branch, newer than all of its versions.
    private static func tokens(branch bytes: ArraySlice<UInt8>) -> [Token]? {
        var rest = bytes
        guard rest.count > 3, String(decoding: rest.suffix(3).map(lowercase), as: UTF8.self) == "dev" else {
            return nil
        }
        rest.removeLast(3)
        if let last = rest.last, last == UInt8(ascii: ".") || last == UInt8(ascii: "-") { rest.removeLast() }
        let wildcard = Token.number(Array("9999999".utf8)[...])
        var tokens = [Token.number(rest.takeDigits())]
        if case .number(let digits) = tokens[0], digits.isEmpty { return nil }
        while tokens.count < 4, rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            if rest.take(word: "x") || rest.take(UInt8(ascii: "*")) {
                tokens.append(wildcard)
            } else {
                let number = rest.takeDigits()
                guard !number.isEmpty else { return nil }
                tokens.append(.number(number))
            }
        }
        guard rest.isEmpty else { return nil }
        while tokens.count < 4 { tokens.append(wildcard) }
        return tokens + [dev]
    }

    /// `[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+)*+)?)?([.-]?dev)?` to the end.
    private static func appendModifiers(_ tokens: inout [Token], _ bytes: ArraySlice<UInt8>) -> Bool {
        let words: [(StaticString, UInt8)] = [
            ("stable", 0x05), ("beta", 0x03), ("b", 0x03), ("rc", 0x04), ("alpha", 0x02), ("a", 0x02), ("patch", 0x07),
            ("pl", 0x07), ("p", 0x07),
        ]
        var rest = bytes
        if let byte = rest.first, [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte) {
            rest.removeFirst()
        }
        for (word, rank) in words where rest.take(word: word) {
            // "stable" changes nothing and hides what follows it.
            var found = [Token.word(rank)]
            while let number = takeNumber(&rest) { found.append(.number(number)) }
            if rank != 0x05 { tokens += found }
            guard takeDev(&rest) else { return rest.isEmpty }
            if rank != 0x05 { tokens.append(dev) }
            return rest.isEmpty
        }
        if takeDev(&rest) { tokens.append(dev) }
        return rest.isEmpty
    }

    private static func takeDev(_ rest: inout ArraySlice<UInt8>) -> Bool {
        var ahead = rest
        _ = ahead.take(UInt8(ascii: ".")) || ahead.take(UInt8(ascii: "-"))
        guard ahead.take(word: "dev") else { return false }
        rest = ahead
        return true
    }

    private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if let byte = rest.first, isDigit(byte) { return rest.takeDigits() }
        return takeNumber(after: UInt8(ascii: "."), &rest) ?? takeNumber(after: UInt8(ascii: "-"), &rest)
    }

    private static func takeNumber(after separator: UInt8, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.first == separator, let next = rest.dropFirst().first, isDigit(next) else { return nil }
        rest.removeFirst()
        return rest.takeDigits()
    }
}
