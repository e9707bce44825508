import Foundation
import Settings
import Testing

@testable import Mail

struct MailMessageTests {
    @Test(arguments: ["ann@example.com", "o'brien+zt@mail.example.co.uk", "a.b@x-1.example", "A@EXAMPLE.com"])
    func addressesThatPeopleHaveAreTaken(_ text: String) {
        #expect(MailAddress(text)?.description.lowercased() == text.lowercased())
    }

    /// Each of them could be read as a header, a second recipient or another command of SMTP.
    @Test(arguments: [
        "", "ann", "@example.com", "ann@", "ann@example", "a b@example.com", "ann@example.com\r\nBcc: x@example.com",
        "ann@example.com>", "<ann@example.com", "ann@example.com,bob@example.com", "ann@example.com bob@example.com",
        "\"ann bee\"@example.com", "ann@@example.com", "ann@exam ple.com", "ann@[127.0.0.1]", ".ann@example.com",
        "ann..b@example.com", "ann@example..com", "ann@-example.com", "änn@example.com", "ann@example.com\0",
        "ann@example.com SIZE=1", "ann@\(String(repeating: "a", count: 64)).com",
        "\(String(repeating: "a", count: 65))@example.com",
    ])
    func nothingButOneAddressIsAnAddress(_ text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test(arguments: [
        "x\r\nBcc: eve@example.com", "x\nSubject: y", "x\r\n\r\nbody", "\u{2028}Bcc: x", "=?utf-8?Q?=0ABcc:?=",
        "\0\u{1}\u{7f}", String(repeating: "long ", count: 100), "snowman ☃ and 𝄞",
    ])
    func whateverASubjectHoldsItStaysOneHeader(_ subject: String) throws {
        let recipient = try #require(MailAddress("ann@example.com"))
        let sender = try #require(MailAddress("zt@example.com"))
        let message = MailMessage(
            to: recipient, subject: subject, text: "body\r\n.\r\nQUIT ☃", id: "ab\r\nX: 1>",
            date: Date(timeIntervalSince1970: 1_795_413_600))
        let lines = message.rendered(from: sender).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 200 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
        let headers = lines.prefix { !$0.isEmpty }
        let names = headers.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(headers.contains("Date: Mon, 23 Nov 2026 06:00:00 +0000"))
        #expect(headers.contains("Message-ID: <abX1@example.com>"))
        let body = lines.drop { !$0.isEmpty }.joined()
        #expect(Data(base64Encoded: body).map { String(decoding: $0, as: UTF8.self) } == "body\r\n.\r\nQUIT ☃")
    }

    @Test func aPasswordNeverGoesWithoutTLSAndIsNotPrinted() throws {
        let base = ["SMTP_HOST": "relay", "SMTP_FROM": "zt@example.com"]
        #expect(try MailRelay(environment: [:]) == nil)
        let plain = try #require(try MailRelay(environment: base))
        #expect(plain.url == "smtp://relay:587")
        #expect(plain.security == .starttls)
        let user = base.merging(["SMTP_USER": "u", "SMTP_PASSWORD": "hunter2"]) { $1 }
        let relay = try #require(try MailRelay(environment: user.merging(["SMTP_TLS": "tls"]) { $1 }))
        #expect(relay.url == "smtps://relay:465")
        #expect(!String(reflecting: relay).contains("hunter2"))
        for wrong in [
            user.merging(["SMTP_TLS": "none"]) { $1 }, base.merging(["SMTP_USER": "u"]) { $1 },
            base.merging(["SMTP_HOST": "relay/x"]) { $1 }, base.merging(["SMTP_HOST": "a@b"]) { $1 },
            base.merging(["SMTP_FROM": "zt"]) { $1 }, base.merging(["SMTP_PORT": "0"]) { $1 },
        ] {
            #expect(throws: ConfigurationError.self) { try MailRelay(environment: wrong) }
        }
    }
}
