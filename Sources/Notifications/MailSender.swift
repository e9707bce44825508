import Crypto
import Foundation
import Mail
import Stores

/// Sends notifications of one endpoint as one message.
struct MailSender: Sendable {
    /// `nil` when the installation has none.
    let relay: MailRelay?
    let recipients: RecipientPolicy
    let timeout: Duration

    /// - Parameter claims: Of one endpoint, at least one.
    func send(_ claims: [ClaimedNotification], at now: Date) async throws -> DeliveryAnswer {
        guard let target = claims.first?.target else { return .taken }
        guard let relay else { return .refused("no mail relay (SMTP_HOST)") }
        if let fault = recipients.fault(in: target) { return .gone("recipient refused: \(fault)") }
        guard let recipient = MailAddress(target) else { return .gone("recipient refused") }
        let digest = MailDigest(claims)
        let message = MailMessage(
            to: recipient, subject: digest.subject, text: digest.text, id: Self.id(of: claims), date: now)
        switch try await relay.send(message, timeout: timeout) {
        case .taken: return .taken
        case .refused(let reason): return .refused(reason)
        case .noSuchMailbox(let reason): return .gone("\(reason): no such mailbox")
        }
    }

    /// The same notifications have the same id whenever they are sent.
    private static func id(of claims: [ClaimedNotification]) -> String {
        let ids = claims.map(\.id.description).sorted().joined(separator: " ")
        return SHA256.hash(data: Data(ids.utf8)).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
