import Foundation

/// What was done, as a word that programs filter by.
public enum AuditAction: String, Sendable, CaseIterable {
    case companyCreated = "company.created"
    case userCreated = "user.created"
    case userRoleChanged = "user.role_changed"
    case userRemoved = "user.removed"
    /// By the user, who knew the one before.
    case passwordChanged = "user.password_changed"
    /// Somebody with the right to made a token that gives the user a password once.
    case passwordResetIssued = "user.password_reset_issued"
    /// With such a token.
    case passwordReset = "user.password_reset"
    /// Somebody signed in.
    case sessionBegun = "session.begun"
    /// Somebody was refused with the e-mail of a user of the company.
    case sessionRefused = "session.refused"
    /// By its own user.
    case sessionEnded = "session.ended"
    /// By somebody with the right to.
    case sessionRevoked = "session.revoked"
    /// A refresh token came a second time; the session is revoked.
    case sessionReused = "session.refresh_token_reused"
    case enrollmentTokenCreated = "enrollment_token.created"
    case enrollmentTokenRevoked = "enrollment_token.revoked"
    /// What becomes of machines that enroll again.
    case reenrollmentPolicyChanged = "enrollment_policy.changed"
    case agentEnrolled = "agent.enrolled"
    /// The agent has another key.
    case agentKeyReplaced = "agent.key_replaced"
    case agentQuarantined = "agent.quarantined"
    /// Let in again.
    case agentReleased = "agent.released"
    case agentRevoked = "agent.revoked"
    case agentLabelled = "agent.labelled"
    case exceptionRequested = "exception.requested"
    case exceptionApproved = "exception.approved"
    case exceptionRejected = "exception.rejected"
    case exceptionRevoked = "exception.revoked"
    /// Its time is over; what it accepted is open again.
    case exceptionExpired = "exception.expired"
    /// Days within which findings are to be dealt with.
    case policyChanged = "sla_policy.changed"
    case retentionChanged = "retention_policy.changed"
    /// By the retention policy; the details say which.
    case eventsRemoved = "events.removed"
    case vulnerabilityAssigned = "vulnerability.assigned"
    case noteAdded = "note.added"
    case endpointCreated = "endpoint.created"
    case endpointDeleted = "endpoint.deleted"
    case endpointTested = "endpoint.tested"
    case notificationRetried = "notification.retried"
    case apiTokenCreated = "api_token.created"
    case apiTokenRevoked = "api_token.revoked"
    /// The log itself was read out.
    case auditExported = "audit.exported"
}

/// Who did something.
public struct AuditActor: Sendable, Hashable {
    /// What kind of one.
    public enum Kind: String, Sendable, CaseIterable {
        /// Nobody yet: a sign-in that was refused.
        case anonymous
        /// A signed-in person.
        case person
        /// A program with a person's API token.
        case apiToken = "api_token"
        case agent
        /// Whoever has the command line of the server's host.
        case installation
        /// The server, of itself.
        case system
    }

    /// What kind of one.
    public let kind: Kind
    /// The id of the user, API token or agent; `nil` for the others.
    public let id: String?
    /// How people call it, an e-mail or a host name, as it was then.
    public let name: String?

    /// Makes one from its parts.
    public init(_ kind: Kind, id: String? = nil, name: String? = nil) {
        self.kind = kind
        self.id = id
        self.name = name
    }
}

/// On whose behalf the current task changes things. The store writes it beside every change, in the same transaction, so that no caller
/// can change anything and forget to say so; who says nothing is the system.
public struct AuditContext: Sendable, Hashable {
    /// Who.
    public var actor: AuditActor
    /// From where; `nil` on the server itself.
    public var address: String?
    /// Of the request, as in the server's log.
    public var requestID: String?

    /// Makes one from its parts.
    public init(actor: AuditActor, address: String? = nil, requestID: String? = nil) {
        self.actor = actor
        self.address = address
        self.requestID = requestID
    }

    /// What holds for this task and those below it.
    @TaskLocal public static var current = AuditContext(actor: AuditActor(.system))
}

/// One line of a company's audit log, as it was written and will never be changed.
public struct AuditEntry: Sendable, Hashable {
    /// 1, 2, 3, … within the company, without gaps.
    public let sequence: Int64
    /// When, in whole milliseconds.
    public let at: Date
    /// Who and from where.
    public let context: AuditContext
    /// What was done: a word of ``AuditAction``, or of a newer program's.
    public let action: String
    /// The id of what it was done to; `nil` when there is none.
    public let subject: String?
    /// What else is to be said, by name; never a secret.
    public let details: [String: String]
    /// ``hash`` of the entry before, 32 bytes; zeros for the first.
    public let previous: [UInt8]
    /// SHA-256 over ``previous`` and all above, 32 bytes; see ``AuditChain``.
    public let hash: [UInt8]

    /// Makes one from its parts.
    public init(
        sequence: Int64, at: Date, context: AuditContext, action: String, subject: String?, details: [String: String],
        previous: [UInt8], hash: [UInt8]
    ) {
        self.sequence = sequence
        self.at = at
        self.context = context
        self.action = action
        self.subject = subject
        self.details = details
        self.previous = previous
        self.hash = hash
    }
}

/// Which entries of the audit log.
public struct AuditQuery: Sendable, Hashable {
    /// Only these words; `nil` means all.
    public var action: String?
    /// Only by whom with this id.
    public var actor: String?
    /// Only done to what with this id.
    public var subject: String?
    /// Not before.
    public var from: Date?
    /// Before.
    public var until: Date?
    /// Oldest first, as the chain runs; else newest first.
    public var isOldestFirst = false

    /// All, newest first.
    public init() {}
}

/// The audit log of a company: it only grows, and every entry holds the hash of the one before.
public protocol AuditStore: Sendable {
    /// Appends an entry for what changes nothing else in the store. All changes append theirs themselves.
    func appendAudit(
        scope: CompanyScope, _ action: AuditAction, subject: String?, details: [String: String], at now: Date
    ) async throws
    /// Entries that the query asks for.
    func fetchAudit(scope: CompanyScope, query: AuditQuery, page: PageRequest) async throws -> Page<AuditEntry>
}
