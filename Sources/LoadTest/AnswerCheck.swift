import Foundation
import Inventory
import Matching
import PackageIdentity
import SeededRandom

/// Compares what the server says of some agents with what they sent, and with what a match on this machine finds.
struct AnswerCheck: Sendable {
    let fleet: Fleet
    /// By company; `nil` where nobody can sign in.
    let dashboards: [Dashboard?]
    let index: AdvisoryIndex

    /// Seconds in which the server may still apply what it has received.
    private static let patience = Duration.seconds(60)

    /// Reads and compares as many agents as the settings say, drawn from those that finished.
    func run(_ outcomes: [AgentRun.Outcome]) async {
        var generator = SplitMix(seed: fleet.settings.seed)
        let readable = outcomes.filter { $0.isFinished && dashboards[fleet.company(of: $0.number)] != nil }
        do {
            if let dashboard = dashboards.compactMap(\.self).first { try await compareIndexes(through: dashboard) }
        } catch {
            fleet.measurements.failed("the server's index cannot be told: \(error)")
        }
        for outcome in readable.shuffled(using: &generator).prefix(fleet.settings.verify) {
            guard let id = outcome.agentID, let dashboard = dashboards[fleet.company(of: outcome.number)] else {
                continue
            }
            do {
                try await compare(id, outcome.inventory, through: dashboard)
            } catch {
                fleet.measurements.failed("agent \(id) cannot be compared: \(error)")
            }
        }
    }

    /// Findings can only be compared when both sides answer by the same index.
    private func compareIndexes(through dashboard: Dashboard) async throws {
        let overview = try await dashboard.read("/v1/overview", .readAgent, as: OverviewReply.self)
        guard overview.advisories.indexDigest != index.digest else { return }
        fleet.measurements.wrong(
            "the server answers by index \(overview.advisories.indexDigest ?? "none"), and is compared with \(index.digest)"
        )
    }

    private func compare(_ id: String, _ inventory: Inventory, through dashboard: Dashboard) async throws {
        let agent = try await applied(id, inventory.digest.description, through: dashboard)
        expect(agent.appliedDigest, inventory.digest.description, "the digest applied", of: id)
        expect(agent.receivedDigest, inventory.digest.description, "the digest received", of: id)
        expect(agent.packages, inventory.packages.count, "the number of packages", of: id)
        let packages = try await dashboard.readAll("/v1/agents/\(id)/packages", .readPackages, of: PackageReply.self)
        expect(packages.map(\.purl).sorted(), inventory.packages.map(\.description).sorted(), "packages", of: id)
        let found = try await dashboard.readAll("/v1/agents/\(id)/findings", .readFindings, of: FindingReply.self)
        let findings = found.flatMap { finding in
            finding.packages.map { "\(finding.vulnerability.id) in \($0.purl)" }
        }
        let expected = Self.findings(of: inventory, in: index)
        expect(findings.sorted(), expected, "findings", of: id)
        fleet.measurements.compared {
            $0.agents += 1
            $0.packages += packages.count
            $0.findings += expected.count
        }
    }

    /// The agent as it is once its last inventory is applied, or when that took too long.
    private func applied(_ id: String, _ digest: String, through dashboard: Dashboard) async throws -> AgentReply {
        let end = ContinuousClock.now + Self.patience
        while true {
            let agent = try await dashboard.read("/v1/agents/\(id)", .readAgent, as: AgentReply.self)
            if agent.appliedDigest == digest || ContinuousClock.now > end { return agent }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// What this machine finds: pairs of vulnerability and package, ascending.
    static func findings(of inventory: Inventory, in index: AdvisoryIndex) -> [String] {
        inventory.packages.flatMap { package in
            Set(index.verdicts(for: package).filter { $0.status == .affected }.map(\.vulnerability))
                .map { "\($0) in \(package)" }
        }.sorted()
    }

    private func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String, of agent: String) {
        guard found != expected else { return }
        fleet.measurements.wrong("agent \(agent): \(what) is \(found), and must be \(expected)")
    }

    /// Of two lists only what differs is told.
    private func expect(_ found: [String], _ expected: [String], _ what: String, of agent: String) {
        guard found != expected else { return }
        let (present, wanted) = (Set(found), Set(expected))
        let extra = found.filter { !wanted.contains($0) }
        let missing = expected.filter { !present.contains($0) }
        fleet.measurements.wrong(
            "agent \(agent): \(what): \(missing.count) missing (\(missing.prefix(3).joined(separator: ", "))), \(extra.count) too many (\(extra.prefix(3).joined(separator: ", "))), \(found.count) in all"
        )
    }
}

private struct AgentReply: Decodable, Sendable {
    let packages: Int
    let receivedDigest: String?
    let appliedDigest: String?

    private enum CodingKeys: String, CodingKey {
        case packages
        case receivedDigest = "received_digest"
        case appliedDigest = "applied_digest"
    }
}

private struct OverviewReply: Decodable, Sendable {
    let advisories: Advisories

    struct Advisories: Decodable, Sendable {
        let indexDigest: String?

        private enum CodingKeys: String, CodingKey { case indexDigest = "index_digest" }
    }
}

private struct PackageReply: Decodable, Sendable { let purl: String }

private struct FindingReply: Decodable, Sendable {
    let vulnerability: Vulnerability
    let packages: [PackageReply]

    struct Vulnerability: Decodable, Sendable { let id: String }
}
