import Foundation
import Inventory
import Matching
import PackageIdentity

/// Why a store could not do what it was asked. Printing one shows no data of a company.
public enum StoreError: Error, Sendable, Equatable {
    /// A name that must be unique is taken ("company", "user").
    case alreadyExists(String)
    /// The thing named does not exist in the scope ("company", "agent").
    case notFound(String)
    /// A revoked agent stays so.
    case agentRevoked
    /// The company would be left without an owner.
    case lastOwner
    /// Who asked for something would be the one to approve it.
    case ownRequest
    /// It was decided, taken back, or its time is over ("exception").
    case decided(String)
    /// There are as many as there may be ("exceptions").
    case limitReached(String)
    /// The cursor is not one that this list gave out.
    case invalidCursor
    /// ``InventoryStore/applyInventories(scope:_:at:)`` met packages without verdicts.
    case notEvaluated(packages: Int)
    /// The database was written by a newer version of ZeroTrace.
    case databaseTooNew(found: Int, supported: Int)
    /// The database is away, has no room, or takes nothing at the moment: whoever asks, and whatever for, gets no more. The text names the
    /// operation, never its arguments; here and in the next two.
    case unavailable(String)
    /// The answer took too long. The database may be busy, or the operation large.
    case timedOut(String)
    /// The database is there and refuses this operation, or what it holds makes no sense. Waiting does not help.
    case failed(String)
}

/// Companies of the installation. Only an operator calls it.
public protocol CompanyStore: Sendable {
    /// - Throws: ``StoreError/alreadyExists(_:)`` when the name is taken, without regard to case.
    func insertCompany(named name: String, at now: Date) async throws -> Company
    func fetchCompany(named name: String) async throws -> Company?
    /// All, by name.
    func fetchCompanies() async throws -> [Company]
}

/// Users and their sessions.
public protocol UserStore: Sendable {
    func insertUser(email: String, passwordHash: String, role: Role, companyID: CompanyID, at now: Date) async throws
        -> User
    /// Before authentication, hence without scope.
    func fetchLogin(email: String) async throws -> UserLogin?
    func fetchUser(scope: CompanyScope, id: UserID) async throws -> UserLogin?
    func insertSession(userID: UserID, refreshToken: SecretHash, expiresAt: Date, at now: Date) async throws -> Session
    /// Exchanges a refresh token for the next one in one transaction. A token presented twice revokes its session.
    func rotateRefreshToken(_ presented: SecretHash, to replacement: SecretHash, expiresAt: Date, at now: Date)
        async throws -> RefreshOutcome
    /// Idempotent.
    func revokeSession(id: SessionID, at now: Date) async throws
    /// False once revoked or expired, or when there is no such session.
    func isSessionActive(id: SessionID, at now: Date) async throws -> Bool
}

/// Enrollment tokens and the credentials of agents.
public protocol EnrollmentStore: Sendable {
    func insertEnrollmentToken(
        scope: CompanyScope, token: SecretHash, label: String, maximumUses: Int, expiresAt: Date, at now: Date
    ) async throws -> EnrollmentToken
    /// All of the company, newest first.
    func fetchEnrollmentTokens(scope: CompanyScope) async throws -> [EnrollmentToken]
    /// Idempotent; unknown ids throw ``StoreError/notFound(_:)``.
    func revokeEnrollmentToken(scope: CompanyScope, id: EnrollmentTokenID, at now: Date) async throws
    /// Checks the token, counts the use, makes the agent and appends the event in one transaction, so that N uses make at most N
    /// agents whatever is killed or races.
    func enrollAgent(token: SecretHash, publicKey: [UInt8], facts: HeartbeatFacts, at now: Date) async throws
        -> EnrollmentOutcome
    /// ``ReenrollmentPolicy/allow`` until somebody says otherwise.
    func fetchReenrollmentPolicy(scope: CompanyScope) async throws -> ReenrollmentPolicy
    /// Says what becomes of machines that enroll again from now on.
    func setReenrollmentPolicy(scope: CompanyScope, _ policy: ReenrollmentPolicy, at now: Date) async throws
    /// Gives an agent another key; the one before ends with that. Sent again, it does nothing.
    ///
    /// - Parameter old: The key that the agent has.
    /// - Throws: ``StoreError/notFound(_:)`` when the company has no such agent, it is kept out, or has another key;
    ///   ``StoreError/alreadyExists(_:)`` when another agent has the new one.
    func replaceKey(scope: CompanyScope, agentID: AgentID, from old: [UInt8], to new: [UInt8], at now: Date)
        async throws
    /// Before authentication, hence without scope.
    func fetchCredential(agentID: AgentID) async throws -> AgentCredential?
}

