import BackendTesting
import Foundation
import HummingbirdTesting
import Inventory
import Stores
import Telemetry
import Testing
import Wire

@testable import Gateway

/// What agents say of the cost of their scans, and what people see of it.
struct ScanCostTests {
    private static let told = """
        {"cpu_seconds":1.5,"wall_seconds":20,"paused_seconds":{"disk":2,"battery":3},"waited_seconds":0.25,"bytes_read":1000,\
        "peak_memory":41943040,"yields":["nice"]}
        """

    private static func heartbeat(_ scan: String) -> [UInt8] {
        Array(#"{"digest":null,"facts":\#(TestAgent.facts.dropLast()),"last_scan":\#(scan)}}"#.utf8)
    }

    @Test(arguments: TestBackend.Kind.available)
    func whatAnAgentTellsIsShownOfItAndOfAll(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        try await installation.run { client async throws in
            let red = installation.red
            let viewer = try await installation.token(red.viewer)
            let page = "/v1/agents/\(red.agentID)"
            #expect(try await client.send(.get, page, token: viewer).json["last_scan"].isNull)
            let nothing = try await client.send(.get, "/v1/scan-cost", token: viewer).json
            #expect(nothing["agents"].int == 0)
            for name in ["cpu_seconds", "wall_seconds", "paused_seconds", "peak_memory"] {
                #expect(nothing[name].isNull, "\(name)")
            }
            let agent = TestAgent(key: red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, red.agentID)
            let beat = try await agent.send(
                client, .post, AgentProtocol.heartbeatPath, token: token, body: Self.heartbeat(Self.told))
            #expect(beat.status == .ok)
            let reply = try await client.send(.get, page, token: viewer)
            let scan = reply.json["last_scan"]
            #expect(scan["cpu_seconds"].value as? Double == 1.5 && scan["wall_seconds"].int == 20)
            #expect(scan["paused_seconds"].value as? [String: Double] == ["disk": 2, "battery": 3])
            #expect(scan["waited_seconds"].value as? Double == 0.25 && scan["bytes_read"].int == 1000)
            #expect(scan["peak_memory"].int == 41_943_040 && scan["yields"].texts == ["nice"])
            #expect(scan["reported_at"].text == "2026-09-21T14:13:20Z")
            let schemas = Schemas(Document(.init(bytes: PackageResources.openapi_json)))
            #expect(schemas.faults(in: reply.json.value, schema: "AgentDetail") == [])
            let all = try await client.send(.get, "/v1/scan-cost", token: viewer)
            #expect(schemas.faults(in: all.json.value, schema: "FleetScanCost") == [])
            #expect(all.json["agents"].int == 1 && all.json["paused_seconds"]["p99"].int == 5)
            #expect(all.json["cpu_seconds"]["p50"].value as? Double == 1.5)
            let blue = try await installation.token(installation.blue.owner)
            #expect(try await client.send(.get, "/v1/scan-cost", token: blue).json["agents"].int == 0)
            installation.clock.advance(seconds: 2 * 86_400)
            let later = try await installation.token(red.viewer)
            for (days, agents) in [("1", 0), ("3", 1), ("400", 1)] {
                let reply = try await client.send(.get, "/v1/scan-cost?days=\(days)", token: later)
                #expect(reply.json["agents"].int == agents, "\(days)")
            }
            for days in ["0", "401", "x"] {
                let reply = try await client.send(.get, "/v1/scan-cost?days=\(days)", token: later)
                #expect(reply.refusal == "400 invalid_request", "\(days)")
            }
        }
    }

    @Test(arguments: [
        #"{"cpu_seconds":-1,"wall_seconds":1,"paused_seconds":{},"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1e10,"paused_seconds":{},"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{"disk":-0.1},"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{"a reason of more than thirty-two bytes":1},"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{},"yields":["","","","","","","","","","","","","","","","",""]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{},"waited_seconds":-1,"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{},"bytes_read":-1,"yields":[]}"#,
        #"{"cpu_seconds":1,"wall_seconds":1,"paused_seconds":{},"peak_memory":-1,"yields":[]}"#,
        #"{"cpu_seconds":1}"#,
    ])
    func whatNoScanCostsIsRefused(_ scan: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let red = installation.red
            let agent = TestAgent(key: red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, red.agentID)
            let beat = try await agent.send(
                client, .post, AgentProtocol.heartbeatPath, token: token, body: Self.heartbeat(scan))
            #expect(beat.refusal == "400 invalid_request")
            #expect(beat.json["error"]["message"].text?.contains("last_scan") == true)
            let detail = try await installation.store.fetchAgent(scope: red.scope, id: red.agentID)
            #expect(detail?.facts.lastScan == nil)
        }
    }

    @Test func metersShowEachScanWithoutCompanyAndAgent() {
        let metrics = PrometheusMetrics(buckets: ScanMeters.buckets, includesProcess: false)
        let meters = ScanMeters(factory: metrics)
        meters.record(ScanCost(cpuSeconds: 2, wallSeconds: 700, pausedSeconds: ["disk": 3, "heat": 4]))
        meters.record(ScanCost(cpuSeconds: 0.2, wallSeconds: 0.4, peakMemory: 40 << 20))
        let text = metrics.render()
        for line in [
            #"zerotrace_agent_scan_cpu_seconds_bucket{le="0.25"} 1"#,
            #"zerotrace_agent_scan_cpu_seconds_bucket{le="2.5"} 2"#, "zerotrace_agent_scan_cpu_seconds_count 2",
            #"zerotrace_agent_scan_wall_seconds_bucket{le="600"} 1"#, "zerotrace_agent_scan_wall_seconds_count 2",
            #"zerotrace_agent_scan_paused_seconds_bucket{le="10"} 2"#, "zerotrace_agent_scan_paused_seconds_sum 7",
            #"zerotrace_agent_scan_peak_memory_bytes_bucket{le="33554432"} 0"#,
            "zerotrace_agent_scan_peak_memory_bytes_count 1",
        ] { #expect(text.contains(line), "\(line) in \(text)") }
        #expect(!text.contains("company") && !text.contains("agent_id"))
    }
}
