import PostgreSQL
import PostgresTesting
import Testing

@Suite("PostgreSQL transactions", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct TransactionTests {
    private struct Refusal: Error {}

    /// Lends a client and a table of its own.
    private func withTable<T>(
        _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresClient, String) async throws -> T
    ) async throws -> T {
        let table = "t_" + (try PostgresCluster.shared().freshName())
        return try await withClient(change) { client in
            _ = try await client.ask("create table \(table) (id int primary key, value int not null)")
            _ = try await client.ask("insert into \(table) values (1, 0), (2, 0)")
            return try await body(client, table)
        }
    }

    @Test("commits what returns and rolls back what throws")
    func commits() async throws {
        try await withTable { client, table in
            let answer = try await client.withTransaction { transaction in
                try await transaction.query("update \(table) set value = 5 where id = $1", 1).affectedRows
            }
            #expect(answer == 1)
            await #expect(throws: Refusal.self) {
                try await client.withTransaction { transaction in
                    try await transaction.query("update \(table) set value = 9")
                    throw Refusal()
                }
            }
            try await expect([5, 0]) {
                try await client.ask("select array_agg(value order by id) from \(table)").value(0, as: [Int32].self)
            }
        }
    }

    @Test("settings hold in the transaction and are gone after it, also on the same connection")
    func settings() async throws {
        try await withClient({ $0.maximumTransactions = 1 }) { client in
            var options = PostgresTransactionOptions()
            options.settings = ["zerotrace.company": "7"]
            let inside = try await client.withTransaction(options) {
                try await $0.query("select current_setting('zerotrace.company')").value(0, as: String.self)
            }
            let after = try await client.withTransaction {
                try await $0.query("select current_setting('zerotrace.company', true)").value(0, as: String?.self)
            }
            #expect(inside == "7")
            #expect((after ?? "") == "")
        }
    }

    @Test(
        "is run again when others were in the way",
        arguments: [PostgresTransactionOptions.Isolation.serializable, .repeatableRead])
    func retriesSerialization(_ isolation: PostgresTransactionOptions.Isolation) async throws {
        try await withTable { client, table in
            var options = PostgresTransactionOptions()
            options.isolation = isolation
            options.attempts = 50
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { [options] in
                        for _ in 0..<5 {
                            try await client.withTransaction(options) { transaction in
                                let value = try await transaction.query("select value from \(table) where id = 1")
                                    .value(0, as: Int.self)
                                try await transaction.query(
                                    "update \(table) set value = $1::int8 where id = 1", value + 1)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expect(40) {
                try await client.ask("select value from \(table) where id = 1").value(0, as: Int.self)
            }
        }
    }

    @Test("two that wait for each other both end well")
    func retriesDeadlocks() async throws {
        try await withTable { client, table in
            let tries = Counter()
            let gate = Gate(for: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            tries.next()
                            try await transaction.query(
                                "update \(table) set value = value + 1 where id = $1", order[0])
                            // Both hold their first row before either asks for its second.
                            await gate.pass()
                            try await transaction.query(
                                "update \(table) set value = value + 1 where id = $1", order[1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(tries.value == 3)
            try await expect([2, 2] as [Int32]) {
                try await client.ask("select array_agg(value order by id) from \(table)").value()
            }
        }
    }

    @Test("a statement that takes too long is ended by the server, and the connection stays good")
    func statementTimeout() async throws {
        try await withClient({
            $0.statementTimeout = .milliseconds(100); $0.maximumTransactions = 1
        }) { client in
            do {
                try await client.withTransaction { try await $0.query("select pg_sleep(30)") }
                Issue.record("nothing was thrown")
            } catch let error as PostgresError { #expect(error.state == .queryCanceled) }
            #expect(client.transactionConnections.open == 1)
            let one = try await client.withTransaction { try await $0.query("select 1::int4").value(0, as: Int.self) }
            #expect(one == 1)
        }
    }

    @Test("an answer that does not come is given up, and the next one does")
    func clientTimeout() async throws {
        try await withClient { client in
            await #expect(throws: PostgresError.self) {
                _ = try await client.run([PostgresStatement("select pg_sleep(30)")], timeout: .milliseconds(100))
            }
            try await expect(1) { try await client.ask("select 1::int4").value(0, as: Int.self) }
        }
    }

    @Test("more transactions than connections wait their turn")
    func turns() async throws {
        try await withClient({
            $0.maximumTransactions = 2; $0.acquireTimeout = .seconds(60)
        }) { client in
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await client.withTransaction { try await $0.query("select $1", number).value() }
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(done == Set(0..<40))
            #expect(client.transactionConnections.open <= 2)
        }
    }

    @Test("a transaction whose turn does not come is refused, and the others are not harmed")
    func exhaustion() async throws {
        try await withClient({
            $0.maximumTransactions = 2; $0.acquireTimeout = .milliseconds(700)
        }) { client in
            try await client.withTransaction { first in
                try await client.withTransaction { second in
                    do {
                        try await client.withTransaction { _ in }
                        Issue.record("nothing was thrown")
                    } catch PostgresError.exhausted {}
                    try await second.query("select 1")
                }
                try await first.query("select 1")
            }
            #expect(client.transactionConnections.waiting == 0)
        }
    }

    @Test("a cancelled task ends at once, stops its statement, and costs the pool no place")
    func cancellation() async throws {
        try await withTable({ $0.maximumTransactions = 1 }) { client, table in
            let (started, signal) = AsyncStream<Void>.makeStream()
            let task = Task {
                try await client.withTransaction { transaction in
                    try await transaction.query("update \(table) set value = 77")
                    signal.yield()
                    try await transaction.query("select pg_sleep(60)")
                }
            }
            for await _ in started { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // The update is rolled back and its locks are gone, or this would wait for a minute.
            let value = try await client.withTransaction { transaction in
                try await transaction.query("update \(table) set value = value + 1 where id = 1")
                return try await transaction.query("select value from \(table) where id = 1").value(0, as: Int.self)
            }
            #expect(value == 1)
            let waiting = Task { try await client.ask("select pg_sleep(60)") }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        }
    }

    @Test("a backend that is terminated costs a retry and nothing else")
    func terminatedBackend() async throws {
        try await withTable({ $0.maximumTransactions = 2 }) { client, table in
            let attempts = Counter()
            try await client.withTransaction { transaction in
                let pid = try await transaction.query("select pg_backend_pid()").value(0, as: Int.self)
                try await transaction.query("update \(table) set value = value + 1 where id = 1")
                if attempts.next() == 1 {
                    _ = try await client.ask("select pg_terminate_backend($1::int4)", Int32(pid))
                }
                try await transaction.query("update \(table) set value = value + 1 where id = 2")
            }
            #expect(attempts.value == 2)
            try await expect([1, 1]) {
                try await client.ask("select array_agg(value order by id) from \(table)").value(0, as: [Int32].self)
            }
        }
    }

    @Test("all backends terminated at once are replaced")
    func terminateAll() async throws {
        try await withClient({
            $0.applicationName = "terminate_all"; $0.maximumTransactions = 4
        }) { client in
            _ = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = try await client.withTransaction { try await $0.query("select pg_sleep(0.01)") }
                    }
                }
                try await group.waitForAll()
            }
            try await withClient { other in
                _ = try await other.ask(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'terminate_all'")
            }
            for _ in 0..<8 {
                try await expect(1) {
                    try await client.run([PostgresStatement("select 1::int4")], isRepeatable: true)[0].value(
                        0, as: Int.self)
                }
                try await expect(2) {
                    try await client.withTransaction { try await $0.query("select 2::int4").value(0, as: Int.self) }
                }
            }
        }
    }
}
