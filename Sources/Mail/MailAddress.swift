/// A mailbox such as `ann@example.com`: the part of RFC 5321's grammar that people use, so that nothing but one address fits into it.
///
/// - Source: <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2>
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// What stands before the `@`: letters, digits and ``marks``, at most 64, in parts between full stops that are not empty.
    public let local: String
    /// A host name, in lower case.
    public let domain: String

    private static let marks = "!#$%&'*+-/=?^_`{|}~"

    /// `nil` for what is no such address.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, parts[0].utf8.count <= 64,
            Self.isDotted(parts[0], { $0.isASCII && ($0.isLetter || $0.isNumber || Self.marks.contains($0)) }),
            parts[1].contains("."), Self.isHost(parts[1])
        else { return nil }
        (local, domain) = (String(parts[0]), parts[1].lowercased())
    }

    /// Whether it is a name of letters, digits and hyphens in parts of at most 63.
    static func isHost(_ text: Substring) -> Bool {
        text.utf8.count <= 253 && isDotted(text) { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            && text.split(separator: ".").allSatisfy { $0.utf8.count <= 63 && $0.first != "-" && $0.last != "-" }
    }

    private static func isDotted(_ text: Substring, _ isAllowed: (Character) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAllowed) }
    }

    /// As it is written.
    public var description: String { "\(local)@\(domain)" }
}
