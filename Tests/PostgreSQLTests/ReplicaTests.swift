import PostgreSQL
import PostgresTesting
import Testing

/// A primary and a streaming standby, each a server of its own.
@Suite("PostgreSQL client, replicas", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ReplicaTests {
    private static let isReplica = PostgresStatement("select pg_is_in_recovery()")

    /// Whether a read that allows it is answered by the replica: requests and transactions alike.
    private func answersFromReplica(_ client: PostgresClient, _ position: PostgresPosition) async throws -> Bool {
        var reading = PostgresTransactionOptions()
        (reading.isReadOnly, reading.isolation) = (true, .repeatableRead)
        let route = PostgresClient.Route.replica(atLeast: position)
        let single = try await client.run([Self.isReplica], on: route, isRepeatable: true)[0].value(as: Bool.self)
        let inSteps = try await client.withTransaction(reading, on: route) {
            try await $0.query(Self.isReplica).value(as: Bool.self)
        }
        return single && inSteps
    }

    /// Asks until the answer is the one wanted; every question takes a round trip, so this ends.
    private func eventually(_ wanted: Bool, _ body: () async throws -> Bool) async throws {
        for _ in 0..<20_000 where try await body() == wanted { return }
        Issue.record("never \(wanted)")
    }

    @Test("reads that allow it are answered by a replica that is far enough, all others by the primary")
    func routes() async throws {
        let primary = try PostgresCluster()
        let replica = try PostgresCluster(following: primary)
        try await withClient(of: primary, { $0.replicas = [.init(host: replica.folder)] }) { client in
            let before = try await client.currentPosition()
            // The first questions are answered by the primary while the connection to the replica is made.
            try await eventually(true) { try await answersFromReplica(client, before) }
            try await expect(false) { try await client.run([Self.isReplica])[0].value() }
            try await expect(false) { try await client.withTransaction { try await $0.query(Self.isReplica).value() } }
            try await withClient(of: replica, { $0.requiresWrites = false }) { standby in
                _ = try await standby.ask("select pg_wal_replay_pause()")
                // What is written now stays unknown to the replica: who needs it is sent to the primary, others are not.
                _ = try await client.ask("create table unknown (a int)")
                let after = try await client.currentPosition()
                try await expect(false) { try await answersFromReplica(client, after) }
                try await expect(1) {
                    try await client.run(
                        [PostgresStatement("select count(*) from pg_class where relname = 'unknown'")],
                        on: .replica(atLeast: after))[0].value()
                }
                try await expect(true) { try await answersFromReplica(client, before) }
                _ = try await standby.ask("select pg_wal_replay_resume()")
                try await eventually(true) { try await answersFromReplica(client, after) }
            }
            replica.stop(keeping: true)
            for _ in 0..<20 { try await expect(false) { try await answersFromReplica(client, before) } }
            try replica.start()
            try await eventually(true) { try await answersFromReplica(client, before) }
        }
        replica.stop()
        primary.stop()
    }

    @Test("a replica that takes over is no replica any longer: nothing is read from it as from one")
    func promotion() async throws {
        let primary = try PostgresCluster()
        let replica = try PostgresCluster(following: primary)
        try await withClient(of: primary, { $0.replicas = [.init(host: replica.folder)] }) { client in
            let position = try await client.currentPosition()
            try await eventually(true) { try await answersFromReplica(client, position) }
            try await withClient(of: replica, { $0.requiresWrites = false }) { standby in
                try await expect(true) { try await standby.ask("select pg_promote()").value() }
                _ = try await standby.ask("create table elsewhere (a int)")
            }
            try await expect(false) {
                try await client.run(
                    [PostgresStatement("select to_regclass('elsewhere') is not null")],
                    on: .replica(atLeast: position))[0].value()
            }
        }
        replica.stop()
        primary.stop()
    }

    @Test("what a transaction on a replica throws comes back as it is, and it is not run again on the primary")
    func failures() async throws {
        struct Own: Error {}
        let primary = try PostgresCluster()
        let replica = try PostgresCluster(following: primary)
        try await withClient(of: primary, { $0.replicas = [.init(host: replica.folder)] }) { client in
            let position = try await client.currentPosition()
            try await eventually(true) { try await answersFromReplica(client, position) }
            var reading = PostgresTransactionOptions()
            reading.isReadOnly = true
            let runs = Counter()
            await #expect(throws: Own.self) {
                try await client.withTransaction(reading, on: .replica(atLeast: position)) { _ in
                    runs.next()
                    throw Own()
                }
            }
            #expect(runs.value == 1)
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction(reading, on: .replica(atLeast: position)) {
                    try await $0.query("select nonsense")
                }
            }
            try await expect(true) { try await answersFromReplica(client, position) }
        }
        replica.stop()
        primary.stop()
    }

    @Test("when the standby takes over, writes go on there")
    func failsOver() async throws {
        let primary = try PostgresCluster()
        let standby = try PostgresCluster(following: primary)
        let change: (inout PostgresConfiguration) -> Void = {
            $0.primary.host = "\(primary.folder),\(standby.folder)"
            $0.acquireTimeout = .seconds(60)
        }
        try await withClient(of: primary, change) { client in
            _ = try await client.ask("create table kept (a int)")
            try await client.withTransaction { try await $0.query("insert into kept values (1)") }
            try await withClient(of: standby, { $0.requiresWrites = false }) { other in
                try await eventually(true) {
                    let known = try await other.ask("select to_regclass('kept') is not null").value(as: Bool.self)
                    guard known else { return false }
                    return try await other.ask("select count(*) from kept").value(as: Int.self) == 1
                }
                primary.stop(keeping: true)
                try await expect(true) { try await other.ask("select pg_promote()").value() }
            }
            try await client.withTransaction { try await $0.query("insert into kept values (2)") }
            try await expect(2) {
                try await client.run([PostgresStatement("select count(*) from kept")], isRepeatable: true)[0].value()
            }
        }
        standby.stop()
        primary.stop()
    }
}
