import Foundation
import Inventory
import Matching
import PackageIdentity
import Stores

/// A vulnerability of one agent with the packages that carry it.
struct FindingReply: Encodable {
    let vulnerability: VulnerabilityReply
    let packages: [FindingPackageReply]
    let action: String
    let state: FindingState
    /// Those that are about it, whether or not they accept all of it.
    let exceptions: [ExceptionReply]
    /// By the company's policy, from when the agent first had it.
    let dueAt: OrNull<Date>
    let overdue: Bool
    /// That of the package that is in use most.
    let exposure: OrNull<Exposure>

    private enum CodingKeys: String, CodingKey {
        case vulnerability, packages, action, state, exceptions, overdue, exposure
        case dueAt = "due_at"
    }

    /// - Parameter use: What is in use on the agent's machine; `nil` when that is not known.
    init(_ finding: AgentFinding, _ use: PackageUse?, _ acceptance: AgentAcceptance?, _ policy: SLAPolicy, at now: Date)
    {
        exposure = OrNull(finding.packages.compactMap { use?.exposure(of: $0.purl) }.max())
        state = acceptance?.state(of: finding.record) ?? .open
        let due = DueDate(
            policy, finding.record, firstSeen: finding.packages.map(\.firstSeen).min(), isOpen: state == .open, at: now)
        dueAt = OrNull(due.at)
        overdue = due.isOverdue
        exceptions = (acceptance?.exceptions(on: finding.record, of: finding.packages.map(\.purl)) ?? [])
            .map { ExceptionReply($0, at: now) }
        vulnerability = VulnerabilityReply(finding.record)
        packages = finding.packages.map { FindingPackageReply($0, use) }
        action = FindingAction.sentence(for: finding.packages)
    }
}

/// An agent that has a given vulnerability.
struct AffectedAgentReply: Encodable {
    let agent: AgentReply
    let packages: [FindingPackageReply]
    let action: String
    let state: FindingState
    /// Those that are about it, whether or not they accept all of it.
    let exceptions: [ExceptionReply]
    /// By the company's policy, from when the agent first had it.
    let dueAt: OrNull<Date>
    let overdue: Bool
    /// As of a ``FindingReply``.
    let exposure: OrNull<Exposure>

    private enum CodingKeys: String, CodingKey {
        case agent, packages, action, state, exceptions, overdue, exposure
        case dueAt = "due_at"
    }

    init(
        _ affected: AffectedAgent, of record: VulnerabilityRecord, _ use: PackageUse?, _ acceptance: AgentAcceptance?,
        _ policy: SLAPolicy, silentBefore limit: Date, at now: Date
    ) {
        exposure = OrNull(affected.packages.compactMap { use?.exposure(of: $0.purl) }.max())
        state = acceptance?.state(of: record) ?? .open
        let due = DueDate(
            policy, record, firstSeen: affected.packages.map(\.firstSeen).min(), isOpen: state == .open, at: now)
        dueAt = OrNull(due.at)
        overdue = due.isOverdue
        exceptions = (acceptance?.exceptions(on: record, of: affected.packages.map(\.purl)) ?? [])
            .map { ExceptionReply($0, at: now) }
        agent = AgentReply(affected.agent, acceptance, silentBefore: limit)
        packages = affected.packages.map { FindingPackageReply($0, use) }
        action = FindingAction.sentence(for: affected.packages)
    }
}

/// One package that carries a vulnerability.
struct FindingPackageReply: Encodable {
    let purl: PackageURL
    let name: String
    let version: OrNull<String>
    let status: VerdictStatus
    let reason: String
    let fixedVersion: OrNull<String>
    let advisories: [String]
    let firstSeen: Date
    /// How it is in use on that machine; null when that is not known.
    let exposure: OrNull<Exposure>

    private enum CodingKeys: String, CodingKey {
        case purl, name, version, status, reason, advisories, exposure
        case fixedVersion = "fixed_version"
        case firstSeen = "first_seen"
    }

    init(_ package: FindingPackage, _ use: PackageUse?) {
        exposure = OrNull(use?.exposure(of: package.purl))
        purl = package.purl
        name = package.purl.displayName
        version = OrNull(package.purl.version)
        status = package.verdict.status
        reason = package.verdict.reason
        fixedVersion = OrNull(package.verdict.fixedVersion)
        advisories = package.verdict.advisories
        firstSeen = package.firstSeen
    }
}

/// Why a package is, or is not, reported.
struct ExplanationReply: Encodable {
    let package: String
    let coordinates: OrNull<AdvisoryCoordinates>
    let vulnerability: String
    let status: VerdictStatus
    let reason: String
    let fixedVersion: OrNull<String>
    let sentence: String
    let evidence: [EvidenceReply]
    let indexDigest: String

    private enum CodingKeys: String, CodingKey {
        case package, coordinates, vulnerability, status, reason, sentence, evidence
        case fixedVersion = "fixed_version"
        case indexDigest = "index_digest"
    }

    init(_ explanation: Explanation) {
        package = explanation.purl
        coordinates = OrNull(explanation.coordinates)
        vulnerability = explanation.vulnerability
        status = explanation.status
        reason = explanation.reason
        fixedVersion = OrNull(explanation.fixedVersion)
        sentence = explanation.sentence
        evidence = explanation.evidence.map(EvidenceReply.init)
        indexDigest = explanation.indexDigest
    }
}

/// What one advisory says, and whether that counted.
struct EvidenceReply: Encodable {
    let advisory: String
    let feed: String
    let range: String
    let comparisons: [String]
    let outcome: VerdictStatus
    let decided: Bool
    let note: OrNull<String>

    init(_ evidence: Evidence) {
        advisory = evidence.advisory
        feed = evidence.feed
        range = evidence.range
        comparisons = evidence.comparisons
        outcome = evidence.outcome
        decided = evidence.decided
        note = OrNull(evidence.note)
    }
}
