import PostgreSQL
import PostgresTesting
import Testing

/// Each test has a server of its own, as it takes it down.
@Suite("PostgreSQL client, its server lost", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ServerLossTests {
    @Test("goes on after the server crashed and came back, and meanwhile says that it cannot connect")
    func restarts() async throws {
        let cluster = try PostgresCluster()
        try await withClient(of: cluster, { $0.acquireTimeout = .milliseconds(200) }) { client in
            _ = try await client.ask("create table kept (a int)")
            try await client.withTransaction { try await $0.query("insert into kept values (1)") }
            cluster.stop(keeping: true)
            for _ in 0..<2 {
                await #expect(throws: PostgresError.self) {
                    _ = try await client.run([PostgresStatement("select 1")], isRepeatable: true)
                }
                await #expect(throws: PostgresError.self) { try await client.withTransaction { _ in } }
            }
            try cluster.start()
            try await expect(1) { try await client.ask("select count(*) from kept").value(0, as: Int.self) }
            try await client.withTransaction { try await $0.query("insert into kept values (2)") }
        }
        cluster.stop()
    }

    @Test("requests that come while the server is away wait for it")
    func waits() async throws {
        let cluster = try PostgresCluster()
        try await withClient(of: cluster, { $0.acquireTimeout = .seconds(30) }) { client in
            _ = try await client.ask("create table counted (a int)")
            cluster.stop(keeping: true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        _ = try await client.withTransaction {
                            try await $0.query("insert into counted values ($1::int4)", Int32(number))
                        }
                    }
                }
                try cluster.start()
                try await group.waitForAll()
            }
            try await expect(20) {
                try await client.ask("select count(distinct a) from counted").value(0, as: Int.self)
            }
        }
        cluster.stop()
    }

    @Test("a wrong password, or no such database, is said at once")
    func refused() async throws {
        try await withClient({ $0.database = "nobody_made_it" }) { client in
            do {
                _ = try await client.ask("select 1")
                Issue.record("nothing was thrown")
            } catch let PostgresError.cannotConnect(failure) { #expect(failure.reason == .refused) }
        }
    }
}
