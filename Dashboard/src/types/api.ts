/** What the gateway says over HTTP: names as on the wire, times RFC 3339 UTC. The gateway's /openapi.json is the reference. */

type Branded<Name extends string> = string & { readonly __brand?: Name }

export type AgentID = Branded<"agent">
export type VulnerabilityID = Branded<"vulnerability">
/** A canonical package URL. */
export type PackageURL = Branded<"purl">
/** RFC 3339, UTC. */
export type Instant = string

export type Severity = "critical" | "high" | "medium" | "low" | "none" | "unknown"
export type InventoryState = "none" | "pending" | "current"
export type VerdictStatus = "affected" | "fixed" | "not_affected" | "undetermined"

/** A page of a list; `next_cursor` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor: string | null
}

export interface SessionReply {
  readonly access_token: string
  readonly token_type: string
  /** Seconds. */
  readonly expires_in: number
  readonly user: User
  readonly company: Company
  readonly permissions: readonly Permission[]
}

/** What the server lets a caller do; it says so itself, so that no page has to know of roles. Words of later servers are passed over. */
export type Permission =
  | "view_self"
  | "view_findings"
  | "view_events"
  | "view_enrollment"
  | "manage_enrollment"
  | "view_audit"
  | "view_users"
  | "manage_users"
  | "manage_agents"
  | "manage_own_sessions"
  | "view_api_tokens"
  | "manage_api_tokens"
  | "request_exceptions"
  | "decide_exceptions"
  | "manage_policy"
  | "triage"
  | "view_notifications"
  | "manage_notifications"

export interface User {
  readonly id: string
  readonly email: string
  readonly role: Role
}

export type Role = "owner" | "admin" | "analyst" | "viewer" | "auditor"

export interface Company {
  readonly id: string
  readonly name: string
}

/** Distinct vulnerabilities; `undetermined` is no part of the others. */
export interface SeverityCounts {
  readonly critical: number
  readonly high: number
  readonly medium: number
  readonly low: number
  readonly unknown: number
  readonly exploited: number
  readonly fixable: number
  readonly undetermined: number
  readonly total: number
}

export interface FeedState {
  readonly feed: string
  readonly records: number
  /** Records that could not be read and are named in the server's log. */
  readonly set_aside: number
  readonly fetched_at: Instant | null
  readonly tried_at: Instant | null
  readonly error: string | null
}

export interface AdvisoryState {
  /** Null while no index is loaded: then nothing can be computed. */
  readonly index_digest: string | null
  readonly vulnerabilities: number
  readonly feeds: readonly FeedState[]
}

/** Counts that hold until the next point. */
export interface TrendPoint {
  readonly hour: Instant
  readonly counts: SeverityCounts
  readonly agents: number
}

export interface Overview {
  readonly counts: SeverityCounts
  /** Pairs of agent and vulnerability. */
  readonly exposures: number
  readonly agents: { readonly total: number; readonly without_inventory: number; readonly pending: number }
  readonly packages: number
  readonly advisories: AdvisoryState
  readonly latest_event_id: number
  /** Vulnerabilities that are due by the company's policy and not accepted. */
  readonly overdue: number
}

export interface OperatingSystem {
  readonly id: string
  readonly version: string | null
  readonly name: string
}

export interface AgentSummary {
  readonly id: AgentID
  readonly hostname: string
  readonly os: OperatingSystem | null
  readonly agent_version: string
  readonly enrolled_at: Instant
  readonly last_seen_at: Instant
  /** Whether it has not called for longer than the operator's bound. */
  readonly silent: boolean
  readonly inventory_state: InventoryState
  readonly packages: number
  readonly counts: SeverityCounts
  /** Highest risk of any finding, 0 to 100. */
  readonly risk: number
  readonly labels: readonly string[]
}

