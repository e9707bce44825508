import Foundation

/// How a load test went.
public struct LoadTestReport: Sendable, Encodable {
    /// Agents that took part.
    public let agents: Int
    /// Companies they belong to.
    public let companies: Int
    /// With which the test can be repeated.
    public let seed: UInt64
    /// How long it took, settling included.
    public let seconds: Double
    /// By kind of request.
    let requests: [String: Row]
    /// By what was waited for on the live stream.
    let seen: [String: Row]
    /// Events of the live stream.
    let events: Int
    let compared: Comparison
    let wrong: Measurements.Complaints
    let failures: Measurements.Complaints
    /// Agents whose state the server did not hold, or did not show, when the time was over.
    let unfinished: Int
    /// Digest by agent id: what the server must hold and apply.
    let digests: [String: String]

    /// One line of the table. Latencies count from when the schedule said, repetitions included.
    struct Row: Sendable, Encodable {
        let count: Int
        let perSecond: Double
        let failed: Int
        let putOff: Int
        let milliseconds: Percentiles

        private enum CodingKeys: String, CodingKey {
            case count, failed, milliseconds
            case perSecond = "per_second"
            case putOff = "put_off"
        }
    }

    struct Percentiles: Sendable, Encodable {
        let p50: Double
        let p95: Double
        let p99: Double
        let max: Double

        init(_ histogram: LatencyHistogram) {
            p50 = Double(histogram.percentile(0.5)) / 1000
            p95 = Double(histogram.percentile(0.95)) / 1000
            p99 = Double(histogram.percentile(0.99)) / 1000
            max = Double(histogram.maximum) / 1000
        }
    }

    /// Whether every request was answered, every answer right, and everything came to its end.
    public var isGood: Bool { wrong.count == 0 && failures.count == 0 && unfinished == 0 }

    init(_ test: LoadTest, _ outcomes: [AgentRun.Outcome], _ state: Measurements.State, seconds: Double) {
        agents = test.agents
        companies = test.companies.count
        seed = test.seed
        self.seconds = seconds
        func rows(_ kinds: [Measurements.Kind]) -> [String: Row] {
            var rows: [String: Row] = [:]
            for kind in kinds {
                guard let series = state.series[kind] else { continue }
                rows[kind.rawValue] = Row(
                    count: series.latencies.count, perSecond: Double(series.latencies.count) / max(seconds, 0.001),
                    failed: series.failed, putOff: series.putOff, milliseconds: Percentiles(series.latencies))
            }
            return rows
        }
        requests = rows(Measurements.Kind.allCases.filter { !$0.isSight })
        seen = rows(Measurements.Kind.allCases.filter(\.isSight))
        events = state.events
        compared = state.compared
        wrong = state.wrong
        failures = state.failures
        unfinished = outcomes.count { !$0.isFinished }
        digests = Dictionary(
            outcomes.compactMap { outcome in outcome.agentID.map { ($0, outcome.inventory.digest.description) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// One object, its members sorted.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// For people.
    public var table: String {
        var lines = ["                             count      /s  failed put off     p50     p95     p99     max ms"]
        for kind in Measurements.Kind.allCases {
            guard let row = requests[kind.rawValue] ?? seen[kind.rawValue] else { continue }
            let times = [row.milliseconds.p50, row.milliseconds.p95, row.milliseconds.p99, row.milliseconds.max]
            lines.append(
                Self.left(kind.rawValue.replacing("_", with: " "), 24)
                    + Self.right("\(row.count)", 10) + Self.right(Self.text(row.perSecond, 1), 8)
                    + Self.right("\(row.failed)", 8) + Self.right("\(row.putOff)", 8)
                    + times.map { Self.right(Self.text($0, 1), 8) }.joined())
        }
        lines.append("")
        lines.append(
            "\(agents) agents in \(companies) companies, \(Self.text(seconds, 1)) s, seed \(seed); \(events) events; latencies count from the schedule, not from when a request could go out"
        )
        lines.append(
            "compared: \(compared.agentsInSync) agents in sync, \(compared.agents) read in full with \(compared.packages) packages and \(compared.findings) findings"
        )
        if unfinished > 0 { lines.append("\(unfinished) agents did not come to their end") }
        for (name, complaints) in [("failed", failures), ("wrong", wrong)] where complaints.count > 0 {
            lines.append("\(complaints.count) \(name):")
            lines += complaints.examples.map { "  " + $0 }
        }
        lines.append(isGood ? "all answers are right" : "NOT GOOD")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    private static func text(_ number: Double, _ digits: Int) -> String {
        number.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}

extension Measurements.Kind {
    /// Whether it is something that was waited for, and no request.
    var isSight: Bool { self == .firstSeen || self == .changeSeen }
}
