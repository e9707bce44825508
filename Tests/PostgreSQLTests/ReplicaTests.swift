import PostgreSQL
import PostgresTesting
import Testing

/// A primary and a streaming standby, each a server of its own.
@Suite("PostgreSQL client, replicas", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ReplicaTests {
    private static let isReplica = PostgresStatement("select pg_is_in_recovery()")

    /// Whether a read that allows it is answered by the replica.
    private func answersFromReplica(_ client: PostgresClient, maximumLag: Duration = .seconds(60)) async throws -> Bool
    {
        try await client.run([Self.isReplica], on: .replica(maximumLag: maximumLag), isRepeatable: true)[0].value()
    }

    /// Asks until the answer is the one wanted; every question takes a round trip, so this ends.
    private func eventually(_ wanted: Bool, _ body: () async throws -> Bool) async throws {
        for _ in 0..<20_000 where try await body() == wanted { return }
        Issue.record("never \(wanted)")
    }

    @Test("reads that allow it are answered by a replica that is near enough, all others by the primary")
    func routes() async throws {
        let primary = try PostgresCluster()
        let replica = try PostgresCluster(following: primary)
        try await withClient(of: primary, { $0.replicas = [.init(host: replica.folder)] }) { client in
            // The first questions are answered by the primary while the connection to the replica is made.
            try await eventually(true) { try await answersFromReplica(client) }
            try await expect(false) { try await client.run([Self.isReplica])[0].value() }
            try await withClient(of: replica, { $0.requiresWrites = false }) { standby in
                _ = try await standby.ask("select pg_wal_replay_pause()")
                // What is written now stays unknown to the replica, which says that it is behind.
                _ = try await client.ask("create table unknown (a int)")
                _ = try await client.ask("select pg_switch_wal()")
                try await eventually(false) { try await answersFromReplica(client, maximumLag: .milliseconds(1)) }
                _ = try await standby.ask("select pg_wal_replay_resume()")
                try await eventually(true) { try await answersFromReplica(client, maximumLag: .seconds(60)) }
            }
            replica.stop(keeping: true)
            for _ in 0..<20 { try await expect(false) { try await answersFromReplica(client) } }
            try replica.start()
            try await eventually(true) { try await answersFromReplica(client) }
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
