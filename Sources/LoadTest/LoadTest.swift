import AgentKit
import AsyncHTTPClient
import Foundation
import PackageIdentity

/// Runs simulated agents against a server.
public struct LoadTest: Sendable {
    /// Base URL of the server.
    public var server: String
    /// Enrollment token with enough uses.
    public var token: String
    /// How many agents.
    public var agents: Int
    /// Packages of each.
    public var packages: Int
    /// Seconds during which they drift.
    public var seconds: Int
    /// Seconds between two exchanges of one agent, before jitter.
    public var pause: Double
    /// The same seed draws the same inventories.
    public var seed: UInt64

    /// Makes one from its parts.
    public init(
        server: String, token: String, agents: Int, packages: Int, seconds: Int, pause: Double, seed: UInt64
    ) {
        self.server = server
        self.token = token
        self.agents = agents
        self.packages = packages
        self.seconds = seconds
        self.pause = pause
        self.seed = seed
    }

    /// How it went.
    public struct Report: Sendable, Codable {
        /// Exchanges that succeeded, by kind.
        public var exchanges: [String: Int] = [:]
        /// Exchanges that failed and were tried again.
        public var failures = 0
        /// Digest by agent id: what the server must hold and apply.
        public var digests: [String: String] = [:]
        /// Agents that could not bring the server to their state before the time ran out.
        public var unfinished = 0
        /// Milliseconds of successful exchanges: median, 95th and 99th percentile.
        public var latency: [String: Double] = [:]
    }

    /// Seconds after the drifting in which agents may still bring the server to their state.
    static let settleSeconds = 120.0

    /// Runs all agents until they have drifted for the time given and the server has acknowledged the state of each.
    public func run(pool: [PackageURL], progress: @escaping @Sendable (String) -> Void) async throws -> Report {
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = .seconds(5)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for number in 0..<agents { group.addTask { await simulate(number, http: http, pool: pool) } }
            var outcomes: [Outcome] = []
            for await outcome in group {
                outcomes.append(outcome)
                if outcomes.count % 50 == 0 { progress("\(outcomes.count) of \(agents) agents are done") }
            }
            return outcomes
        }
        try await http.shutdown()
        return summarize(outcomes)
    }

    private struct Outcome: Sendable {
        var exchanges: [String: Int] = [:]
        var latencies: [Double] = []
        var failures = 0
        var id: String?
        var digest = ""
        var finished = false
    }

    private func simulate(_ number: Int, http: HTTPClient, pool: [PackageURL]) async -> Outcome {
        var agent = SimulatedAgent(
            number: number, server: server, http: http, pool: pool, packages: packages, seed: seed)
        var outcome = Outcome()
        let driftEnd = ContinuousClock.now + .seconds(seconds)
        let end = driftEnd + .seconds(Self.settleSeconds)
        while ContinuousClock.now < end {
            let started = ContinuousClock.now
            do {
                let exchange = try await agent.exchange(token: token)
                outcome.exchanges[exchange.rawValue, default: 0] += 1
                outcome.latencies.append((ContinuousClock.now - started) / .milliseconds(1))
                if ContinuousClock.now >= driftEnd, exchange == .heartbeat, agent.isAcknowledged {
                    outcome.finished = true
                    break
                }
            } catch {
                outcome.failures += 1
            }
            try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.5...1.5)))
            if ContinuousClock.now < driftEnd, agent.isAcknowledged { agent.drift() }
        }
        outcome.id = agent.id
        outcome.digest = agent.digest.description
        return outcome
    }

    private func summarize(_ outcomes: [Outcome]) -> Report {
        var report = Report()
        for outcome in outcomes {
            report.exchanges.merge(outcome.exchanges, uniquingKeysWith: +)
            report.failures += outcome.failures
            if let id = outcome.id { report.digests[id] = outcome.digest }
            if !outcome.finished { report.unfinished += 1 }
        }
        let latencies = outcomes.flatMap(\.latencies).sorted()
        for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] where !latencies.isEmpty {
            report.latency[name] = latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
        }
        return report
    }
}
