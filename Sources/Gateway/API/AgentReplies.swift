import Foundation
import Inventory
import PackageIdentity
import Stores

/// An agent in a list.
struct AgentReply: Encodable {
    let id: AgentID
    let hostname: String
    let os: OrNull<SystemReply>
    let agentVersion: String
    let enrolledAt: Date
    let lastSeenAt: Date
    /// Whether it has not called for too long.
    let silent: Bool
    let inventoryState: String
    let packages: Int
    let counts: CountsReply
    /// Of these, what is accepted.
    let accepted: CountsReply
    let labels: [String]
    let risk: Double

    private enum CodingKeys: String, CodingKey {
        case id, hostname, os, silent, packages, counts, accepted, labels, risk
        case agentVersion = "agent_version"
        case enrolledAt = "enrolled_at"
        case lastSeenAt = "last_seen_at"
        case inventoryState = "inventory_state"
    }

    /// - Parameter limit: Who called last before it is silent.
    init(_ agent: AgentSummary, _ acceptance: AgentAcceptance?, silentBefore limit: Date) {
        silent = agent.lastSeenAt < limit
        accepted = CountsReply(acceptance?.counts ?? SeverityCounts())
        labels = acceptance?.labels ?? []
        id = agent.id
        hostname = agent.hostname
        os = OrNull(agent.os.map(SystemReply.init))
        agentVersion = agent.agentVersion
        enrolledAt = agent.enrolledAt
        lastSeenAt = agent.lastSeenAt
        inventoryState = agent.state.rawValue
        packages = agent.packageCount
        counts = CountsReply(agent.counts)
        risk = agent.risk
    }
}

/// An operating system.
struct SystemReply: Encodable {
    let id: String
    let version: OrNull<String>
    /// As the system calls itself, "Debian GNU/Linux 12 (bookworm)".
    let name: String

    init(_ os: OperatingSystem) {
        id = os.id
        version = OrNull(os.versionID)
        name = os.prettyName
    }
}

/// One agent with everything its page shows beside its lists.
struct AgentDetailReply: Encodable {
    private let summary: AgentReply
    let kernelRelease: OrNull<String>
    let bootTime: OrNull<Date>
    let architecture: String
    let warnings: [ScanWarning]
    let droppedReports: Int
    let receivedDigest: OrNull<InventoryDigest>
    let appliedDigest: OrNull<InventoryDigest>
    let appliedAt: OrNull<Date>
    let lastScan: OrNull<ScanCostReply>
    /// `nil` until the agent has said it.
    let running: OrNull<RunningReply>

    private enum CodingKeys: String, CodingKey {
        case architecture, warnings, running
        case kernelRelease = "kernel_release"
        case bootTime = "boot_time"
        case droppedReports = "dropped_reports"
        case receivedDigest = "received_digest"
        case appliedDigest = "applied_digest"
        case appliedAt = "applied_at"
        case lastScan = "last_scan"
    }

    init(
        _ agent: AgentDetail, _ running: RunningRecord?, _ acceptance: AgentAcceptance?, silentBefore limit: Date
    ) {
        self.running = OrNull(running.map(RunningReply.init))
        summary = AgentReply(agent.summary, acceptance, silentBefore: limit)
        kernelRelease = OrNull(agent.facts.host.kernelRelease)
        bootTime = OrNull(agent.facts.host.bootTime.map(Date.init(unixSeconds:)))
        architecture = agent.facts.host.architecture
        warnings = agent.facts.warnings
        droppedReports = agent.facts.droppedReports
        receivedDigest = OrNull(agent.sync.received)
        appliedDigest = OrNull(agent.sync.applied)
        appliedAt = OrNull(agent.appliedAt)
        lastScan = OrNull(agent.facts.lastScan.map { ScanCostReply($0, reportedAt: agent.lastScanReportedAt) })
    }

    /// The members of the summary and these stand side by side in one object.
    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kernelRelease, forKey: .kernelRelease)
        try container.encode(bootTime, forKey: .bootTime)
        try container.encode(architecture, forKey: .architecture)
        try container.encode(warnings, forKey: .warnings)
        try container.encode(droppedReports, forKey: .droppedReports)
        try container.encode(receivedDigest, forKey: .receivedDigest)
        try container.encode(appliedDigest, forKey: .appliedDigest)
        try container.encode(appliedAt, forKey: .appliedAt)
        try container.encode(lastScan, forKey: .lastScan)
        try container.encode(running, forKey: .running)
    }
}

/// One package of an agent.
struct AgentPackageReply: Encodable {
    let purl: PackageURL
    let type: String
    let name: String
    let version: OrNull<String>
    /// The name under which advisories speak of it, mostly that of the source package.
    let source: OrNull<String>
    let since: Date
    let counts: CountsReply

    init(_ package: AgentPackage) {
        purl = package.purl
        type = package.purl.type
        name = package.purl.displayName
        version = OrNull(package.purl.version)
        source = OrNull(package.purl.advisoryCoordinates?.name)
        since = package.since
        counts = CountsReply(package.counts)
    }
}

extension PackageURL {
    /// The name as people of its ecosystem write it: "@types/node", "org.apache:commons" keeps its namespace, "openssl" needs none.
    var displayName: String {
        switch (type, namespace) {
        case (_, nil), ("deb", _), ("rpm", _), ("apk", _): name
        case ("maven", let namespace?): "\(namespace):\(name)"
        case (_, let namespace?): "\(namespace)/\(name)"
        }
    }
}
