import Foundation
import PostgreSQL
import PostgresTesting
import Testing

@Suite("PostgreSQL client", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ClientTests {
    @Test("many requests at once get their own answers")
    func pipelines() async throws {
        try await withClient { client in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let found = try await client.ask("select $1 + 1", number).value(0, as: Int.self)
                        #expect(found == number + 1)
                        return found
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500 * 501 / 2)
        }
    }

    @Test("a connection begins with its settings, its limit and its name")
    func settings() async throws {
        try await withClient({
            $0.settings = ["random_page_cost": "1.5"]; $0.applicationName = "named"
        }) { client in
            let found = try await client.ask(
                """
                select current_setting('random_page_cost'), current_setting('statement_timeout'), current_setting('application_name')
                """)
            for (column, value) in ["1.5", "30s", "named"].enumerated() {
                try await expect(value) { try found.value(column) }
            }
        }
    }

    @Test("one request's error is not its neighbours'")
    func errorsStayApart() async throws {
        try await withClient({ $0.lanes = 1 }) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        do {
                            let found = try await client.ask("select 10 / $1", number % 3).value(0, as: Int.self)
                            #expect(found == 10 / (number % 3))
                        } catch let error as PostgresError {
                            #expect(number % 3 == 0)
                            #expect(error.state?.rawValue == "22012")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a request is one transaction: what was set in it does not leak, what failed left nothing")
    func requestIsTransaction() async throws {
        try await withClient({ $0.lanes = 1 }) { client in
            let inside = try await client.run([
                .setting("zerotrace.company", to: "7"),
                PostgresStatement("select current_setting('zerotrace.company')"),
            ])
            #expect(try inside[1].value(0, as: String.self) == "7")
            let outside = try await client.ask("select current_setting('zerotrace.company', true)")
            #expect(try (outside.value(0, as: String?.self) ?? "") == "")
            _ = try await client.ask("create temporary table leaves (a int)")
            await #expect(throws: PostgresError.self) {
                _ = try await client.run([
                    PostgresStatement("insert into leaves values (1)"), PostgresStatement("select 1 / 0"),
                ])
            }
            try await expect(0) { try await client.ask("select count(*) from leaves").value(0, as: Int.self) }
        }
    }

    @Test("errors carry code and constraint, and printing one shows no argument")
    func errors() async throws {
        try await withClient({ $0.lanes = 1 }) { client in
            _ = try await client.ask("create temporary table people (name text constraint people_name unique)")
            _ = try await client.ask("insert into people values ($1)", "secret-name")
            do {
                _ = try await client.ask("insert into people values ($1)", "secret-name")
                Issue.record("nothing was thrown")
            } catch let PostgresError.server(error) {
                #expect(error.state == .uniqueViolation)
                #expect(error.constraint == "people_name")
                #expect("\(PostgresError.server(error))" == "SQLSTATE 23505 (people_name)")
            }
            do { _ = try await client.ask("select 'secret-value'::int") } catch {
                #expect(!"\(error)".contains("secret-value"))
            }
        }
    }

    @Test("no print of a configuration shows its password")
    func passwords() {
        let configuration = PostgresConfiguration(
            primary: .init(host: "db"), database: "zerotrace", user: "app", password: "hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("a statement is prepared once, and again after it failed")
    func preparesOnce() async throws {
        try await withClient({ $0.lanes = 1 }) { client in
            for number in 0..<5 { _ = try await client.ask("select $1 * 2", number) }
            let count = "select count(*) from pg_prepared_statements where statement = 'select $1 * 2'"
            try await expect(1) { try await client.ask(count).value(0, as: Int.self) }
            for _ in 0..<2 {
                await #expect(throws: PostgresError.self) { _ = try await client.ask("select * from later") }
            }
            _ = try await client.ask("create temporary table later (a int)")
            try await expect(0) { try await client.ask("select * from later").count }
        }
    }

    @Test("a statement whose parameters change their types is sent as it is")
    func otherTypes() async throws {
        try await withClient({ $0.lanes = 1 }) { client in
            try await expect("1") { try await client.ask("select $1::text", 1).value(0, as: String.self) }
            try await expect("a") { try await client.ask("select $1::text", "a").value(0, as: String.self) }
            try await expect("true") { try await client.ask("select $1::text", true).value(0, as: String.self) }
        }
    }

    @Test("what is larger than a message, or has too many parameters, is refused before it is sent")
    func tooLarge() async throws {
        try await withClient { client in
            let many = [any PostgresEncodable](repeating: 1, count: 70_000)
            await #expect(throws: PostgresError.self) {
                _ = try await client.run([PostgresStatement("select 1", many)])
            }
            try await expect(1) { try await client.ask("select 1::int4").value(0, as: Int.self) }
        }
    }

    @Test("results of many megabytes arrive whole")
    func large() async throws {
        try await withClient { client in
            let text = String(repeating: "x", count: 3_000_000)
            let results = try await client.run((0..<4).map { _ in PostgresStatement("select $1", text) })
            for result in results { #expect(try result.value(0, as: String.self).utf8.count == 3_000_000) }
        }
    }

    @Test("after the end everything is refused, nothing hangs")
    func shutDown() async throws {
        let cluster = try PostgresCluster.shared()
        let client = try PostgresClient(
            PostgresConfiguration(
                primary: .init(host: cluster.folder), database: "postgres", user: PostgresCluster.superuser))
        _ = try await client.ask("select 1")
        let waiting = Task { try await client.ask("select pg_sleep(60)") }
        _ = try await client.ask("select 1")
        client.shutDown()
        await #expect(throws: PostgresError.self) { _ = try await waiting.value }
        await #expect(throws: PostgresError.self) { _ = try await client.ask("select 1") }
        await #expect(throws: PostgresError.self) { try await client.withTransaction { _ in } }
    }

    @Test("COPY writes rows, and none when one is wrong")
    func copies() async throws {
        try await withClient { client in
            let counts = try await client.withDedicatedSession { session in
                try session.execute("create temporary table copied (a int not null, b text)")
                let rows = (0..<10_000).map {
                    [Int32($0), $0 % 2 == 0 ? String?.some("é\($0)") : nil] as [any PostgresEncodable]
                }
                let written = try session.copy(into: "copied (a, b)", rows: rows)
                #expect(throws: PostgresError.self) {
                    _ = try session.copy(into: "copied (a, b)", rows: [[Int32?.none, "x"]])
                }
                let found = try session.query("select count(*), count(b), max(b) from copied")
                return [written, try found.value(0, as: Int.self), try found.value(1, as: Int.self)]
            }
            #expect(counts == [10_000, 10_000, 5_000])
        }
    }
}
