import CCurl
import Dispatch
import Synchronization

/// What the relay made of a message.
public enum MailOutcome: Sendable, Hashable {
    /// It is the relay's now.
    case taken
    /// It was not taken; another time it may be.
    case refused(String)
    /// There is no such mailbox.
    case noSuchMailbox(String)
}

extension MailRelay {
    /// Hands a message over, on a connection of its own.
    ///
    /// - Parameter timeout: For everything.
    /// - Throws: `CancellationError` when the task is cancelled meanwhile; the relay may have the message all the same.
    public func send(_ message: MailMessage, timeout: Duration) async throws -> MailOutcome {
        let exchange = MailExchange(message.rendered(from: sender))
        return try await withTaskCancellationHandler {
            let outcome = await withCheckedContinuation { continuation in
                // libcurl waits in the calling thread.
                Self.threads.async {
                    continuation.resume(
                        returning: exchange.run(relay: self, recipient: message.recipient, timeout: timeout))
                }
            }
            try Task.checkCancellation()
            return outcome
        } onCancel: {
            exchange.cancel()
        }
    }

    private static let threads = DispatchQueue(label: "mail", attributes: .concurrent)
}

/// One message on its way. Used by one thread; what says that it must end comes from any.
private final class MailExchange: Sendable {
    private let bytes: [UInt8]
    private let position = Mutex(0)
    private let isCancelled = Atomic(false)

    init(_ text: String) { bytes = Array(text.utf8) }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether the library could be made ready, which happens once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    func run(relay: MailRelay, recipient: MailAddress, timeout: Duration) -> MailOutcome {
        guard Self.isReady, let curl = curl_easy_init() else { return .refused("no memory") }
        defer { curl_easy_cleanup(curl) }
        guard let recipients = curl_slist_append(nil, recipient.description) else { return .refused("no memory") }
        defer { curl_slist_free_all(recipients) }
        let settings = set(relay, timeout, on: curl) + [zt_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)]
        guard settings.allSatisfy({ $0 == CURLE_OK }) else { return .refused("the relay's settings are not taken") }
        let result = withExtendedLifetime(self) { curl_easy_perform(curl) }
        return Self.outcome(of: result, code: zt_curl_response_code(curl))
    }

    private func set(_ relay: MailRelay, _ timeout: Duration, on curl: UnsafeMutableRawPointer) -> [CURLcode] {
        let milliseconds =
            Int(timeout.components.seconds) * 1_000 + Int(timeout.components.attoseconds / 1_000_000_000_000_000)
        var codes = [
            zt_curl_set_text(curl, CURLOPT_URL, relay.url),
            zt_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            // Whatever the environment says of proxies is not about mail.
            zt_curl_set_text(curl, CURLOPT_PROXY, ""),
            zt_curl_set_number(curl, CURLOPT_NOSIGNAL, 1),
            zt_curl_set_number(curl, CURLOPT_TIMEOUT_MS, milliseconds),
            zt_curl_set_number(
                curl, CURLOPT_USE_SSL, Int((relay.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)),
            zt_curl_set_text(curl, CURLOPT_MAIL_FROM, relay.sender.description),
            zt_curl_set_number(curl, CURLOPT_UPLOAD, 1),
            zt_curl_set_reader(curl, Self.read, Unmanaged.passUnretained(self).toOpaque()),
            zt_curl_set_number(curl, CURLOPT_NOPROGRESS, 0),
            zt_curl_set_watcher(curl, Self.watch, Unmanaged.passUnretained(self).toOpaque()),
        ]
        if let authorities = relay.authorities { codes.append(zt_curl_set_text(curl, CURLOPT_CAINFO, authorities)) }
        if let user = relay.user, let password = relay.password {
            codes.append(zt_curl_set_text(curl, CURLOPT_USERNAME, user))
            codes.append(zt_curl_set_text(curl, CURLOPT_PASSWORD, password.revealed))
        }
        return codes
    }

    /// Gives libcurl the next bytes.
    private static let read: curl_read_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let exchange = Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.position.withLock { position in
            let piece = exchange.bytes[position...].prefix(size * count)
            UnsafeMutableRawBufferPointer(start: buffer, count: piece.count).copyBytes(from: piece)
            position += piece.count
            return piece.count
        }
    }

    /// Tells libcurl whether to go on.
    private static let watch: curl_xferinfo_callback = { context, _, _, _, _ in
        guard let context else { return 1 }
        let exchange = Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue()
        return exchange.isCancelled.load(ordering: .relaxed) ? 1 : 0
    }

    /// Mailboxes that the relay says are none (RFC 5321, 4.2.3): trying again would only annoy it. Whatever else it refuses for good may be a mistake
    /// in its settings or ours, which somebody mends.
    private static func outcome(of result: CURLcode, code: Int) -> MailOutcome {
        if result == CURLE_OK { return .taken }
        if result == CURLE_SEND_ERROR, [550, 551, 553].contains(code) { return .noSuchMailbox("SMTP \(code)") }
        let words = String(cString: curl_easy_strerror(result))
        return .refused(code >= 400 ? "SMTP \(code): \(words)" : words)
    }
}
