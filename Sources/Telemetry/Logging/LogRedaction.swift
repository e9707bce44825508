import Logging

/// Decides which metadata must not be written, by key.
///
/// A key is hidden when it contains one of the words, letter case and the characters `-`, `_`, `.` and space aside:
/// `Authorization`, `refresh_token`, `x-api-key`, `db.password` all are. It rather hides `tokenCount` than shows a token.
public struct LogRedaction: Sendable {
    /// What stands in place of a hidden value.
    public static let placeholder = "[redacted]"

    /// Words for credentials of all kinds that the project handles or libraries log.
    public static let standard = LogRedaction(words: [
        "authorization", "bearer", "cookie", "credential", "dpop", "jwt", "passphrase", "password", "passwd",
        "privatekey",
        "apikey", "secret", "session", "signingkey", "token",
    ])

    /// Lowercase ASCII letters, digits and non-ASCII bytes only.
    private let words: [[UInt8]]

    /// Takes words in any case, with or without separators; empty ones are dropped.
    public init(words: [String]) {
        self.words = words.map(Self.plain).filter { !$0.isEmpty }
    }

    /// Whether the value under this key must not be written.
    public func hides(_ key: String) -> Bool {
        let plain = Self.plain(key)
        return words.contains { Self.occurs($0, in: plain) }
    }

    /// Takes credentials out of free text: what follows `Bearer`, `Basic` or `DPoP`, and the password in a URL.
    ///
    /// A second net for messages and errors of libraries, which have no keys; it knows these forms only.
    func cleaned(_ text: String) -> String {
        // Nearly every text ends here. Strings are searched as bytes: String.contains(_:) took 20 µs a value.
        let lowercased = Self.lowercased(text)
        guard Self.signs.contains(where: { Self.occurs($0, in: lowercased) }) else { return text }
        var hideNext = false
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            if hideNext, !word.isEmpty {
                hideNext = false
                // "Basic authentication" and "bearer token" are prose.
                if word.contains(where: { !$0.isLowercase && !$0.isPunctuation }) { return Self.placeholder }
            }
            let end = Self.plain(word.suffix(8))
            hideNext = hideNext || Self.schemes.contains { end.suffix($0.count).elementsEqual($0) }
            return Self.withoutUserInfo(word)
        }
        return words.joined(separator: " ")
    }

    private static let schemes = ["bearer", "basic", "dpop"].map { Array($0.utf8) }

    /// What every text with a credential that ``cleaned(_:)`` knows contains, in lowercase.
    private static let signs = schemes.map { $0 + [UInt8(ascii: " ")] } + [Array("://".utf8)]

    /// `scheme://user:password@host` without what stands before the `@` of the authority.
    private static func withoutUserInfo(_ word: Substring) -> String {
        guard let scheme = word.firstRange(of: "://") else { return String(word) }
        let rest = word[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return String(word) }
        return word[..<scheme.upperBound] + placeholder + rest[at...]
    }

    private static func lowercased(_ text: some StringProtocol) -> [UInt8] {
        text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func plain(_ text: some StringProtocol) -> [UInt8] {
        lowercased(text).filter { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
        }
    }

    private static func occurs(_ word: [UInt8], in text: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { start in
            text[start] == first && text[start..<(start + word.count)].elementsEqual(word)
        }
    }
}

/// Marks one metadata value as secret, whatever its key: `"\(value, attributes: [LogSensitivity.secret])"`.
public enum LogSensitivity: Int64, Logger.MetadataValueAttributes.Attribute {
    /// Never written.
    case secret = 1
}
