import Foundation
import Inventory
import Matching
import PackageIdentity
import SQLiteStore
import Scoring
@_spi(Minting) import Stores

/// Stores with something in them.
enum Scenario {
    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    static let facts = HeartbeatFacts(
        host: HostFacts(hostname: "host", architecture: "x86_64"), agentVersion: "1", droppedReports: 0, warnings: [])

    static func enroll(_ store: SQLiteStore, company: String, key: UInt8) async throws -> (CompanyScope, AgentID)? {
        let scope = CompanyScope(companyID: try await store.insertCompany(named: company, at: now).id)
        let token = SecretHash(bytes: [UInt8](repeating: key, count: 32))
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: token, label: "", maximumUses: 9, expiresAt: now.addingTimeInterval(60), at: now)
        let outcome = try await store.enrollAgent(token: token, publicKey: token.bytes, facts: facts, at: now)
        guard case .enrolled(let credential) = outcome else { return nil }
        return (scope, credential.agentID)
    }

    /// One agent with one affected package.
    static func applied(_ store: SQLiteStore) async throws {
        guard let (scope, agent) = try await enroll(store, company: "company", key: 1) else { return }
        let inventory = Inventory([try PackageURL("pkg:pypi/jinja2@2.4"), try PackageURL("pkg:pypi/six@1.0")])
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: now)
        let ids = try await store.internPackages(inventory.packages, at: now)
        let record = VulnerabilityRecord(
            id: "CVE-1", severity: .high, risk: Risk(cvss: 8, severity: .high, epss: nil, exploitation: nil))
        let verdict = Verdict(vulnerability: "CVE-1", advisories: ["A"], status: .affected, reason: "in_range")
        _ = try await store.recordVerdicts(
            [PackageVerdicts(package: ids[0], verdicts: [verdict]), PackageVerdicts(package: ids[1], verdicts: [])],
            vulnerabilities: [record], indexDigest: "index", at: now)
        _ = try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: now)
    }

    /// Applies an inventory that differs from that of the round before.
    static func change(_ store: SQLiteStore, _ scope: CompanyScope, _ agent: AgentID, round: Int) async throws -> Event?
    {
        let packages = try (0..<30).map { try PackageURL("pkg:pypi/package-\($0)@\($0 == round % 30 ? 2 : 1).0") }
        let inventory = Inventory(packages)
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: now)
        let verdict = Verdict(
            vulnerability: "CVE-\(round % 7)", advisories: [], status: .affected, reason: VerdictReason.inRange)
        let missing = try await store.fetchUnevaluatedPackages(among: packages, at: now)
        _ = try await store.recordVerdicts(
            missing.map { PackageVerdicts(package: $0.id, verdicts: [verdict]) }, vulnerabilities: [],
            indexDigest: "index", at: now)
        return try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: now)
    }
}
