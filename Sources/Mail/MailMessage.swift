import Foundation

/// A message in plain text to one person.
public struct MailMessage: Sendable {
    /// Who gets it.
    public let recipient: MailAddress
    /// Any text; what cannot stand in a header is encoded or taken out.
    public let subject: String
    /// Any text.
    public let text: String
    /// Names the message, the same when it is repeated: letters and digits.
    public let id: String
    /// When it is written.
    public let date: Date

    /// Makes one from its parts.
    ///
    /// - Parameter id: What is neither a letter nor a digit of ASCII is left out.
    public init(to recipient: MailAddress, subject: String, text: String, id: String, date: Date) {
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.id = id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        self.date = date
    }

    /// As it goes over the wire: lines of ASCII of at most 78 bytes that end with CR LF.
    ///
    /// - Source: RFC 5322, <https://www.rfc-editor.org/rfc/rfc5322>; RFC 2045 for the text.
    func rendered(from sender: MailAddress) -> String {
        let body = Data(text.utf8).base64EncodedString()
        let lines =
            [
                "Date: \(Self.dateFormat.format(date))", "From: ZeroTrace <\(sender)>", "To: <\(recipient)>",
                "Subject: \(Self.encodedWords(subject))", "Message-ID: <\(id)@\(sender.domain)>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64", "",
            ] + Self.pieces(of: Array(body.utf8), atMost: 76).map { String(decoding: $0, as: UTF8.self) }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// `Mon, 23 Nov 2026 06:00:00 +0000`.
    private static let dateFormat = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) +0000
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))

    /// A header's words: short plain ones as they are, all others encoded, one to a line.
    ///
    /// - Source: RFC 2047, <https://www.rfc-editor.org/rfc/rfc2047>: an encoded word has at most 75 characters and whole characters.
    static func encodedWords(_ text: String) -> String {
        let shown = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        let isPlain = shown.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !shown.contains("=?")
        if isPlain && shown.utf8.count <= 60 { return shown }
        var words: [String] = [""]
        for scalar in shown.unicodeScalars {
            if words[words.count - 1].utf8.count + String(scalar).utf8.count > 45 { words.append("") }
            words[words.count - 1].unicodeScalars.append(scalar)
        }
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func pieces(of bytes: [UInt8], atMost length: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: length).map { bytes[$0..<min($0 + length, bytes.count)] }
    }
}
