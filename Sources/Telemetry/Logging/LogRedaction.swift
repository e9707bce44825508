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

    /// Lowercase letters and digits only.
    private let words: [String]

    /// Takes words in any case, with or without separators; empty ones are dropped.
    public init(words: [String]) {
        self.words = words.map(Self.plain).filter { !$0.isEmpty }
    }

    /// Whether the value under this key must not be written.
    public func hides(_ key: String) -> Bool {
        let plain = Self.plain(key)
        return words.contains { plain.contains($0) }
    }

    /// Takes credentials out of free text: what follows `Bearer`, `Basic` or `DPoP`, and the password in a URL.
    ///
    /// A second net for messages and errors of libraries, which have no keys; it knows these forms only.
    func cleaned(_ text: String) -> String {
        guard text.contains(" ") || text.contains("://") else { return text }
        var hideNext = false
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
            if hideNext, !word.isEmpty {
                hideNext = false
                // "Basic authentication" and "bearer token" are prose.
                if word.contains(where: { !$0.isLowercase && !$0.isPunctuation }) { return Self.placeholder }
            }
            let scheme = Self.plain(String(word.suffix(8)))
            hideNext = hideNext || ["bearer", "basic", "dpop"].contains { scheme.hasSuffix($0) }
            return Self.withoutUserInfo(word)
        }
        return words.joined(separator: " ")
    }

    /// `scheme://user:password@host` without what stands before the `@` of the authority.
    private static func withoutUserInfo(_ word: Substring) -> String {
        guard let scheme = word.firstRange(of: "://") else { return String(word) }
        let rest = word[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return String(word) }
        return word[..<scheme.upperBound] + placeholder + rest[at...]
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// Marks one metadata value as secret, whatever its key: `"\(value, attributes: [LogSensitivity.secret])"`.
public enum LogSensitivity: Int64, Logger.MetadataValueAttributes.Attribute {
    /// Never written.
    case secret = 1
}