export interface AgentDetail extends AgentSummary {
  readonly kernel_release: string | null
  readonly boot_time: Instant | null
  readonly architecture: string
  readonly warnings: readonly { readonly path: string; readonly reason: string }[]
  readonly dropped_reports: number
  readonly received_digest: string | null
  readonly applied_digest: string | null
  readonly applied_at: Instant | null
  /** Null until the agent has told what its last scan cost. */
  readonly last_scan: ScanCost | null
  /** Null while the agent does not say it. */
  readonly running: Running | null
}

/** How a package is in use on a machine: a later one includes the ones before. */
export type Exposure = "installed" | "running" | "listening"

/** From where a port can be reached: this machine, one of its addresses, all of them. */
export type RunningReach = "loopback" | "address" | "any"

/** A program that runs from files that were replaced or removed. */
export interface RunningRestart {
  readonly service: string | null
  readonly program: string
  /** What the files belong to now. */
  readonly packages: readonly PackageURL[]
  /** Names without folders. */
  readonly files: readonly string[]
}

/** A port at which a program waits for others. */
export interface RunningListener {
  readonly transport: string
  readonly port: number
  readonly reach: RunningReach
  readonly service: string | null
  /** Null when it was not seen whose port it is. */
  readonly program: string | null
  readonly package: PackageURL | null
}

/** What is in use on an agent's machine, as it last said. */
export interface Running {
  readonly since: Instant
  readonly kernel: { readonly release: string; readonly newer: string | null } | null
  readonly reboot_pending: boolean
  /** "kernel", "requested", and what may come. */
  readonly reboot_reasons: readonly string[]
  readonly reboot_packages: readonly string[]
  readonly restart_pending: boolean
  readonly restarts: readonly RunningRestart[]
  readonly listeners: readonly RunningListener[]
  /** What could not be seen, so that its absence says nothing. */
  readonly gaps: readonly string[]
}

/** What a scan cost the machine. */
export interface ScanCost {
  readonly reported_at: Instant | null
  readonly cpu_seconds: number
  /** From start to end. */
  readonly wall_seconds: number
  /** Seconds that it rested of its own accord, by reason. */
  readonly paused_seconds: Readonly<Record<string, number>>
  readonly waited_seconds: number | null
  readonly bytes_read: number | null
  /** Bytes. */
  readonly peak_memory: number | null
  readonly yields: readonly string[]
}

/** What half of the agents, and all but one in a hundred, do not exceed. */
export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** What the last scans of all agents cost; null where none told it. */
export interface FleetScanCost {
  /** Agents that told it. */
  readonly agents: number
  readonly cpu_seconds: Percentiles | null
  readonly wall_seconds: Percentiles | null
  readonly paused_seconds: Percentiles | null
  readonly peak_memory: Percentiles | null
}

export interface AgentPackage {
  readonly purl: PackageURL
  readonly type: string
  readonly name: string
  readonly version: string | null
  readonly source: string | null
  readonly since: Instant
  readonly counts: SeverityCounts
}

/** Null where the source named none. */
export interface KnownExploitation {
  readonly date_added: string
  readonly due_date: string | null
  readonly ransomware: boolean
}

/** Exploit code that anybody can get. */
export interface PublicExploits {
  /** Numbers in the Exploit Database. */
  readonly exploit_database: readonly number[]
  readonly is_verified: boolean
  /** Modules of Metasploit. */
  readonly metasploit: readonly string[]
}

/** What to do by CISA's decision tree, and the points it rests on. */
export interface Ssvc {
  readonly decision: "track" | "track*" | "attend" | "act"
  readonly exploitation: "none" | "poc" | "active"
  readonly automatable: boolean
  readonly technical_impact: "partial" | "total"
  readonly mission: "low" | "medium" | "high"
  /** The points that nobody stated. */
  readonly assumed: readonly SsvcPoint[]
}

export type SsvcPoint = "exploitation" | "automatable" | "technical_impact" | "mission"

export interface Risk {
  readonly value: number
  readonly severity_part: number
  readonly likelihood_part: number
  readonly exploit_part: number
  readonly exploited_part: number
}

