import Foundation
import Inventory
import Matching
import PackageIdentity
import Scoring

/// A tenant of the installation.
public struct Company: Sendable, Hashable {
    /// Names it for good.
    public let id: CompanyID
    /// Unique in the installation without regard to case, 1…200 characters.
    public let name: String
    /// When it was made.
    public let createdAt: Date

    /// Makes one from its parts.
    public init(id: CompanyID, name: String, createdAt: Date) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// What a user may do within the company.
public enum Role: String, Sendable, Codable, CaseIterable {
    case owner, admin, analyst, viewer, auditor
}

/// A person who signs in.
public struct User: Sendable, Hashable {
    /// Names it for good.
    public let id: UserID
    /// Whose it is.
    public let companyID: CompanyID
    /// Unique in the installation without regard to case.
    public let email: String
    /// What the user may do.
    public let role: Role
    /// When it was made.
    public let createdAt: Date

    /// Makes one from its parts.
    public init(id: UserID, companyID: CompanyID, email: String, role: Role, createdAt: Date) {
        self.id = id
        self.companyID = companyID
        self.email = email
        self.role = role
        self.createdAt = createdAt
    }
}

/// What signing in needs to know of a user.
public struct UserLogin: Sendable {
    /// The user.
    public let user: User
    /// The company the user belongs to.
    public let company: Company
    /// Encoded hash as written by the gateway's password hasher; opaque to the store.
    public let passwordHash: String

    /// Makes one from its parts.
    public init(user: User, company: Company, passwordHash: String) {
        self.user = user
        self.company = company
        self.passwordHash = passwordHash
    }
}

/// A signed-in session: one chain of refresh tokens, each used once.
public struct Session: Sendable, Hashable {
    /// Names it for good.
    public let id: SessionID
    /// Whose it is.
    public let userID: UserID
    /// Whose it is.
    public let companyID: CompanyID
    /// When it was made.
    public let createdAt: Date
    /// When the newest refresh token stops working.
    public let expiresAt: Date

