import Foundation
import Telemetry
import Testing

@Suite struct HealthStateTests {
    @Test func `is ready when started and every check passes`() {
        let health = HealthState(checks: ["database", "index"])
        #expect(health.report.phase == .starting)
        #expect(health.report.live)
        #expect(!health.report.ready)
        health.finishStarting()
        // Named and never reported: does not pass.
        #expect(!health.report.ready)
        health.pass("database")
        #expect(!health.report.ready)
        health.pass("index")
        #expect(health.report.ready)
        health.fail("database", detail: "no connection")
        #expect(!health.report.ready)
        #expect(health.report.live)
        #expect(health.report.checks.map(\.name) == ["database", "index"])
        #expect(health.report.checks.map(\.passing) == [false, true])
        #expect(health.report.checks.map(\.detail) == ["no connection", nil])
        health.pass("database")
        #expect(health.report.ready)
    }

    @Test func `an optional check is told of and decides nothing`() {
        let health = HealthState(checks: ["database"], optional: ["cache", "database"])
        health.finishStarting()
        health.pass("database")
        #expect(health.report.ready)
        #expect(health.report.checks.map(\.name) == ["cache", "database"])
        #expect(health.report.checks.map(\.passing) == [false, true])
        #expect(health.report.checks.map(\.required) == [false, true], "what is both is required")
        health.fail("cache", detail: "down")
        #expect(health.report.ready)
    }

    @Test func `is not ready before it started although all checks pass`() {
        let health = HealthState(checks: ["index"])
        health.pass("index")
        #expect(!health.report.ready)
    }

    @Test func `stopping is final`() {
        let health = HealthState()
        health.finishStarting()
        #expect(health.report.ready)
        health.beginStopping()
        health.finishStarting()
        #expect(health.report.phase == .stopping)
        #expect(!health.report.ready)
        #expect(health.report.live)
    }

    @Test func `giving up is final and keeps the first reason`() {
        let health = HealthState()
        health.finishStarting()
        health.giveUp("index unreadable")
        health.giveUp("later")
        #expect(!health.report.live)
        #expect(!health.report.ready)
        #expect(health.report.fatal == "index unreadable")
    }

    @Test func `checks come and go`() {
        let health = HealthState()
        health.finishStarting()
        health.fail("feed", detail: String(repeating: "x", count: 10_000))
        #expect(health.report.checks.map(\.detail?.count) == [500])
        health.remove("feed")
        #expect(health.report.checks.isEmpty)
        #expect(health.report.ready)
    }

    @Test func `is coded as documented`() throws {
        let health = HealthState(checks: ["database"])
        health.finishStarting()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let coded = String(decoding: try encoder.encode(health.report), as: UTF8.self)
        #expect(
            coded == #"{"checks":[{"detail":"not checked yet","name":"database","passing":false,"required":true}],"#
                + #""live":true,"phase":"ready","ready":false}"#)
        #expect(try JSONDecoder().decode(HealthReport.self, from: Data(coded.utf8)) == health.report)
    }

    @Test func `many threads report at once`() async {
        let health = HealthState()
        health.finishStarting()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        health.fail("check \(task)", detail: "busy")
                        _ = health.report
                        health.pass("check \(task)")
                    }
                }
            }
        }
        #expect(health.report.ready)
        #expect(health.report.checks.count == 8)
    }
}
