import ConformanceTesting
import Foundation
import Inventory
import Matching
import PackageIdentity
import Scoring
@_spi(Minting) import Stores

/// A store under test, with short ways to set things up. Times are whole seconds after ``start``.
struct World: Sendable {
    let store: any Store

    init(_ store: any Store) { self.store = store }

    /// 2026-01-01 00:00:00 UTC.
    static let start = Date(timeIntervalSince1970: 1_767_225_600)

    /// A time after the start.
    func at(_ seconds: Double) -> Date { Self.start.addingTimeInterval(seconds) }

    func company(_ name: String) async throws -> CompanyScope {
        CompanyScope(companyID: try await store.insertCompany(named: name, at: at(0)).id)
    }

    /// A token with room for many.
    func token(_ scope: CompanyScope, _ number: UInt64 = 1, uses: Int = 1000, expires: Double = 1e6) async throws
        -> SecretHash
    {
        let secret = World.secret(number ^ UInt64(truncatingIfNeeded: scope.companyID.hashValue))
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: secret, label: "token \(number)", maximumUses: uses, expiresAt: at(expires), at: at(0))
        return secret
    }

    func enroll(_ token: SecretHash, _ hostname: String, key: UInt64, at time: Double = 1) async throws -> AgentID {
        let outcome = try await store.enrollAgent(
            token: token, publicKey: World.secret(key).bytes, facts: World.facts(hostname), at: at(time))
        guard case .enrolled(let credential) = outcome else {
            throw ConformanceFailure(description: "\(hostname) did not enroll: \(outcome)")
        }
        return credential.agentID
    }

    /// Receives an inventory, interns its packages, records the verdicts of those that have none, and applies it.
    @discardableResult
    func apply(
        _ scope: CompanyScope, _ agent: AgentID, _ packages: [PackageURL], at time: Double, feed: Feed = Feed()
    ) async throws -> Event? {
        let inventory = Inventory(packages)
        try await store.receiveInventory(scope: scope, agentID: agent, inventory: inventory, at: at(time))
        try await evaluate(packages, at: time, feed: feed)
        return try await store.applyInventory(scope: scope, agentID: agent, digest: inventory.digest, at: at(time))
    }

    func evaluate(_ packages: [PackageURL], at time: Double, feed: Feed = Feed()) async throws {
        let missing = try await store.fetchUnevaluatedPackages(among: packages, at: at(time))
        _ = try await record(missing, at: time, feed: feed)
    }

    /// Records what the feed says of these packages, whatever stood before.
    @discardableResult
    func record(_ packages: [CataloguePackage], at time: Double, feed: Feed) async throws -> [CompanyScope: Event] {
        try await store.recordVerdicts(
            packages.map { PackageVerdicts(package: $0.id, verdicts: feed.verdicts[$0.purl] ?? []) },
            vulnerabilities: Array(feed.records.values), indexDigest: "index", at: at(time))
    }

    /// Records what the feed says of these package URLs.
    @discardableResult
    func record(_ purls: [PackageURL], at time: Double, feed: Feed) async throws -> [CompanyScope: Event] {
        let ids = try await store.internPackages(purls, at: at(time))
        return try await record(
            zip(ids, purls).map { CataloguePackage(id: $0, purl: $1) }, at: time, feed: feed)
    }

    func summary(_ scope: CompanyScope, _ agent: AgentID) async throws -> AgentSummary {
        try unwrap(try await store.fetchAgent(scope: scope, id: agent)?.summary, "agent")
    }

    func findings(_ scope: CompanyScope, _ agent: AgentID, _ query: VulnerabilityQuery = .init()) async throws
        -> [AgentFinding]
    {
        try await all { try await store.fetchAgentFindings(scope: scope, agentID: agent, query: query, page: $0) }
    }

    func vulnerabilities(_ scope: CompanyScope, _ query: VulnerabilityQuery = .init()) async throws
        -> [VulnerabilitySummary]
    {
        try await all { try await store.fetchVulnerabilities(scope: scope, query: query, page: $0) }
    }

    /// All pages of a list, in small pages.
    func all<Item>(limit: Int = 7, _ fetch: (PageRequest) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let page = try await fetch(PageRequest(cursor: cursor, limit: limit))
            try expect(page.items.count <= limit, "a page holds more than was asked for")
            try expect(page.nextCursor == nil || page.items.count == limit, "a page that is not the last is not full")
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }

    func verify() async throws {
        try expect(try await store.verify().map(\.description), equals: [], "verify")
    }

    // MARK: - Values

    /// 32 bytes that differ for different numbers.
    static func secret(_ number: UInt64) -> SecretHash {
        var bytes = [UInt8](repeating: 7, count: 24)
        withUnsafeBytes(of: number.bigEndian) { bytes += Array($0) }
        return SecretHash(bytes: bytes)
    }

    static func facts(_ hostname: String, version: String = "1.0.0", warnings: [ScanWarning] = []) -> HeartbeatFacts {
        HeartbeatFacts(
            host: HostFacts(
                hostname: hostname,
                os: OperatingSystem(osRelease: "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n"),
                kernelRelease: "6.1.0-18-amd64", bootTime: 1_767_000_000, architecture: "x86_64"),
            agentVersion: version, droppedReports: 0, warnings: warnings)
    }

    static func purl(_ name: String, _ version: String = "1.0") throws -> PackageURL {
        try PackageURL(
            type: "deb", namespace: "debian", name: name, version: version,
            qualifiers: ["arch": "amd64", "distro": "debian-12"])
    }
}

/// What advisories say, as a test wants it.
struct Feed: Sendable {
    var verdicts: [PackageURL: [Verdict]] = [:]
    var records: [String: VulnerabilityRecord] = [:]

    /// States a verdict, and makes its vulnerability known.
    mutating func say(
        _ id: String, of purl: PackageURL, _ status: VerdictStatus = .affected, fixed: String? = nil, cvss: Double = 5,
        exploited: Bool = false
    ) {
        verdicts[purl, default: []].removeAll { $0.vulnerability == id }
        verdicts[purl, default: []].append(
            Verdict(
                vulnerability: id, advisories: ["ADV-\(id)"], status: status, fixedVersion: fixed,
                reason: fixed == nil ? VerdictReason.noFixYet : VerdictReason.inRange))
        if records[id] == nil { describe(id, cvss: cvss, exploited: exploited) }
    }

    /// Takes a verdict back.
    mutating func retract(_ id: String, of purl: PackageURL) {
        verdicts[purl]?.removeAll { $0.vulnerability == id }
    }

    /// Says how bad a vulnerability is.
    mutating func describe(_ id: String, cvss: Double, exploited: Bool = false, likelihood: Double? = nil) {
        let epss = likelihood.map { EPSSScore(probability: $0, percentile: $0) }
        let kev = exploited ? KnownExploitation(dateAdded: "2026-01-02", dueDate: nil, ransomware: false) : nil
        let severity = Severity(score: cvss)
        records[id] = VulnerabilityRecord(
            id: id, aliases: ["GHSA-\(id)"], summary: "Something is wrong in \(id)", severity: severity,
            cvssScore: cvss,
            epss: epss, kev: kev, risk: Risk(cvss: cvss, severity: severity, epss: epss, exploitation: kev))
    }
}
