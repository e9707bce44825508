import Foundation
import Inventory
import Matching
import PackageIdentity
import PostgresStore
import Scoring
@_spi(Minting) import Stores

/// Stores with something in them.
enum Scenario {
    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    static func facts(_ hostname: String = "host", scan: ScanCost? = nil) -> HeartbeatFacts {
        HeartbeatFacts(
            host: HostFacts(hostname: hostname, architecture: "x86_64"), agentVersion: "1", droppedReports: 0,
            warnings: [], lastScan: scan)
    }

    static func risk(_ cvss: Double) -> Risk { Risk(cvss: cvss, severity: .high, epss: nil, exploitation: nil) }

    static func secret(_ number: Int) -> SecretHash {
        SecretHash(bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 8))) ^ UInt8($0) })
    }

    /// Makes a company with agents.
    static func company(_ store: PostgresStore, _ name: String, agents: Int = 1) async throws -> (
        CompanyScope, [AgentID]
    ) {
        let scope = CompanyScope(companyID: try await store.insertCompany(named: name, at: now).id)
        let token = secret(name.hashValue)
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: token, label: "", maximumUses: agents, expiresAt: now.addingTimeInterval(1e6), at: now)
        var ids: [AgentID] = []
        for number in 0..<agents {
            let outcome = try await store.enrollAgent(
                token: token, publicKey: secret(number).bytes, facts: facts("\(name)-\(number)"), at: now)
            if case .enrolled(let credential) = outcome { ids.append(credential.agentID) }
        }
        return (scope, ids)
    }

    /// Receives, evaluates and applies packages; every tenth has a vulnerability.
    @discardableResult
    static func apply(
        _ store: PostgresStore, _ scope: CompanyScope, _ agent: AgentID, _ packages: [Int], at now: Date = now
    ) async throws -> Event? {
        let inventory = Inventory(try packages.map { try PackageURL("pkg:pypi/package-\($0)@1.0") })
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: now)
        let missing = try await store.fetchUnevaluatedPackages(among: inventory.packages, at: now)
        if !missing.isEmpty {
            _ = try await store.recordVerdicts(
                missing.map { PackageVerdicts(package: $0.id, verdicts: verdicts($0)) }, vulnerabilities: [],
                indexDigest: "index", at: now)
        }
        return try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: now)
    }

    private static func verdicts(_ package: CataloguePackage) -> [Verdict] {
        guard package.id.rawValue % 10 == 1 else { return [] }
        return [
            Verdict(
                vulnerability: "CVE-\(package.id.rawValue % 7)", advisories: ["A", "B"], status: .affected,
                fixedVersion: "2.0", reason: VerdictReason.inRange)
        ]
    }
}