export interface VulnerabilityRecord {
  readonly id: VulnerabilityID
  readonly aliases: readonly string[]
  readonly summary: string
  readonly details: string
  readonly severity: Severity
  readonly cvss_score: number | null
  readonly cvss_vector: string | null
  readonly severity_source: string | null
  readonly epss: { readonly probability: number; readonly percentile: number } | null
  readonly kev: KnownExploitation | null
  readonly exploits: PublicExploits | null
  readonly ssvc: Ssvc
  readonly risk: Risk
  readonly published: Instant | null
  readonly modified: Instant | null
  readonly references: readonly string[]
  readonly advisories: readonly string[]
}

export interface VulnerabilitySummary extends VulnerabilityRecord {
  /** Agents affected; 0 when only the feeds know it. */
  readonly agents: number
  readonly fixable: boolean
  readonly first_seen: Instant | null
  /** By the company's policy; null where no rule of it applies. */
  readonly due_at: Instant | null
  /** Due, and not accepted. */
  readonly overdue: boolean
  readonly assignee: Assignment | null
}

/** Who deals with a vulnerability. */
export interface Assignment {
  readonly user_id: string
  /** The e-mail. */
  readonly name: string
  readonly since: Instant
}

/** What somebody wrote on a vulnerability; it never changes. */
export interface Note {
  readonly id: string
  /** A package URL without version, when it is about one. */
  readonly package: PackageURL | null
  readonly author: string
  readonly at: Instant
  readonly text: string
}

/** Days from when a finding was first seen; a rule that is missing sets no date, and the shortest of what applies counts. */
export interface SlaPolicy {
  readonly severity: Readonly<Partial<Record<Severity, number>>>
  readonly decision: Readonly<Partial<Record<Ssvc["decision"], number>>>
  readonly exploited: number | null
}

export interface FindingPackage {
  readonly purl: PackageURL
  readonly name: string
  readonly version: string | null
  readonly status: VerdictStatus
  readonly reason: string
  readonly fixed_version: string | null
  readonly advisories: readonly string[]
  readonly first_seen: Instant
  /** Null when it is not known. */
  readonly exposure: Exposure | null
}

export interface AgentFinding {
  readonly vulnerability: VulnerabilityRecord
  readonly packages: readonly FindingPackage[]
  /** What to do, in a sentence; null when nothing can be done yet. */
  readonly action: string | null
  /** Accepted when active exceptions are about every package that carries it. */
  readonly state: "open" | "accepted"
  readonly exceptions: readonly RiskException[]
  readonly due_at: Instant | null
  readonly overdue: boolean
  /** That of the package that is in use most. */
  readonly exposure: Exposure | null
}

export type ExceptionState = "requested" | "active" | "rejected" | "revoked" | "expired"

/** Who did something to an exception, as it was then. */
export interface ExceptionActor {
  readonly user_id: string
  readonly name: string
  readonly at: Instant
  readonly comment: string
}

/** A risk that the company accepts for a time: of the findings that all members given describe. */
export interface RiskException {
  readonly id: string
  readonly state: ExceptionState
  readonly vulnerability: VulnerabilityID | null
  /** A package URL without version. */
  readonly package: PackageURL | null
  readonly label: string | null
  readonly agent_id: AgentID | null
  readonly reason: string
  readonly expires_at: Instant
  readonly request: ExceptionActor
  readonly decision: ExceptionActor | null
  readonly revocation: ExceptionActor | null
}

export interface AffectedAgent {
  readonly agent: AgentSummary
  readonly packages: readonly FindingPackage[]
  /** As of a finding. */
  readonly exposure: Exposure | null
}

export interface Evidence {
  readonly advisory: string
  readonly feed: string
  readonly range: string | null
  readonly comparisons: readonly string[]
  readonly outcome: string
  /** Whether this piece decided the verdict. */
  readonly decided: boolean
  readonly note: string | null
}

export interface Explanation {
  readonly package: PackageURL
  readonly coordinates: { readonly scope: string; readonly name: string; readonly version: string } | null
  readonly vulnerability: VulnerabilityID
  readonly status: VerdictStatus
  readonly reason: string
  readonly sentence: string
  readonly evidence: readonly Evidence[]
  readonly index_digest: string
}

