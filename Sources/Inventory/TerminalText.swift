/// Text from outside on its way to a terminal.
public enum TerminalText {
    /// The text with a replacement character for whatever could command a terminal or reorder what is shown: names and versions come
    /// from files that anybody may have written.
    ///
    /// - Source: <https://unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>; CWE-150.
    public static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isHarmful(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
