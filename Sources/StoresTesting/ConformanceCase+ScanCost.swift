import ConformanceTesting
import Foundation
import Inventory
@_spi(Minting) import Stores

extension ConformanceCase {
    private static func facts(_ scan: ScanCost?) -> HeartbeatFacts {
        HeartbeatFacts(
            host: HostFacts(hostname: "host", architecture: "x86_64"), agentVersion: "1", droppedReports: 0,
            warnings: [], lastScan: scan)
    }

    static let scanCost: [ConformanceCase] = [
        ConformanceCase("the cost of a scan is written once a scan, and nothing else with it") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "host", key: 1)
            let first = ScanCost(
                cpuSeconds: 0.1, wallSeconds: 12.25, pausedSeconds: ["disk": 1.5, "battery\u{1F50B}": 0.1],
                waitedSeconds: 0.3, bytesRead: 7_000_000_000, peakMemory: 41_943_040, yields: ["nice", "io_idle"])
            let second = ScanCost(cpuSeconds: 0.2, wallSeconds: 0.5)
            func beat(_ scan: ScanCost?, at time: Double) async throws -> Bool? {
                let recorded = try await world.store.recordHeartbeat(
                    scope: scope, agentID: agent, facts: Self.facts(scan), at: world.at(time))
                return recorded?.isNewScan
            }
            func expectHeld(_ cost: ScanCost?, since time: Double?, _ what: String) async throws {
                let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
                try expect(detail.facts.lastScan, equals: cost, what)
                try expect(detail.lastScanReportedAt, equals: time.map(world.at), what)
            }
            try await expectHeld(nil, since: nil, "none was told")
            try expect(try await beat(nil, at: 10), equals: false, "told nothing")
            try expect(try await beat(first, at: 20), equals: true)
            try await expectHeld(first, since: 20, "all of it is kept")
            try expect(try await beat(first, at: 30), equals: false, "the same scan")
            try await expectHeld(first, since: 20, "when it was first heard of stays")
            try expect(try await beat(second, at: 40), equals: true)
            try expect(try await beat(nil, at: 50), equals: false, "an agent that tells none keeps what it told")
            try await expectHeld(second, since: 40, "another scan")
            // What is written for many at once knows no scans: it finds the facts as they were.
            let note = try PresenceNote(agentID: agent, facts: Self.facts(second), seenAt: world.at(60))
            try expect(try await world.store.recordPresence(scope: scope, notes: [note]).count, equals: 1)
            try await expectHeld(second, since: 40, "presence leaves it")
            try expect(try await world.summary(scope, agent).lastSeenAt, equals: world.at(60))
        },
        ConformanceCase("a scan that is told while enrolling is kept") { world in
            let scope = try await world.company("company")
            let cost = ScanCost(cpuSeconds: 3, wallSeconds: 4, peakMemory: 5)
            let outcome = try await world.store.enrollAgent(
                token: try await world.token(scope), publicKey: World.secret(1).bytes, facts: Self.facts(cost),
                at: world.at(7))
            guard case .enrolled(let credential) = outcome else {
                throw ConformanceFailure(description: "did not enroll: \(outcome)")
            }
            let detail = try unwrap(
                try await world.store.fetchAgent(scope: scope, id: credential.agentID), "agent")
            try expect(detail.facts.lastScan, equals: cost)
            try expect(detail.lastScanReportedAt, equals: world.at(7))
            let again = try await world.store.recordHeartbeat(
                scope: scope, agentID: credential.agentID, facts: Self.facts(cost), at: world.at(8))
            try expect(again?.isNewScan, equals: false)
        },
        ConformanceCase("what scanning costs is told by its median and what one in a hundred exceeds") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope)
            func fetch(_ scope: CompanyScope, since time: Double = 0) async throws -> FleetScanCost {
                try await world.store.fetchScanCost(scope: scope, since: world.at(time))
            }
            let nothing = FleetScanCost(
                agents: 0, cpuSeconds: nil, wallSeconds: nil, pausedSeconds: nil, peakMemory: nil)
            try expect(try await fetch(scope), equals: nothing, "no agents")
            _ = try await world.enroll(token, "silent", key: 1_000)
            try expect(try await fetch(scope), equals: nothing, "an agent that told nothing")
            // In an order that is none; what the others say falls as processor time grows.
            let numbers = (1...101).map { $0 * 37 % 101 + 1 }
            for (index, number) in numbers.enumerated() {
                let agent = try await world.enroll(token, "host", key: UInt64(number))
                let cost = ScanCost(
                    cpuSeconds: Double(number), wallSeconds: Double(1_000 - number),
                    pausedSeconds: ["disk": Double(number) / 4, "heat": Double(number) / 4],
                    peakMemory: number <= 3 ? number << 20 : nil)
                // The first hundred of them are heard of later than the last.
                let time: Double = index < 100 ? 20 : 10
                _ = try await world.store.recordHeartbeat(
                    scope: scope, agentID: agent, facts: Self.facts(cost), at: world.at(time))
                if index == 0 {
                    let one = Double(number)
                    try expect(
                        try await fetch(scope),
                        equals: FleetScanCost(
                            agents: 1, cpuSeconds: .init(p50: one, p99: one),
                            wallSeconds: .init(p50: 1_000 - one, p99: 1_000 - one),
                            pausedSeconds: .init(p50: one / 2, p99: one / 2), peakMemory: nil), "one agent")
                }
            }
            try expect(
                try await fetch(scope),
                equals: FleetScanCost(
                    agents: 101, cpuSeconds: .init(p50: 51, p99: 100), wallSeconds: .init(p50: 949, p99: 998),
                    pausedSeconds: .init(p50: 25.5, p99: 50), peakMemory: .init(p50: 2 << 20, p99: 3 << 20)),
                "places 51 and 100 of 101; of memory 2 and 3 of 3")
            // Without the last, which told 101 * 37 % 101 + 1 = 1, there are a hundred from 2 to 101.
            try expect(
                try await fetch(scope, since: 15),
                equals: FleetScanCost(
                    agents: 100, cpuSeconds: .init(p50: 51, p99: 100), wallSeconds: .init(p50: 948, p99: 997),
                    pausedSeconds: .init(p50: 25.5, p99: 50), peakMemory: .init(p50: 2 << 20, p99: 3 << 20)),
                "places 50 and 99 of 100")
            try expect(try await fetch(scope, since: 20.001), equals: nothing, "nothing so new")
            for stranger in [other, CompanyScope(companyID: CompanyID())] {
                try expect(try await fetch(stranger), equals: nothing, "another company")
            }
        },
        ConformanceCase("no company writes the cost of another's scan") { world in
            let (mine, theirs) = (try await world.company("mine"), try await world.company("theirs"))
            let agent = try await world.enroll(try await world.token(theirs), "host", key: 1)
            let recorded = try await world.store.recordHeartbeat(
                scope: mine, agentID: agent, facts: Self.facts(ScanCost(cpuSeconds: 9, wallSeconds: 9)), at: world.at(9)
            )
            try expect(recorded, equals: nil)
            for scope in [mine, theirs] {
                try expect(
                    try await world.store.fetchScanCost(scope: scope, since: world.at(0)).agents, equals: 0)
            }
        },
    ]
}