interface EventOf<Type extends string, Data> {
  readonly id: number
  readonly at: Instant
  readonly type: Type
  readonly data: Data
}

interface FindingsChange {
  /** Vulnerabilities gained and lost, and at most ten of each by name. */
  readonly opened: number
  readonly resolved: number
  readonly opened_examples: readonly string[]
  readonly resolved_examples: readonly string[]
}

export type AgentEnrolled = EventOf<"agent_enrolled", { readonly agent_id: AgentID; readonly hostname: string }>

export type InventoryApplied = EventOf<
  "inventory_applied",
  FindingsChange & {
    readonly agent_id: AgentID
    readonly hostname: string
    readonly packages_added: number
    readonly packages_removed: number
  }
>

export type VerdictsChanged = EventOf<
  "verdicts_changed",
  FindingsChange & { readonly agents: number; readonly index_digest: string }
>

export type CompanyEvent = AgentEnrolled | InventoryApplied | VerdictsChanged

/** A list without pages. */
export interface List<Item> {
  readonly items: readonly Item[]
}

/** The secret itself is in the reply that makes a token, and never again. */
interface Token {
  readonly id: string
  readonly expires_at: Instant
  readonly revoked_at: Instant | null
  readonly created_at: Instant
  readonly token: string | null
}

/** With what agents join the company. */
export interface EnrollmentToken extends Token {
  readonly label: string
  readonly maximum_uses: number
  readonly uses: number
}

/** With what a program acts for a person. */
export interface ApiToken extends Token {
  readonly user_id: string
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly last_used_at: Instant | null
}

export type ApiScope =
  | "findings:read"
  | "events:read"
  | "enrollment:read"
  | "enrollment:write"
  | "audit:read"
  | "users:read"
  | "agents:write"
  | "notifications:read"
  | "exceptions:write"
  | "triage:write"
  | "policy:write"

/** What becomes of a machine that enrolls with a new key while an agent of its name is enrolled. */
export interface EnrollmentPolicy {
  readonly reenrollment: "allow" | "quarantine" | "refuse"
}

/** How long the company keeps what only grows. */
export interface RetentionPolicy {
  /** Days that events are kept; null for ever. */
  readonly event_days: number | null
}

/** With what somebody gives themselves a password, once. */
export interface PasswordReset {
  readonly token: string
  readonly expires_at: Instant
}

/** What is told of findings. */
export interface NotificationEndpoint {
  readonly id: string
  readonly kind: "webhook" | "email"
  /** URL or e-mail address. */
  readonly target: string
  readonly label: string
  /** Null: all. */
  readonly minimum_severity: Severity | null
  readonly exploited_only: boolean
  readonly created_by: string
  readonly created_at: Instant
  /** In the reply that makes a webhook, and never again. */
  readonly secret: string | null
}

export type NotificationState = "waiting" | "delivered" | "dead"

/** What became of a notification. */
export interface Notification {
  readonly id: string
  readonly endpoint_id: string
  readonly type: string
  readonly state: NotificationState
  readonly created_at: Instant
  readonly attempts: number
  readonly next_attempt_at: Instant | null
  /** Why the last try failed. */
  readonly failure: string | null
  readonly delivered_at: Instant | null
}

/** A sign-in that still counts. */
export interface SessionSummary {
  readonly id: string
  readonly created_at: Instant
  readonly last_used_at: Instant
  readonly expires_at: Instant
  readonly address: string | null
  /** Whether it is the one that asks. */
  readonly current: boolean
}

export interface AuditEntry {
  readonly sequence: number
  readonly at: Instant
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null }
  readonly action: string
  readonly subject: string | null
  readonly details: Readonly<Record<string, string>>
  readonly address: string | null
}

export type AgentStanding = "active" | "quarantined" | "revoked"

/** An agent that is kept out. */
export interface BarredAgent {
  readonly id: AgentID
  readonly hostname: string
  readonly standing: AgentStanding
  readonly reason: string
  readonly since: Instant
}
