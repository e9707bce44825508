import Foundation

/// Endpoints that want to be told, and what they are to be told: an outbox, which the transaction writes in which a finding is first seen.
///
/// There is one notification for an endpoint, an agent, a vulnerability and the moment since when the agent has it, whatever is killed or
/// repeated. A notification is delivered at least once: the receiver knows a repetition by its id.
public protocol NotificationStore: Sendable {
    /// - Throws: ``StoreError/notFound(_:)`` for a user that the company has not; ``StoreError/limitReached(_:)`` beyond
    ///   ``NotificationLimits/endpoints``.
    func insertEndpoint(scope: CompanyScope, _ draft: EndpointDraft, by userID: UserID, at now: Date) async throws
        -> NotificationEndpoint
    /// All of the company, newest first.
    func fetchEndpoints(scope: CompanyScope) async throws -> [NotificationEndpoint]
    /// Replaces secrets in the form in which they are stored, of all companies; waits for those who change an endpoint meanwhile.
    ///
    /// - Parameter change: The other form; `nil` leaves one as it is.
    /// - Returns: How many were replaced.
    func replaceSecrets(_ change: @escaping @Sendable (CompanyScope, [UInt8]) throws -> [UInt8]?) async throws -> Int
    /// Removes an endpoint and what it was to be told.
    /// - Throws: ``StoreError/notFound(_:)``.
    func deleteEndpoint(scope: CompanyScope, id: EndpointID, at now: Date) async throws
    /// Puts a notification of the type "endpoint.test" into the outbox.
    /// - Throws: ``StoreError/notFound(_:)``.
    func insertTestNotification(scope: CompanyScope, endpoint: EndpointID, at now: Date) async throws -> NotificationID
    /// Tells the endpoints of all companies of agents that called last within these bounds and are not kept out, each endpoint once of each silence:
    /// a notification of the type "agent.silent".
    ///
    /// - Parameter limit: For each endpoint; the longest silent come first.
    /// - Returns: How many notifications were written.
    func recordSilences(lastSeen: Range<Date>, limit: Int, at now: Date) async throws -> Int
    /// Newest first, ties by id.
    func fetchNotifications(scope: CompanyScope, query: NotificationQuery, page: PageRequest) async throws
        -> Page<NotificationSummary>
    /// Makes a dead notification wait again, as if it were new; one that waits is tried at once.
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/decided(_:)`` for one that was delivered.
    func retryNotification(scope: CompanyScope, id: NotificationID, at now: Date) async throws
    /// Takes notifications that are due, of all companies, for as long as the lease: until then nobody else gets them. Whoever does not
    /// finish in time has tried in vain.
    ///
    /// - Parameter limit: Of one company at most.
    func claimNotifications(at now: Date, lease: Duration, limit: Int) async throws -> [ClaimedNotification]
    /// Says how a try ended. Nothing happens when somebody else has claimed it since.
    func finishNotification(_ claim: ClaimedNotification, _ outcome: DeliveryOutcome, at now: Date) async throws
    /// Forgets notifications that were delivered or died before this moment. At most `limit` a company.
    /// - Returns: How many.
    func deleteNotifications(before: Date, limit: Int) async throws -> Int
}

/// How much a company may have.
public enum NotificationLimits {
    /// Endpoints.
    public static let endpoints = 20
}
