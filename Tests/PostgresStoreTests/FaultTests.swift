import Foundation
import Matching
import PackageIdentity
import PostgreSQL
import PostgresTesting
@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import PostgresStore

@Suite("PostgreSQL store, many at once and faults", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct FaultTests {
    /// Changes every agent's packages again and again, several tasks and several stores at once.
    private func drift(
        _ stores: [PostgresStore], _ fleet: [(CompanyScope, [AgentID])], rounds: Int, _ log: EventIDs
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (scope, agents)) in fleet.enumerated() {
                for (number, agent) in agents.enumerated() {
                    let store = stores[(index + number) % stores.count]
                    group.addTask {
                        for round in 0..<rounds {
                            let packages = (0..<30).map { ($0 + (number % 3) * 7 + round * 3) % 90 }
                            let event = try await Scenario.apply(
                                store, scope, agent, packages, at: Scenario.now.addingTimeInterval(Double(round)))
                            if let event { log.add(event.id, scope) }
                            if round % 3 == 0 {
                                _ = try await store.recordHeartbeat(
                                    scope: scope, agentID: agent, facts: Scenario.facts("h\(round)"), at: Scenario.now)
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// What was acknowledged.
    private final class EventIDs: Sendable {
        private let ids = Mutex<[CompanyScope: Set<EventID>]>([:])
        func add(_ id: EventID, _ scope: CompanyScope) { ids.withLock { _ = $0[scope, default: []].insert(id) } }
        func of(_ scope: CompanyScope) -> Set<EventID> { ids.withLock { $0[scope] ?? [] } }
    }

    @Test("three stores that change two companies at once leave every counter right")
    func concurrent() async throws {
        try await withTemporaryStore { store, settings in
            let stores = [store, try await PostgresStore.open(settings), try await PostgresStore.open(settings)]
            let fleet = [
                try await Scenario.company(store, "one", agents: 5),
                try await Scenario.company(store, "two", agents: 4),
            ]
            let log = EventIDs()
            try await drift(stores, fleet, rounds: 6, log)
            for other in stores { #expect(try await other.verify() == []) }
            for (scope, agents) in fleet {
                let events = try await store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 500)
                #expect(log.of(scope).isSubset(of: events.map(\.id)))
                #expect(log.of(scope).count == agents.count * 6)
            }
            for other in stores.dropFirst() { other.close() }
        }
    }

    @Test("verdicts of packages that nobody has are recorded while others apply inventories")
    func recordsNewBesideOthers() async throws {
        try await withTemporaryStore { store, _ in
            let purls = try (0..<5).map { try PackageURL("pkg:pypi/new-\($0)@1.0") }
            let ids = try await store.internPackages(purls, at: Scenario.now)
            let verdict = Verdict(
                vulnerability: "CVE-1", advisories: [], status: .affected, reason: VerdictReason.inRange)
            try await store.client.withTransaction { transaction in
                // As somebody does who applies an inventory; with the lock that keeps others out, this would never end.
                try await transaction.query(Lock.verdictsStand)
                let events = try await store.recordVerdicts(
                    ids.map { PackageVerdicts(package: $0, verdicts: [verdict]) },
                    vulnerabilities: [VulnerabilityRecord(id: "CVE-1", risk: Scenario.risk(5))], indexDigest: "index",
                    at: Scenario.now)
                #expect(events.isEmpty)
                let left = try await store.fetchUnevaluatedPackages(among: purls, at: Scenario.now)
                #expect(left == [])
            }
        }
    }

    @Test("without any company, what is known of vulnerabilities moves all the same")
    func recordsWithoutCompanies() async throws {
        try await withTemporaryStore { store, _ in
            for cvss in [3.0, 9.0] {
                _ = try await store.recordVerdicts(
                    [], vulnerabilities: [VulnerabilityRecord(id: "CVE-1", risk: Scenario.risk(cvss))],
                    indexDigest: "index",
                    at: Scenario.now)
                let statement = PostgresStatement("select risk from vulnerabilities")
                let risk = try await store.client.run([statement])[0].value(as: Int.self)
                #expect(risk == Scenario.risk(cvss).tenths)
            }
        }
    }

    @Test("events are seen in the order of their ids, whoever writes")
    func eventOrder() async throws {
        try await withTemporaryStore { store, settings in
            let (scope, agents) = try await Scenario.company(store, "company", agents: 6)
            let other = try await PostgresStore.open(settings)
            let follower = Task {
                var seen: [EventID] = []
                while !Task.isCancelled {
                    let next = try await other.fetchEvents(
                        scope: scope, after: seen.last ?? EventID(rawValue: 0), limit: 100)
                    seen += next.map(\.id)
                    if seen.count == 6 + 6 * 8 { break }
                }
                return seen
            }
            try await drift([store, other], [(scope, agents)], rounds: 8, EventIDs())
            let all = try await store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 500).map(\.id)
            #expect(try await follower.value == all)
            other.close()
        }
    }

    @Test("backends terminated under the work cost nothing that was acknowledged, and no counter")
    func terminated() async throws {
        try await withTemporaryStore { store, settings in
            let fleet = [try await Scenario.company(store, "one", agents: 4)]
            let log = EventIDs()
            let terminator = Task {
                for _ in 0..<12 {
                    try await TemporaryDatabase.administer(
                        try PostgresCluster.shared(),
                        """
                        select count(pg_terminate_backend(pid)) from pg_stat_activity
                        where datname = '\(settings.client.database)' and random() < 0.5
                        """)
                }
            }
            try await survive { try await drift([store], fleet, rounds: 10, log) }
            try await terminator.value
            #expect(try await store.verify() == [])
            let events = try await store.fetchEvents(scope: fleet[0].0, after: EventID(rawValue: 0), limit: 500).map(
                \.id)
            #expect(log.of(fleet[0].0).isSubset(of: events))
        }
    }

    @Test("a server that crashes under the work and comes back has everything that was acknowledged")
    func crashed() async throws {
        let cluster = try PostgresCluster(options: ["synchronous_commit=on"])
        try await TemporaryDatabase.administer(cluster, "create database crash")
        let settings = TemporaryDatabase.settings(cluster, "crash")
        try await PostgresStore.migrate(settings)
        let store = try await PostgresStore.open(settings)
        let fleet = [try await Scenario.company(store, "one", agents: 4)]
        let log = EventIDs()
        for _ in 0..<2 {
            let work = Task { try await survive { try await drift([store], fleet, rounds: 12, log) } }
            while log.of(fleet[0].0).count < 6 { await Task.yield() }
            cluster.stop(keeping: true)
            try cluster.start()
            try await work.value
            #expect(try await store.verify() == [])
            let events = try await store.fetchEvents(scope: fleet[0].0, after: EventID(rawValue: 0), limit: 500).map(
                \.id)
            #expect(log.of(fleet[0].0).isSubset(of: events))
        }
        store.close()
        cluster.stop()
    }

    @Test("a clock that differs from the database's is told, with how much")
    func clock() async throws {
        try await withTemporaryStore { store, _ in
            try await store.checkClock()
            for (seconds, direction) in [(3600.0, "ahead of"), (-3600.0, "behind")] {
                do {
                    try await store.checkClock { Date().addingTimeInterval(seconds) }
                    Issue.record("\(seconds) s off, and nothing was said")
                } catch StoreError.unavailable(let reason) {
                    // A busy machine may take its time in between.
                    #expect(reason.hasPrefix("this clock is 3") && reason.contains(direction))
                }
            }
        }
    }

    @Test(
        "what the server cannot do for anybody is told from what is wrong with one request",
        arguments: [
            ("53100", StoreError.unavailable("x: SQLSTATE 53100")), ("53200", .unavailable("x: SQLSTATE 53200")),
            ("57P01", .unavailable("x: SQLSTATE 57P01")), ("58030", .unavailable("x: SQLSTATE 58030")),
            ("08006", .unavailable("x: SQLSTATE 08006")), ("25006", .unavailable("x: SQLSTATE 25006")),
            ("40P01", .unavailable("x: SQLSTATE 40P01")), ("57014", .timedOut("x: SQLSTATE 57014")),
            ("23514", .failed("x: SQLSTATE 23514")), ("22021", .failed("x: SQLSTATE 22021")),
            ("42501", .failed("x: SQLSTATE 42501")), ("XX001", .failed("x: SQLSTATE XX001")),
        ])
    func classes(_ state: String, _ expected: StoreError) {
        let error = PostgresError.server(.init(state: SQLState(rawValue: state)))
        #expect(PostgresStore.classified(error, "x") == expected)
    }

    @Test(
        "and so where no server answered",
        arguments: [
            (PostgresError.connectionLost, StoreError.unavailable("x: connection lost")),
            (.exhausted, .unavailable("x: no connection free")), (.timedOut, .timedOut("x: timed out")),
            (.missingRow, .failed("x: no row")),
        ])
    func classes(_ error: PostgresError, _ expected: StoreError) {
        #expect(PostgresStore.classified(error, "x") == expected)
    }

    /// A call may fail while its server goes: what it was told is right, or it was told that it failed.
    private func survive(_ body: () async throws -> Void) async throws {
        do { try await body() } catch StoreError.unavailable {} catch StoreError.timedOut {}
    }
}