/// Agents.
public protocol AgentStore: Sendable {
    /// Writes last seen and facts, and answers what the server holds; `nil` when the company has no such agent, or what it says shows that
    /// its key is on two machines: then it is quarantined. The cost of a scan is written when it differs from the one known; an agent that tells none
    /// keeps the one it told.
    func recordHeartbeat(scope: CompanyScope, agentID: AgentID, facts: HeartbeatFacts, at now: Date) async throws
        -> RecordedHeartbeat?
    /// Writes last seen of agents that say what they said before, all at once, and answers what the server holds of each. Who is missing in
    /// the answer has nothing written: the company has no such agent, or what the store holds of it are other facts. What it says next
    /// belongs into ``recordHeartbeat(scope:agentID:facts:at:)``, which alone looks for copies of a key and takes the cost of a scan.
    func recordPresence(scope: CompanyScope, notes: [PresenceNote]) async throws -> [AgentID: SyncState]
    /// Keeps what an agent says is in use, in place of what it said before; `nil` forgets that, as the agent looks no more. Said again, it changes
    /// nothing.
    /// - Throws: ``StoreError/notFound(_:)`` when the company has no such agent.
    func recordRunning(scope: CompanyScope, agentID: AgentID, _ report: RunningReport?, at now: Date) async throws
    /// What these agents last said is in use; nothing of those that said nothing, or that the company does not have.
    func fetchRunning(scope: CompanyScope, agents: [AgentID]) async throws -> [AgentID: RunningRecord]
    func fetchAgents(scope: CompanyScope, query: AgentQuery, page: PageRequest) async throws -> Page<AgentSummary>
    func fetchAgent(scope: CompanyScope, id: AgentID) async throws -> AgentDetail?
    /// What the last scans cost of which the server heard since this time.
    func fetchScanCost(scope: CompanyScope, since: Date) async throws -> FleetScanCost
}

/// Inventories: received by the gateway, applied by a processor.
public protocol InventoryStore: Sendable {
    /// Keeps the inventory under its digest and makes that the agent's received digest. Idempotent. After it returns, the inventory
    /// survives a kill.
    /// - Parameter packed: Its text form under gzip, where the caller has it; else it is packed here.
    /// - Returns: Whether an inventory of the agent was applied before.
    /// - Throws: ``StoreError/notFound(_:)`` when the company has no such agent.
    func receiveInventory(
        scope: CompanyScope, agentID: AgentID, inventory: Inventory, packed: [UInt8]?, at now: Date
    ) async throws -> Bool
    /// An inventory of the company received or applied before and still held; the base of a delta.
    func fetchInventory(scope: CompanyScope, digest: InventoryDigest) async throws -> Inventory?
    /// Companies that have agents whose received and applied digests differ, longest waiting first. For the processor, hence it
    /// hands out scopes.
    func fetchPendingWork(limit: Int) async throws -> [PendingWork]
    /// Agents of the company that wait, longest waiting first, after the given one.
    func fetchPendingAgents(scope: CompanyScope, after: PendingAgent?, limit: Int) async throws -> [PendingAgent]
    /// What these agents wait with, in any order; nothing of those that do not wait.
    func fetchPendingInventories(scope: CompanyScope, agents: [AgentID]) async throws -> [PendingInventory]
    /// Makes received inventories the applied ones of their agents: catalogue references, first-seen dates, counters and one event each, all
    /// in one transaction. Answers the events in the same order, `nil` where that digest was already applied or another one was received
    /// meanwhile.
    /// - Throws: ``StoreError/notEvaluated(packages:)`` when packages of one have no verdicts yet, ``StoreError/notFound(_:)`` when the company
    ///   has no such agent; then nothing is applied.
    func applyInventories(scope: CompanyScope, _ received: [ReceivedInventory], at now: Date) async throws -> [Event?]
}

extension InventoryStore {
    /// The same with one.
    public func applyInventory(scope: CompanyScope, agentID: AgentID, digest: InventoryDigest, at now: Date)
        async throws
        -> Event?
    {
        let received = ReceivedInventory(agentID: agentID, digest: digest)
        return try await applyInventories(scope: scope, [received], at: now).first ?? nil
    }

    /// See ``receiveInventory(scope:agentID:inventory:packed:at:)``.
    public func receiveInventory(scope: CompanyScope, agentID: AgentID, inventory: Inventory, at now: Date) async throws
    {
        _ = try await receiveInventory(scope: scope, agentID: agentID, inventory: inventory, packed: nil, at: now)
    }
}

