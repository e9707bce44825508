import BackendTesting
import Crypto
import Foundation
import Inventory
import Logging
import LoopbackTesting
import Matching
import PackageIdentity
import Scoring
@_spi(Minting) import Stores
import Synchronization

@testable import Notifications

/// A company with an endpoint, over a store of its own.
struct Place: Sendable {
    let backend: TestBackend
    let clock = WallClock()
    let scope: CompanyScope
    let user: UserID
    let invitation = SecretHash(bytes: [UInt8](repeating: 5, count: 32))
    static let secret = [UInt8]("a secret of twenty-four b".utf8)

    var store: any Store { backend.store }

    init(_ kind: TestBackend.Kind = .sqlite) async throws {
        backend = try await TestBackend(kind)
        let store = backend.store
        scope = CompanyScope(companyID: try await store.insertCompany(named: "red", at: clock.now).id)
        user = try await store.insertUser(
            email: "ann@example.com", passwordHash: "", role: .owner, companyID: scope.companyID, at: clock.now
        ).id
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: invitation, label: "", maximumUses: 99, expiresAt: clock.now.addingTimeInterval(1e7),
            at: clock.now)
    }

    @discardableResult
    func endpoint(_ url: String) async throws -> NotificationEndpoint {
        try await store.insertEndpoint(
            scope: scope,
            EndpointDraft(
                kind: .webhook, target: url, label: "", minimumSeverity: nil, exploitedOnly: false,
                secret: Self.secret), by: user, at: clock.now)
    }

    /// A notification that waits.
    func notify(_ url: String) async throws -> NotificationID {
        try await store.insertTestNotification(
            scope: scope, endpoint: try await endpoint(url).id, at: clock.now)
    }

    func deliverer(
        trusting hosts: [String] = ["127.0.0.1"], timeout: Duration = .seconds(30),
        seal: SecretSeal? = nil
    ) -> NotificationDeliverer {
        var configuration = NotificationDeliverer.Configuration()
        configuration.policy = TargetPolicy(trusted: hosts)
        configuration.timeout = timeout
        configuration.seal = seal
        return NotificationDeliverer(
            store: store, configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { [clock] in clock.now })
    }

    func notifications() async throws -> [NotificationSummary] {
        try await store.fetchNotifications(
            scope: scope, query: NotificationQuery(), page: PageRequest(limit: 500)
        ).items
    }

    /// An agent, as it enrolls.
    func enroll(_ number: UInt8, hostname: String? = nil) async throws -> AgentID {
        let facts = HeartbeatFacts(
            host: HostFacts(hostname: hostname ?? "host-\(number)"), agentVersion: "1", droppedReports: 0, warnings: [])
        let outcome = try await store.enrollAgent(
            token: invitation, publicKey: [UInt8](repeating: number, count: 32), facts: facts, at: clock.now)
        guard case .enrolled(let credential) = outcome else { throw Unexpected(what: "\(outcome)") }
        return credential.agentID
    }

    /// Receives and applies an inventory of one package as a processor would; each package has vulnerabilities of its own.
    func apply(_ package: String, to agent: AgentID, vulnerabilities: Int = 3) async throws {
        let purl = try PackageURL("pkg:pypi/\(package)@1.0")
        let inventory = Inventory([purl])
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: clock.now)
        let ids = try await store.internPackages([purl], at: clock.now)
        let verdicts = (1...vulnerabilities).map { number in
            Verdict(
                vulnerability: "CVE-\(package)-\(number)", advisories: [], status: .affected,
                reason: VerdictReason.inRange)
        }
        _ = try await store.recordVerdicts(
            [PackageVerdicts(package: ids[0], verdicts: verdicts)], vulnerabilities: [], indexDigest: "index",
            at: clock.now)
        _ = try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: clock.now)
    }
}

/// A wall clock that moves when told to.
final class WallClock: Sendable {
    private let state = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { state.withLock { $0 } }
    func advance(seconds: Double) { state.withLock { $0.addTimeInterval(seconds) } }
}

/// What a receiver got, checked as one would.
final class Receiver: Sendable {
    struct Message: Sendable, Hashable {
        let id: String
        let timestamp: String
        let body: String
        let isSigned: Bool
    }

    private let state = Mutex<[Message]>([])

    var messages: [Message] { state.withLock { $0 } }

    /// Notes a request.
    /// - Returns: How many there were before.
    func take(_ request: LoopbackServer.Request) -> Int {
        let id = request.headers.first(name: "webhook-id") ?? ""
        let timestamp = request.headers.first(name: "webhook-timestamp") ?? ""
        let signed = "\(id).\(timestamp).".utf8 + request.body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Place.secret))
        let message = Message(
            id: id, timestamp: timestamp, body: String(decoding: request.body, as: UTF8.self),
            isSigned: request.headers.first(name: "webhook-signature")
                == "v1,\(Data(code).base64EncodedString())")
        return state.withLock { messages in
            messages.append(message)
            return messages.count - 1
        }
    }
}

/// Something that a test took for granted is not so.
struct Unexpected: Error {
    let what: String
}
