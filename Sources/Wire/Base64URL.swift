import FoundationEssentials

/// Base 64 with the URL and filename safe alphabet, without padding.
///
/// - Source: RFC 4648 section 5, RFC 7515 section 2.
public enum Base64URL {
    /// Encodes any bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let standard = Data(bytes).base64EncodedString().utf8
        return String(
            decoding: standard.prefix { $0 != padding }.map { exchange($0, from: plain, to: safe) }, as: UTF8.self)
    }

    /// Decodes; `nil` for padding, another alphabet or an impossible length.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { plain.contains($0) || $0 == padding }) else { return nil }
        let fill = [UInt8](repeating: padding, count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: Data(text.utf8.map { exchange($0, from: safe, to: plain) } + fill)).map(Array.init)
    }

    private static let plain = Array("+/".utf8)
    private static let safe = Array("-_".utf8)
    private static let padding = UInt8(ascii: "=")

    private static func exchange(_ byte: UInt8, from: [UInt8], to: [UInt8]) -> UInt8 {
        from.firstIndex(of: byte).map { to[$0] } ?? byte
    }
}
