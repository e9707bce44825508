import BackendTesting
import Crypto
import Events
import Foundation
import Hummingbird
import HummingbirdTesting
import Inventory
import JobQueue
import Logging
import Matching
import Notifications
import PackageIdentity
import Scoring
@_spi(Minting) import Stores
import Synchronization
import Telemetry
import Verdicts

@testable import Gateway

/// A gateway over a database of its own, with two companies that have the same shape.
final class Installation: Sendable {
    let backend: TestBackend
    var store: any Store { backend.store }
    let bus = EmbeddedEventBus()
    let queue = EmbeddedJobQueue()
    let clock = WallClock()
    let health = HealthState()
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let red: Tenant
    let blue: Tenant

    static let password = "correct horse battery"

    init(
        on kind: TestBackend.Kind = .sqlite, sharing memory: (any SharedMemory)? = nil,
        _ change: (inout GatewayConfiguration) -> Void = { _ in }
    ) async throws {
        backend = try await TestBackend(kind)
        let store = backend.store
        var configuration = GatewayConfiguration()
        configuration.sessionCheckInterval = .seconds(1)
        // Nobody runs out of time here because other tests keep the machine busy; who tests a time limit sets it.
        configuration.limits.subscribeTimeout = .seconds(3_600)
        configuration.limits.idleConnection = .seconds(3_600)
        configuration.limits.bodyPatience = .seconds(3_600)
        configuration.limits.longestBody = .seconds(3_600)
        change(&configuration)
        self.configuration = configuration
        health.finishStarting()
        services = GatewayServices(
            store: store, verdicts: FixedVerdicts(), queue: queue, events: bus, signingKey: .init(), health: health,
            now: { [clock] in clock.now }, metricsText: { "requests 1\n" }, sharedMemory: memory,
            secretSeal: SecretSeal(key: .init(size: .bits256)))
        red = try await Tenant(name: "red", store: store, now: clock.now)
        blue = try await Tenant(name: "blue", store: store, now: clock.now)
    }

    /// An access token of a session of its own, as signing in gives one.
    func token(_ user: User) async throws -> String {
        let session = try await store.insertSession(
            userID: user.id, refreshToken: Secret.hash(Secret.makeRefreshToken()),
            expiresAt: clock.now.addingTimeInterval(1e6), at: clock.now)
        let tokens = AccessTokens(
            keys: services.signingKeys, lifetime: configuration.accessTokenLifetime, now: services.now)
        return try await tokens.sign(user: user, session: session.id)
    }

    func application() async throws -> Application<GatewayResponder> {
        try await makeApplication(
            configuration: configuration, services: services,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func run<Value: Sendable>(
        _ setup: TestingSetup = .router, _ test: @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await application().test(setup, test)
    }
}

/// A wall clock that moves when told to.
final class WallClock: Sendable {
    private let state = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { state.withLock { $0 } }
    func advance(seconds: Double) { state.withLock { $0.addTimeInterval(seconds) } }
}

/// A company with a user of two roles, one agent, two packages and one vulnerability.
struct Tenant: Sendable {
    let company: Company
    let scope: CompanyScope
    let owner: User
    let viewer: User
    let agentID: AgentID
    let agentKey: Curve25519.Signing.PrivateKey
    let invitation: EnrollmentToken
    let invitationSecret: String

    /// One cheap hash for all: hashing is bounded over the process, and tests run side by side.
    private static let passwordHash = Task {
        try await PasswordHasher.hash(
            Installation.password, cost: .init(logarithm: 4, blockSize: 8, parallelism: 1))
    }

    init(name: String, store: any Store, now: Date) async throws {
        company = try await store.insertCompany(named: name, at: now)
        scope = CompanyScope(companyID: company.id)
        let hash = try await Self.passwordHash.value
        owner = try await store.insertUser(
            email: "owner@\(name).example", passwordHash: hash, role: .owner, companyID: company.id, at: now)
        viewer = try await store.insertUser(
            email: "viewer@\(name).example", passwordHash: hash, role: .viewer, companyID: company.id, at: now)
        invitationSecret = Secret.makeEnrollmentToken()
        invitation = try await store.insertEnrollmentToken(
            scope: scope, token: Secret.hash(invitationSecret), label: "fleet", maximumUses: 3,
            expiresAt: now.addingTimeInterval(86400), at: now)
        agentKey = Curve25519.Signing.PrivateKey()
        let outcome = try await store.enrollAgent(
            token: Secret.hash(invitationSecret), publicKey: Array(agentKey.publicKey.rawRepresentation),
            facts: Self.facts(hostname: "web.\(name)"), at: now)
        guard case .enrolled(let credential) = outcome else { throw Unexpected(what: "\(outcome)") }
        agentID = credential.agentID
        try await Self.apply(Sample.packages, to: agentID, scope, store, now: now)
    }

    static func facts(hostname: String) -> HeartbeatFacts {
        HeartbeatFacts(
            host: HostFacts(hostname: hostname, os: OperatingSystem(osRelease: "ID=debian\nVERSION_ID=\"12\"\n")),
            agentVersion: "1.0.0", droppedReports: 0, warnings: [])
    }

    /// Receives, evaluates and applies an inventory as a processor would.
    @discardableResult
    static func apply(
        _ packages: [PackageURL], to agent: AgentID, _ scope: CompanyScope, _ store: any Store, now: Date
    ) async throws -> Event? {
        let inventory = Inventory(packages)
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: now)
        let ids = try await store.internPackages(packages, at: now)
        let verdicts = zip(ids, packages).map { id, purl in
            PackageVerdicts(package: id, verdicts: purl.name == "openssl" ? [Sample.verdict] : [])
        }
        _ = try await store.recordVerdicts(
            verdicts, vulnerabilities: [Sample.vulnerability], indexDigest: "index", at: now)
        return try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: now)
    }
}