    /// Makes one from its parts.
    public init(id: SessionID, userID: UserID, companyID: CompanyID, createdAt: Date, expiresAt: Date) {
        self.id = id
        self.userID = userID
        self.companyID = companyID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// How the exchange of a refresh token ended.
public enum RefreshOutcome: Sendable {
    /// The presented token is used up and the replacement stands.
    case rotated(Session, User)
    /// The token had been used before: somebody has a copy, so the whole session is revoked now.
    case reused(SessionID)
    /// No such token, or its session was revoked.
    case unknown
    case expired
}

/// An invitation for agents, as shown to an operator.
public struct EnrollmentToken: Sendable, Hashable {
    /// Names it for good.
    public let id: EnrollmentTokenID
    /// What it is for, in an operator's words; may be empty.
    public let label: String
    /// How many agents may enroll with it, at least 1.
    public let maximumUses: Int
    /// How many did.
    public let uses: Int
    /// When it stops working.
    public let expiresAt: Date
    /// When it was revoked; `nil` while it was not.
    public let revokedAt: Date?
    /// When it was made.
    public let createdAt: Date

    /// Makes one from its parts.
    public init(
        id: EnrollmentTokenID, label: String, maximumUses: Int, uses: Int, expiresAt: Date, revokedAt: Date?,
        createdAt: Date
    ) {
        self.id = id
        self.label = label
        self.maximumUses = maximumUses
        self.uses = uses
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.createdAt = createdAt
    }
}

/// How an enrollment ended.
public enum EnrollmentOutcome: Sendable {
    case enrolled(AgentCredential)
    /// The same key enrolled in this company before: the same agent answers again and no use is counted, so a lost reply costs nothing.
    case alreadyEnrolled(AgentCredential)
    case unknownToken
    case expired
    case usedUp
    case revoked
    /// The key belongs to an agent that is kept out.
    case barredKey
    /// A machine of that name is enrolled, and the company's ``ReenrollmentPolicy`` refuses a second agent of it.
    case knownMachine
    /// The same, and the new agent is kept out until somebody has looked.
    case quarantined(AgentCredential)
}

/// What becomes of a machine that enrolls with a new key while the company has an agent of its name that is not revoked.
public enum ReenrollmentPolicy: String, Sendable, Codable, CaseIterable {
    /// It is another agent.
    case allow
    /// It is another agent, which is kept out until somebody has looked.
    case quarantine
    /// It is refused, and no use of the token is counted.
    case refuse
}

/// What the gateway needs to recognise an agent.
public struct AgentCredential: Sendable, Hashable {
    /// Which agent.
    public let agentID: AgentID
    /// Whose it is.
    public let companyID: CompanyID
    /// For people.
    public let companyName: String
    /// Ed25519 public key, 32 bytes (RFC 8032).
    public let publicKey: [UInt8]

    /// Makes one from its parts.
    public init(agentID: AgentID, companyID: CompanyID, companyName: String, publicKey: [UInt8]) {
        self.agentID = agentID
        self.companyID = companyID
        self.companyName = companyName
        self.publicKey = publicKey
    }
}

/// What an agent says of itself with every heartbeat.
public struct HeartbeatFacts: Sendable, Hashable {
    /// The machine.
    public let host: HostFacts
    /// Version of the agent, at most 64 characters.
    public let agentVersion: String
    /// Reports the agent had to drop while the server was away, since it started.
    public let droppedReports: Int
    /// Warnings of the last scan: files that could not be read or understood. At most 100.
    public let warnings: [ScanWarning]
    /// What its last scan cost; `nil` when it never said so. Kept apart from the rest, as it alone changes with every scan.
    public let lastScan: ScanCost?

    /// Makes one from its parts.
    public init(
        host: HostFacts, agentVersion: String, droppedReports: Int, warnings: [ScanWarning], lastScan: ScanCost? = nil
    ) {
        self.host = host
        self.agentVersion = agentVersion
        self.droppedReports = droppedReports
        self.warnings = warnings
        self.lastScan = lastScan
    }
}

/// What the server holds of an agent's inventory.
public struct SyncState: Sendable, Hashable {
    /// Digest of the newest inventory received whole; `nil` before the first.
    public let received: InventoryDigest?
    /// Digest of the newest inventory whose findings are computed; `nil` before the first.
    public let applied: InventoryDigest?
    /// Digest of what the agent last said is in use; `nil` before the first time.
    public let running: RunningDigest?

    /// Makes one from its parts.
    public init(received: InventoryDigest?, applied: InventoryDigest?, running: RunningDigest? = nil) {
        self.received = received
        self.applied = applied
        self.running = running
    }
}

/// What came of a heartbeat.
public struct RecordedHeartbeat: Sendable, Hashable {
    /// What the server holds of the agent's inventory.
    public let sync: SyncState
    /// Whether it told the cost of a scan that was not known yet.
    public let isNewScan: Bool

    /// Makes one from its parts.
    public init(sync: SyncState, isNewScan: Bool) {
        self.sync = sync
        self.isNewScan = isNewScan
    }
}

/// Distinct vulnerabilities by severity. Only verdicts `affected` count; `undetermined` has its own number.
public struct SeverityCounts: Sendable, Hashable, Codable {
    /// Severity critical.
    public var critical = 0
    /// Severity high.
    public var high = 0
    /// Severity medium.
    public var medium = 0
    /// Severity low.
    public var low = 0
    /// Severity unknown or none.
    public var unknown = 0
    /// Of all of these, how many are known to be exploited (CISA KEV).
    public var exploited = 0
    /// Of all of these, how many have a fix in the package's own release.
    public var fixable = 0
    /// Vulnerabilities for which no answer can be given; not part of the other numbers.
    public var undetermined = 0

    /// Makes one from its parts.
    public init() {}

    /// Sum over the severities.
    public var total: Int { critical + high + medium + low + unknown }
}

/// Whether an agent's findings can be trusted to be complete.
public enum InventoryState: String, Sendable, Codable {
    /// No inventory has arrived yet.
    case none
    /// An inventory arrived whose findings are not computed yet.
    case pending
    /// Findings are those of the newest inventory received.
    case current
}

/// An agent in a list.
public struct AgentSummary: Sendable, Hashable {
    /// Names it for good.
    public let id: AgentID
    /// Name of the host as it gives it itself.
    public let hostname: String
    /// Operating system; `nil` when the machine does not say.
    public let os: OperatingSystem?
    /// Version of the agent.
    public let agentVersion: String
    /// When it enrolled.
    public let enrolledAt: Date
    /// When it last called.
    public let lastSeenAt: Date
    /// Whether its findings are complete.
    public let state: InventoryState
    /// Packages of the inventory that is applied.
    public let packageCount: Int
    /// Distinct vulnerabilities.
    public let counts: SeverityCounts
    /// Highest risk of any finding, 0…100; 0 without findings.
    public let risk: Double

    /// Makes one from its parts.
    public init(
        id: AgentID, hostname: String, os: OperatingSystem?, agentVersion: String, enrolledAt: Date, lastSeenAt: Date,
        state: InventoryState, packageCount: Int, counts: SeverityCounts, risk: Double
    ) {
        self.id = id
        self.hostname = hostname
        self.os = os
        self.agentVersion = agentVersion
        self.enrolledAt = enrolledAt
        self.lastSeenAt = lastSeenAt
        self.state = state
        self.packageCount = packageCount
        self.counts = counts
        self.risk = risk
    }
}

/// One agent with everything its page shows beside its lists.
public struct AgentDetail: Sendable {
    /// What lists show of it.
    public let summary: AgentSummary
    /// What the agent last said of itself.
    public let facts: HeartbeatFacts
    /// What the server holds of its inventory.
    public let sync: SyncState
    /// When the findings shown were computed; `nil` before the first time.
    public let appliedAt: Date?
    /// When the server heard what the last scan cost; `nil` while it has not.
    public let lastScanReportedAt: Date?

    /// Makes one from its parts.
    public init(
        summary: AgentSummary, facts: HeartbeatFacts, sync: SyncState, appliedAt: Date?, lastScanReportedAt: Date?
    ) {
        self.summary = summary
        self.facts = facts
        self.sync = sync
        self.appliedAt = appliedAt
        self.lastScanReportedAt = lastScanReportedAt
    }
}

/// What an agent says is in use on its machine.
public struct RunningReport: Sendable, Hashable {
    /// By which the agent names it.
    public let digest: RunningDigest
    /// What it says.
    public let state: RunningState

    /// Makes one from its parts. That they belong together is the agent's word.
    public init(digest: RunningDigest, state: RunningState) {
        self.digest = digest
        self.state = state
    }
}

/// What an agent last said is in use on its machine.
public struct RunningRecord: Sendable, Hashable {
    /// What it said.
    public let report: RunningReport
    /// When it first said that, in whole milliseconds.
    public let since: Date

    /// What it said, without its digest.
    public var state: RunningState { report.state }

    /// Makes one from its parts.
    public init(_ report: RunningReport, since: Date) {
        self.report = report
        self.since = since
    }
}

/// A row of the catalogue.
public struct CataloguePackage: Sendable, Hashable {
    /// Names it for good.
    public let id: PackageID
    /// The package version, canonical.
    public let purl: PackageURL

    /// Makes one from its parts.
    public init(id: PackageID, purl: PackageURL) {
        self.id = id
        self.purl = purl
    }
}

/// The verdicts of one package version: all `affected` and `undetermined` ones, replacing what was stored before.
public struct PackageVerdicts: Sendable {
    /// The package version.
    public let package: PackageID
    /// The verdicts.
    public let verdicts: [Verdict]

    /// Makes one from its parts.
    public init(package: PackageID, verdicts: [Verdict]) {
        self.package = package
        self.verdicts = verdicts
    }
}

/// An agent whose newest inventory is not applied yet.
public struct PendingAgent: Sendable, Hashable {
    /// Which one.
    public let agentID: AgentID
    /// Since when, in whole milliseconds.
    public let waitingSince: Date

    /// Makes one from its parts.
    public init(agentID: AgentID, waitingSince: Date) {
        self.agentID = agentID
        self.waitingSince = waitingSince
    }
}

/// An inventory received but not applied yet.
public struct PendingInventory: Sendable {
    /// Which agent.
    public let agentID: AgentID
    /// What was received.
    public let inventory: Inventory

    /// Makes one from its parts.
    public init(agentID: AgentID, inventory: Inventory) {
        self.agentID = agentID
        self.inventory = inventory
    }
}

/// Names an inventory that an agent sent.
public struct ReceivedInventory: Sendable {
    /// Which agent.
    public let agentID: AgentID
    /// What it sent last.
    public let digest: InventoryDigest
    /// What the digest stands for, where that was read already; a store reads it otherwise.
    public let packages: [PackageURL]?

    /// Makes one from its parts.
    public init(agentID: AgentID, digest: InventoryDigest, packages: [PackageURL]? = nil) {
        self.agentID = agentID
        self.digest = digest
        self.packages = packages
    }

    /// What an agent waits with.
    public init(_ pending: PendingInventory) {
        self.init(agentID: pending.agentID, digest: pending.inventory.digest, packages: pending.inventory.packages)
    }
}

/// A company that has such inventories.
public struct PendingWork: Sendable, Hashable {
    /// The company, ready to be worked on.
    public let scope: CompanyScope
    /// How many agents wait, at least 1.
    public let agents: Int

    /// Makes one from its parts.
    public init(scope: CompanyScope, agents: Int) {
        self.scope = scope
        self.agents = agents
    }
}

/// One package of an agent.
public struct AgentPackage: Sendable, Hashable {
    /// The package version, canonical.
    public let purl: PackageURL
    /// When it appeared on this agent.
    public let since: Date
    /// Distinct vulnerabilities.
    public let counts: SeverityCounts

    /// Makes one from its parts.
    public init(purl: PackageURL, since: Date, counts: SeverityCounts) {
        self.purl = purl
        self.since = since
        self.counts = counts
    }
}

/// A vulnerability in a list of a company.
public struct VulnerabilitySummary: Sendable, Hashable {
    /// What the feeds say of the vulnerability.
    public let record: VulnerabilityRecord
    /// Agents of the company that are affected.
    public let agents: Int
    /// Whether at least one affected package of the company has a fix in its own release.
    public let fixable: Bool
    /// When the company was first affected, as far as its present findings tell.
    public let firstSeen: Date

    /// Makes one from its parts.
    public init(record: VulnerabilityRecord, agents: Int, fixable: Bool, firstSeen: Date) {
        self.record = record
        self.agents = agents
        self.fixable = fixable
        self.firstSeen = firstSeen
    }
}

/// One package that carries a vulnerability on an agent.
public struct FindingPackage: Sendable, Hashable {
    /// The package version, canonical.
    public let purl: PackageURL
    /// What the index says of this package.
    public let verdict: Verdict
    /// The later of "the package appeared on the agent" and "the verdict appeared".
    public let firstSeen: Date

    /// Makes one from its parts.
    public init(purl: PackageURL, verdict: Verdict, firstSeen: Date) {
        self.purl = purl
        self.verdict = verdict
        self.firstSeen = firstSeen
    }
}

/// A vulnerability of one agent with the packages that carry it: what a person calls one finding.
public struct AgentFinding: Sendable {
    /// What the feeds say of the vulnerability.
    public let record: VulnerabilityRecord
    /// At least one, by purl.
    public let packages: [FindingPackage]

    /// Makes one from its parts.
    public init(record: VulnerabilityRecord, packages: [FindingPackage]) {
        self.record = record
        self.packages = packages
    }
}

/// An agent that has a given vulnerability.
public struct AffectedAgent: Sendable {
    /// The agent.
    public let agent: AgentSummary
    /// At least one, by purl.
    public let packages: [FindingPackage]

    /// Makes one from its parts.
    public init(agent: AgentSummary, packages: [FindingPackage]) {
        self.agent = agent
        self.packages = packages
    }
}

/// Counts at the end of an hour in which something changed. They hold until the next.
public struct TrendPoint: Sendable, Hashable, Codable {
    /// Start of the hour.
    public let hour: Date
    /// Distinct vulnerabilities.
    public let counts: SeverityCounts
    /// Enrolled agents.
    public let agents: Int

    /// Makes one from its parts.
    public init(hour: Date, counts: SeverityCounts, agents: Int) {
        self.hour = hour
        self.counts = counts
        self.agents = agents
    }
}

/// What the first page shows.
public struct Overview: Sendable, Codable {
    /// Distinct vulnerabilities of the company.
    public let counts: SeverityCounts
    /// Pairs of agent and vulnerability.
    public let exposures: Int
    /// Enrolled agents.
    public let agents: Int
    /// Agents per state of their inventory.
    public let agentsWithoutInventory: Int
    /// Agents whose newest inventory is not applied yet.
    public let agentsPending: Int
    /// Distinct package versions on the company's agents.
    public let packages: Int
    /// Of ``counts``, the vulnerabilities that are accepted on every agent.
    public let accepted: SeverityCounts
    /// Of ``counts``, the vulnerabilities that the company's policy has made due and that are not accepted.
    public let overdue: Int
    /// Of ``exposures``, those that are accepted.
    public let acceptedExposures: Int

    /// Makes one from its parts.
    public init(
        counts: SeverityCounts, exposures: Int, agents: Int, agentsWithoutInventory: Int, agentsPending: Int,
        packages: Int, accepted: SeverityCounts, acceptedExposures: Int, overdue: Int
    ) {
        self.overdue = overdue
        self.accepted = accepted
        self.acceptedExposures = acceptedExposures
        self.counts = counts
        self.exposures = exposures
        self.agents = agents
        self.agentsWithoutInventory = agentsWithoutInventory
        self.agentsPending = agentsPending
        self.packages = packages
    }
}