/// The catalogue of package versions and their verdicts, which all companies share.
public protocol CatalogueStore: Sendable {
    /// Gives each purl its row, making missing ones. Same order and count as the argument.
    func internPackages(_ purls: [PackageURL], at now: Date) async throws -> [PackageID]
    /// Gives each purl its row, as ``internPackages(_:at:)`` does, and answers those never matched against any index, ascending by id.
    func fetchUnevaluatedPackages(among purls: [PackageURL], at now: Date) async throws -> [CataloguePackage]
    /// Rows whose advisory coordinates have one of these scopes and names, in pages of id order after `after`.
    func fetchPackages(named names: [AdvisoryName], after: PackageID?, limit: Int) async throws -> [CataloguePackage]
    /// All rows in id order, for a first index or a full re-match.
    func fetchAllPackages(after: PackageID?, limit: Int) async throws -> [CataloguePackage]
    /// Replaces the verdicts of these packages, writes the vulnerabilities they speak of, and brings the counters of every company
    /// that has them up to date, with one event per company whose findings changed, in one transaction. A verdict that stands
    /// already keeps the date it appeared.
    func recordVerdicts(
        _ verdicts: [PackageVerdicts], vulnerabilities: [VulnerabilityRecord], indexDigest: String, at now: Date
    ) async throws -> [CompanyScope: Event]
    /// Refreshes what is known of vulnerabilities that the store already holds (severity, EPSS, KEV, texts); others are ignored.
    func updateVulnerabilities(_ records: [VulnerabilityRecord], at now: Date) async throws
    /// What the catalogue's verdicts rest on, in the words of ``setVerdictBasis(_:at:)``; `nil` before the first.
    func fetchVerdictBasis() async throws -> String?
    /// Keeps what the verdicts rest on now, index and rules; opaque to the store.
    func setVerdictBasis(_ basis: String, at now: Date) async throws
}

/// Findings, which are derived and never stored; these are only reads.
public protocol FindingStore: Sendable {
    func fetchOverview(scope: CompanyScope, at now: Date) async throws -> Overview
    /// How the counts of the company went, oldest first: the point that held when the time begins, if one is known, and those since. Every hour in which
    /// something changed for the last 168, before that the last of each day (UTC), 400 days in all.
    ///
    /// - Parameter days: How far back, from `now`.
    func fetchTrend(scope: CompanyScope, days: Int, at now: Date) async throws -> [TrendPoint]
    func fetchVulnerabilities(scope: CompanyScope, query: VulnerabilityQuery, page: PageRequest) async throws
        -> Page<VulnerabilitySummary>
    /// By canonical id; `nil` when no agent of the company is affected.
    func fetchVulnerability(scope: CompanyScope, id: String) async throws -> VulnerabilitySummary?
    func fetchAffectedAgents(scope: CompanyScope, vulnerability id: String, page: PageRequest) async throws
        -> Page<AffectedAgent>
    /// - Throws: ``StoreError/notFound(_:)`` when the company has no such agent. Also the next.
    func fetchAgentPackages(scope: CompanyScope, agentID: AgentID, search: String, page: PageRequest) async throws
        -> Page<AgentPackage>
    func fetchAgentFindings(scope: CompanyScope, agentID: AgentID, query: VulnerabilityQuery, page: PageRequest)
        async throws -> Page<AgentFinding>
}

/// The event log of a company.
public protocol EventStore: Sendable {
    /// Events after the given one, oldest first, at most `limit`.
    func fetchEvents(scope: CompanyScope, after: EventID, limit: Int) async throws -> [Event]
    /// The newest events before the given one, newest first, at most `limit`; before `nil` is the newest of all.
    func fetchNewestEvents(scope: CompanyScope, before: EventID?, limit: Int) async throws -> [Event]
    /// The newest event's id; zero before the first.
    func fetchLatestEventID(scope: CompanyScope) async throws -> EventID
}

/// A difference between what is stored and what follows from it anew.
public struct Discrepancy: Sendable, Hashable {
    /// What differs, where, expected and found: one line.
    public let description: String
    /// Wraps the line.
    public init(description: String) { self.description = description }
}

/// A whole store. Every implementation passes the suite in `StoresTesting`.
public protocol Store: CompanyStore, UserStore, EnrollmentStore, AgentStore, InventoryStore, CatalogueStore,
    FindingStore, EventStore, AuditStore,
    AccessStore, AgentIdentityStore, ExceptionStore, NotificationStore, TriageStore,
    RetentionStore
{
    /// Recomputes every counter and every reference from inventories and verdicts and names what differs; empty when all is well.
    func verify() async throws -> [Discrepancy]
    /// Answers when the store can serve; throws the reason when it cannot.
    func checkHealth() async throws
}
