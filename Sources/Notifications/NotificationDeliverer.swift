import Foundation
import Logging
import Mail
import Metrics
import ServiceLifecycle
import Stores

/// Delivers what waits in the outbox. Any number of them may run, in any number of processes.
public struct NotificationDeliverer: Service {
    private let store: any Store
    private let webhooks: WebhookSender
    private let mail: MailSender
    private let configuration: Configuration
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How it works.
    public struct Configuration: Sendable {
        /// Where webhooks may go.
        public var policy = TargetPolicy()
        /// Who takes e-mail; `nil` leaves it waiting.
        public var relay: MailRelay?
        /// Whom e-mail may go to.
        public var recipients = RecipientPolicy()
        /// With which secrets are stored; `nil` for as they are.
        public var seal: SecretSeal?
        /// Rest when nothing waits.
        public var interval = Duration.seconds(1)
        /// For one request or message, from the connection to the status of the answer.
        public var timeout = Duration.seconds(15)
        /// Requests and messages at the same time.
        public var concurrency = 16
        /// How long notifications that are over are kept to be looked at.
        public var retention: TimeInterval = 14 * 24 * 3_600
        var schedule = RetrySchedule()

        /// The defaults.
        public init() {}
    }

    /// Notifications of one company taken at a time.
    static let batchSize = 100
    /// Notifications that are over forgotten at a time, of each company.
    static let forgottenAtOnce = 1_000

    /// - Parameter now: The wall clock.
    public init(
        store: any Store, configuration: Configuration = Configuration(), logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.configuration = configuration
        webhooks = WebhookSender(
            policy: configuration.policy, seal: configuration.seal, timeout: configuration.timeout)
        mail = MailSender(
            relay: configuration.relay, recipients: configuration.recipients, timeout: configuration.timeout)
        self.logger = logger
        self.now = now
    }

    /// Delivers until cancelled or asked to shut down. What is under way then is given up and comes again after its lease.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var (forgot, hasSealed) = (Date.distantPast, false)
            while !Task.isCancelled {
                do {
                    if !hasSealed { try await sealSecrets() }
                    hasSealed = true
                    if now().timeIntervalSince(forgot) >= 3_600 {
                        let limit = now().addingTimeInterval(-configuration.retention)
                        _ = try await store.deleteNotifications(before: limit, limit: Self.forgottenAtOnce)
                        forgot = now()
                    }
                    if try await deliverOnce() > 0 { continue }
                } catch {
                    if Task.isCancelled { return }
                    logger.error("notifications wait", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: configuration.interval)
            }
        }
    }

    /// Seals secrets that were stored before they were sealed.
    func sealSecrets() async throws {
        guard let seal = configuration.seal else { return }
        let count = try await store.replaceSecrets { scope, secret in
            SecretSeal.isSealed(secret) || secret.isEmpty ? nil : try seal.seal(secret, of: scope)
        }
        if count > 0 { logger.notice("secrets of endpoints sealed", metadata: ["count": "\(count)"]) }
    }

    /// Tries what is due.
    /// - Returns: How many.
    func deliverOnce() async throws -> Int {
        // As long as all of a batch one after the other could take.
        let rounds = (Self.batchSize + configuration.concurrency - 1) / configuration.concurrency
        let lease = configuration.timeout * (rounds + 1) + .seconds(30)
        let claims = try await store.claimNotifications(at: now(), lease: lease, limit: Self.batchSize)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, delivery) in Self.deliveries(claims).enumerated() {
                if index >= configuration.concurrency { try await group.next() }
                group.addTask { try await deliver(delivery) }
            }
            try await group.waitForAll()
        }
        return claims.count
    }

    /// What goes out together: each webhook alone, e-mail by its recipient.
    private static func deliveries(_ claims: [ClaimedNotification]) -> [[ClaimedNotification]] {
        let mail = Dictionary(grouping: claims.filter { $0.kind == .email }, by: \.endpoint)
        return claims.filter { $0.kind == .webhook }.map { [$0] } + mail.values
    }

    private func deliver(_ claims: [ClaimedNotification]) async throws {
        let answer =
            switch claims[0].kind {
            case .webhook: try await webhooks.send(claims[0], at: now())
            case .email: try await mail.send(claims, at: now())
            }
        for claim in claims { try await finish(claim, outcome(of: answer, claim)) }
    }

    private func finish(_ claim: ClaimedNotification, _ outcome: DeliveryOutcome) async throws {
        try await store.finishNotification(claim, outcome, at: now())
        switch outcome {
        case .delivered: count("delivered")
        case .failed(let reason, _):
            count("failed")
            logger.debug("notification failed", metadata: metadata(claim, reason))
        case .dead(let reason):
            count("dead")
            logger.notice("notification is dead", metadata: metadata(claim, reason))
        }
    }

    private func outcome(of answer: DeliveryAnswer, _ claim: ClaimedNotification) -> DeliveryOutcome {
        switch answer {
        case .taken: return .delivered
        case .gone(let reason): return .dead(reason: reason)
        case .refused(let reason):
            let rest = configuration.schedule.rest(after: claim.attempt, chance: .random(in: 0..<1))
            guard let rest else { return .dead(reason: "after \(claim.attempt) tries: \(reason)") }
            return .failed(reason: reason, retryAt: now().addingTimeInterval(rest))
        }
    }

    private func count(_ outcome: String) {
        Counter(label: "notifications", dimensions: [("outcome", outcome)]).increment()
    }

    private func metadata(_ claim: ClaimedNotification, _ reason: String) -> Logger.Metadata {
        [
            "notification": "\(claim.id)", "endpoint": "\(claim.endpoint)", "attempt": "\(claim.attempt)",
            "reason": "\(reason)",
        ]
    }
}
