import Foundation
import Synchronization

/// What all simulated agents see of the server.
final class Measurements: Sendable {
    /// What was asked of the server, or waited for.
    enum Kind: String, Sendable, CaseIterable {
        case enroll, full, delta, heartbeat
        case signIn = "sign_in"
        case readAgent = "read_agent"
        case readPackages = "read_packages"
        case readFindings = "read_findings"
        /// From the moment an agent arrived to the event that its first inventory has findings.
        case firstSeen = "first_inventory_seen"
        /// From the moment something changed on a host to the event that says so.
        case changeSeen = "change_seen"
    }

    /// Examples of what was wrong or failed that are kept.
    private static let exampleLimit = 20

    struct Series: Sendable {
        var latencies = LatencyHistogram()
        var failed = 0
        var putOff = 0
    }

    struct State: Sendable {
        var series: [Kind: Series] = [:]
        var failures = Complaints()
        var wrong = Complaints()
        var events = 0
        var compared = Comparison()
    }

    /// How often, and the first few in words.
    struct Complaints: Sendable, Encodable {
        var count = 0
        var examples: [String] = []

        mutating func add(_ text: String) {
            count += 1
            if examples.count < Measurements.exampleLimit { examples.append(text) }
        }
    }

    private let state = Mutex(State())

    /// A request that was answered, or something that was seen; the latency counts from when it was due.
    func succeeded(_ kind: Kind, after latency: Duration) {
        state.withLock { $0.series[kind, default: Series()].latencies.record(latency) }
    }

    func failed(_ kind: Kind, _ reason: String) {
        state.withLock {
            $0.series[kind, default: Series()].failed += 1
            $0.failures.add("\(kind.rawValue): \(reason)")
        }
    }

    /// A request that the server asked to repeat later, by 429: no failure, its latency goes on.
    func putOff(_ kind: Kind) { state.withLock { $0.series[kind, default: Series()].putOff += 1 } }

    /// Something failed that is no request.
    func failed(_ reason: String) { state.withLock { $0.failures.add(reason) } }

    /// The server's answer was not right.
    func wrong(_ text: String) { state.withLock { $0.wrong.add(text) } }

    func sawEvent() { state.withLock { $0.events += 1 } }

    func compared(_ change: (inout Comparison) -> Void) { state.withLock { change(&$0.compared) } }

    var now: State { state.withLock { $0 } }
}

/// How many answers were compared with what they must be.
struct Comparison: Sendable, Encodable {
    /// Agents whose last heartbeat was answered "in sync".
    var agentsInSync = 0
    /// Agents whose packages and findings were read and compared.
    var agents = 0
    var packages = 0
    /// Pairs of package and vulnerability.
    var findings = 0

    private enum CodingKeys: String, CodingKey {
        case agents, packages, findings
        case agentsInSync = "agents_in_sync"
    }
}