/// Small records of our own.
enum Sample {
    static let packages = ["openssl@3.0.9-1", "bash@5.2.15-2"].compactMap {
        try? PackageURL("pkg:deb/debian/\($0)?arch=amd64&distro=debian-12")
    }
    static let verdict = Verdict(
        vulnerability: "CVE-2023-0464", advisories: ["DSA-5417-1"], status: .affected, fixedVersion: "3.0.9-1+deb12u1",
        reason: VerdictReason.inRange)
    static let vulnerability = VulnerabilityRecord(
        id: "CVE-2023-0464", aliases: ["DSA-5417-1"], summary: "Resource use in certificate chains", severity: .high,
        cvssScore: 7.5, epss: EPSSScore(probability: 0.004, percentile: 0.7),
        kev: KnownExploitation(dateAdded: "2024-03-29", dueDate: nil, ransomware: false),
        exploits: PublicExploits(exploitDatabase: [51_900], isVerified: true, metasploit: ["dos/tls/chain"]),
        ssvc: SSVCDecisionPoints(exploitation: .poc, isAutomatable: true, technicalImpact: .partial),
        risk: Risk(cvss: 7.5, severity: .high, epss: nil, exploitation: nil), published: 1_679_000_000,
        references: ["https://www.openssl.org/"], advisories: ["DSA-5417-1"])
}

/// Knows one vulnerability by its id and its alias, and one that nobody has.
struct FixedVerdicts: VerdictService {
    func verdicts(for packages: [PackageURL]) async throws -> VerdictBatch {
        VerdictBatch(verdicts: packages.map { _ in [] }, vulnerabilities: [], indexDigest: "index")
    }

    func explain(_ package: PackageURL, vulnerability id: String) async throws -> Explanation {
        Explanation(
            purl: package.description, coordinates: package.advisoryCoordinates, vulnerability: id, status: .affected,
            reason: "in_range", fixedVersion: "2", sentence: "It is.",
            evidence: [
                Evidence(
                    advisory: "DSA-1", feed: "osv/Debian", range: "[0, 2)", comparisons: ["1 < 2"], outcome: .affected,
                    decided: true)
            ], indexDigest: "index")
    }

    func vulnerability(_ id: String) async throws -> VulnerabilityRecord? {
        switch id {
        case "CVE-2023-0464", "DSA-5417-1": Sample.vulnerability
        case "CVE-2020-0001":
            VulnerabilityRecord(id: id, risk: Risk(cvss: nil, severity: .unknown, epss: nil, exploitation: nil))
        default: nil
        }
    }

    func status() async -> AdvisoryStatus {
        AdvisoryStatus(
            indexDigest: nil, vulnerabilities: 0,
            feeds: [FeedStatus(feed: "kev", records: 1, setAside: 0, fetchedAt: 1, triedAt: 2, error: nil)])
    }
}

/// Something that a test took for granted is not so.
struct Unexpected: Error {
    let what: String
}
