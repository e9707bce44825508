import Foundation

/// The overlay over findings: what a company accepts, and the labels by which it groups its agents. Sparse; findings stay derived.
public protocol ExceptionStore: Sendable {
    /// Replaces the labels of an agent.
    /// - Throws: ``StoreError/notFound(_:)``.
    func setLabels(scope: CompanyScope, agentID: AgentID, labels: Set<String>, at now: Date) async throws
    /// Keeps a request, which accepts nothing yet.
    ///
    /// - Throws: ``StoreError/notFound(_:)`` for a user or agent that the company has not; ``StoreError/limitReached(_:)`` when as many
    ///   as ``ExceptionLimits/open`` are requested or active.
    func requestException(
        scope: CompanyScope, _ what: ExceptionScope, reason: String, justification: ExceptionJustification?,
        expiresAt: Date, by userID: UserID, at now: Date
    ) async throws -> RiskException
    /// Decides a request.
    ///
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/ownRequest`` when who asked would approve; ``StoreError/decided(_:)`` when it is
    ///   no longer requested.
    func decideException(
        scope: CompanyScope, id: ExceptionID, isApproved: Bool, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException
    /// Takes a request or an active exception back. Idempotent.
    ///
    /// - Throws: ``StoreError/notFound(_:)``; ``StoreError/decided(_:)`` when it was rejected or has expired.
    func revokeException(
        scope: CompanyScope, id: ExceptionID, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException
    /// `nil` when the company has no such exception.
    func fetchException(scope: CompanyScope, id: ExceptionID) async throws -> RiskException?
    /// Newest request first, ties by id.
    func fetchExceptions(scope: CompanyScope, query: ExceptionQuery, page: PageRequest, at now: Date) async throws
        -> Page<RiskException>
    /// What the exceptions that are active at this moment accept in the whole company.
    func fetchAcceptance(scope: CompanyScope, at now: Date) async throws -> Acceptance
    /// The same on each of these agents, with their labels; nothing of agents that the company has not.
    func fetchAcceptance(scope: CompanyScope, agents: [AgentID], at now: Date) async throws
        -> [AgentID: AgentAcceptance]
    /// Writes down that approved exceptions of all companies have expired, once for each: an entry in the audit log. Nothing else depends
    /// on it. At most `limit` a company.
    /// - Returns: How many.
    func recordExpirations(at now: Date, limit: Int) async throws -> Int
}

/// How much of the overlay a company may have.
public enum ExceptionLimits {
    /// Exceptions that are requested or active.
    public static let open = 1_000
    /// Labels of an agent.
    public static let labels = 50
}

extension ExceptionStore {
    /// Asks for a risk to be accepted, without saying that the company is not affected.
    public func requestException(
        scope: CompanyScope, _ what: ExceptionScope, reason: String, expiresAt: Date, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        try await requestException(
            scope: scope, what, reason: reason, justification: nil, expiresAt: expiresAt, by: userID, at: now)
    }
}
