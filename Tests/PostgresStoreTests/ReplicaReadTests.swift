import Foundation
import PostgreSQL
import PostgresTesting
@_spi(Minting) import Stores
import Testing

@testable import PostgresStore

/// A primary and a streaming standby, each a server of its own.
@Suite("PostgreSQL store, reads from replicas", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ReplicaReadTests {
    /// Lends a store that may read from a standby, and the standby.
    private func withReplica(
        staleness: Duration, _ body: (PostgresStore, DatabaseSettings, PostgresCluster) async throws -> Void
    ) async throws {
        let primary = try PostgresCluster()
        try await TemporaryDatabase.administer(primary, "create database zt")
        var settings = TemporaryDatabase.settings(primary, "zt")
        try await PostgresStore.migrate(settings)
        let standby = try PostgresCluster(following: primary)
        settings.client.replicas = [.init(host: standby.folder)]
        settings.replicaStaleness = staleness
        let store = try await PostgresStore.open(settings)
        try await body(store, settings, standby)
        store.close()
        standby.stop()
        primary.stop()
    }

    /// Whether a read that may lag is answered by the standby, in one round trip and in several.
    private func answersFromReplica(_ store: PostgresStore, company: Int32? = nil) async throws -> Bool {
        let question = PostgresStatement("select pg_is_in_recovery()")
        return try await ReadFreshness.$mayLag.withValue(true) {
            let single = try await store.read("ask", company: company, question).value(as: Bool.self)
            let inSteps = try await store.snapshot("ask", company: company) {
                try await $0.query(question).value(as: Bool.self)
            }
            return single && inSteps
        }
    }

    /// Asks until the answer is the one wanted; every question takes a round trip, so this ends.
    private func eventually(_ wanted: Bool, _ body: () async throws -> Bool) async throws {
        for _ in 0..<100_000 where try await body() == wanted { return }
        Issue.record("never \(wanted)")
    }

    private func pause(_ standby: PostgresCluster, _ isPaused: Bool) async throws {
        try await TemporaryDatabase.administer(
            standby, "select pg_wal_replay_\(isPaused ? "pause" : "resume")()", requiringWrites: false)
    }

    @Test("only what may lag is read there; all else, and whatever was not asked for so, from the primary")
    func asked() async throws {
        try await withReplica(staleness: .seconds(60)) { store, _, _ in
            try await eventually(true) { try await answersFromReplica(store) }
            let question = PostgresStatement("select pg_is_in_recovery()")
            let isReplica = try await store.read("ask", question).value(as: Bool.self)
            #expect(!isReplica)
            try await store.checkReplicas()
        }
    }

    @Test("the primary may be named among the standbys, as where either may take over; a stranger may not")
    func primaryAmongStandbys() async throws {
        try await withReplica(staleness: .seconds(60)) { _, settings, _ in
            var both = settings
            both.client.replicas.append(settings.client.primary)
            let store = try await PostgresStore.open(both)
            #expect(store.replicaCount == 2)
            try await store.checkReplicas()
            store.close()
            let stranger = try PostgresCluster.shared()
            var wrong = settings
            wrong.client.database = "postgres"
            wrong.client.replicas = [TemporaryDatabase.settings(stranger, "postgres").client.primary]
            let other = try PostgresClient(wrong.client)
            #expect(try await other.replicasThatFollow() == 0)
            other.shutDown()
        }
    }

    @Test("nobody misses what this process wrote, though the standby stands still")
    func ownWrites() async throws {
        // So long that nothing but the write can send the reads to the primary.
        try await withReplica(staleness: .seconds(60)) { store, _, standby in
            let (scope, _) = try await Scenario.company(store, "own")
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
            try await pause(standby, true)
            for number in 1...5 {
                _ = try await store.insertEnrollmentToken(
                    scope: scope, token: Scenario.secret(500 + number), label: "\(number)", maximumUses: 1,
                    expiresAt: Scenario.now, at: Scenario.now)
                let labels = try await ReadFreshness.$mayLag.withValue(true) {
                    try await store.fetchEnrollmentTokens(scope: scope).map(\.label)
                }
                #expect(labels.contains("\(number)"))
            }
            try await pause(standby, false)
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
        }
    }

    @Test("what another process wrote is seen within the time set, though the standby stands still")
    func staleness() async throws {
        try await withReplica(staleness: .milliseconds(100)) { store, settings, standby in
            let (scope, _) = try await Scenario.company(store, "other")
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
            try await pause(standby, true)
            let other = try await PostgresStore.open(settings)
            _ = try await other.insertEnrollmentToken(
                scope: scope, token: Scenario.secret(900), label: "new", maximumUses: 1, expiresAt: Scenario.now,
                at: Scenario.now)
            other.close()
            try await eventually(true) {
                try await ReadFreshness.$mayLag.withValue(true) {
                    try await store.fetchEnrollmentTokens(scope: scope).contains { $0.label == "new" }
                }
            }
            // From here on it is behind for good, and is not asked.
            let isReplica = try await answersFromReplica(store, company: 1)
            #expect(!isReplica)
            try await pause(standby, false)
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
        }
    }

    @Test("a standby that died costs no read, and is used again when it is back")
    func death() async throws {
        try await withReplica(staleness: .seconds(60)) { store, _, standby in
            let (scope, _) = try await Scenario.company(store, "dead", agents: 3)
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<100 {
                            let agents = try await ReadFreshness.$mayLag.withValue(true) {
                                try await store.fetchAgents(scope: scope, query: AgentQuery(), page: PageRequest())
                            }
                            #expect(agents.items.count == 3)
                        }
                    }
                }
                standby.stop(keeping: true)
                try await group.waitForAll()
            }
            await #expect(throws: StoreError.self) { try await store.checkReplicas() }
            try standby.start()
            try await eventually(true) { try await answersFromReplica(store, company: 1) }
            try await store.checkReplicas()
        }
    }
}
