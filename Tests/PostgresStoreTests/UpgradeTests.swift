import PostgreSQL
import PostgresTesting
@_spi(Minting) import Stores
import Testing

@testable import PostgresStore

/// Sets of inventories and dates of packages in blocks, and as programs before migration 17 have them.
@Suite("PostgreSQL store, package blocks", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct UpgradeTests {
    /// Rows that one kind of program sees and the other does not.
    private static let differences = """
        select (select count(*) from (select * from package_holders where length(holders) <= 48) o full join (
                select b.company_id, (b.block * 32 + s.place - 1)::integer as package_id, b.segment, s.holders
                from holder_blocks b cross join lateral unnest(b.holders) with ordinality s (holders, place) where s.holders is not null) n
                using (company_id, package_id, segment) where o.holders is distinct from n.holders)
            + (select count(*) from company_packages o full join (
                select b.company_id, (b.block * 64 + s.place - 1)::integer as package_id, s.date
                from package_date_blocks b cross join lateral unnest(b.first_seen) with ordinality s (date, place) where s.date is not null) n
                using (company_id, package_id) where o.first_seen_at is distinct from n.date)
            + (select count(*) from holder_blocks where cardinality(array_remove(holders, null)) = 0)
            + (select count(*) from package_date_blocks where cardinality(array_remove(first_seen, null)) = 0)
        """

    private static func migrations(_ count: Int) -> Migrations {
        Migrations(all: Array(Migrations.bundled.all.prefix(count)))
    }

    private func run(_ sql: String, _ settings: DatabaseSettings) async throws {
        try await TemporaryDatabase.administer(try PostgresCluster.shared(), sql, in: settings.client.database)
    }

    /// What a program of the version before has written, and a connection of it that stays.
    private func withOlderProgram(_ body: (DatabaseSettings, PostgresClient) async throws -> Void) async throws {
        let settings = try await TemporaryDatabase.empty()
        // The grants at the end name tables that are not there yet.
        _ = try? await PostgresStore.migrate(settings, Self.migrations(16))
        for sql in [
            "insert into companies (uuid, name, name_key, created_at) select gen_random_uuid(), n, n, now() from (values ('a'), ('b')) c (n)",
            """
            insert into package_holders
            select c.id, p, s, case when p % 7 = 0 then sha512('x') else '\\x0001' end
            from companies c, generate_series(1, 500) p, generate_series(0, 1) s where p % 3 <> 0
            """,
            "insert into company_packages select c.id, p, timestamptz 'epoch' + p * interval '1 day' from companies c, generate_series(1, 500) p",
        ] { try await run(sql, settings) }
        let older = try PostgresClient(settings.client)
        _ = try await older.run([PostgresStatement("select 1")])
        try await body(settings, older)
        older.shutDown()
        try await TemporaryDatabase.drop(settings)
    }

    private func differences(_ client: PostgresClient) async throws -> Int {
        try await client.run([PostgresStatement(Self.differences)])[0].value()
    }

    @Test("a program of the version before goes on while it is connected, and both see what either writes")
    func bothWrite() async throws {
        try await withOlderProgram { settings, older in
            try await PostgresStore.migrate(settings)
            let status = try await PostgresStore.migrationStatus(settings)
            #expect(status.pending == [] && status.waiting == ["drop_company_packages"])
            var found = try await differences(older)
            #expect(found == 0)
            for sql in [
                """
                insert into package_holders values (1, 3, 0, '\\x0002'), (1, 5, 0, sha512('y')), (1, 7, 0, '\\x0003'), (1, 900, 4, '\\x0004')
                on conflict (company_id, package_id, segment) do update set holders = excluded.holders
                """,
                "delete from package_holders where company_id = 2 and package_id < 40",
                "insert into company_packages values (1, 900, 'epoch')",
                "update company_packages set first_seen_at = '2001-01-01' where company_id = 1 and package_id = 4",
                "delete from company_packages where company_id = 2 and package_id < 70",
            ] {
                _ = try await older.run([PostgresStatement(sql)])
                found = try await differences(older)
                #expect(found == 0, "\(sql)")
            }
            let store = try await PostgresStore.open(settings)
            let (scope, agents) = try await Scenario.company(store, "company", agents: 3)
            for (agent, packages) in [(0, [1, 2, 3]), (1, [2, 3, 70]), (0, [2, 90]), (1, [4]), (2, [1, 4])] {
                try await Scenario.apply(store, scope, agents[agent], packages)
                found = try await differences(older)
                #expect(found == 0, "\(packages)")
            }
            try await growAndShrink(store, company: 3) {
                let found = try await differences(older)
                #expect(found == 0)
            }
            store.close()
        }
    }

    @Test("what it used is taken away when it has ended, and not before")
    func takenAwayLater() async throws {
        try await withOlderProgram { settings, older in
            try await PostgresStore.migrate(settings)
            try await PostgresStore.migrate(settings)
            var status = try await PostgresStore.migrationStatus(settings)
            #expect(status.waiting == ["drop_company_packages"] && status.requires == 4)
            let store = try await PostgresStore.open(settings)
            let (scope, agents) = try await Scenario.company(store, "company")
            try await Scenario.apply(store, scope, agents[0], [1, 2, 3])
            try await run(
                """
                select pg_terminate_backend(pid, 60000) from pg_stat_activity
                where datname = current_database() and application_name = 'zerotrace' and pid <> pg_backend_pid()
                """, settings)
            try await PostgresStore.migrate(settings)
            status = try await PostgresStore.migrationStatus(settings)
            #expect(status.waiting == [] && status.requires == 17)
            try await Scenario.apply(store, scope, agents[0], [2, 3, 4])
            try await run("select 1 / count(*) from package_holders where length(holders) > 48", settings)
            await #expect(throws: (any Error).self) { try await run("select from company_packages", settings) }
            store.close()
        }
    }

    @Test("a set moves between blocks and rows of its own as it grows and shrinks")
    func moves() async throws {
        try await withTemporaryStore { store, settings in
            _ = try await store.insertCompany(named: "company", at: Scenario.now)
            try await growAndShrink(store, company: 1) {}
            try await run("select 1 / (1 - count(*)::int) from holder_blocks", settings)
            try await run("select 1 / (1 - count(*)::int) from package_holders", settings)
        }
    }

    /// Adds inventories to two neighbours until they have rows of their own, and takes all away again.
    private func growAndShrink(_ store: PostgresStore, company: Int32, _ check: () async throws -> Void) async throws {
        let packages: [Int64] = [4000, 4001]
        let numbers = Array(stride(from: Int32(0), to: 8192 + 900, by: 9))
        for held in [true, false] {
            for part in [numbers.prefix(20), numbers.dropFirst(20)] {
                try await store.write("change", company: company) { transaction in
                    let query = Holders.query(company: company, packages: packages, numbers: Array(part))
                    var holders = try Holders(company: company, try await transaction.query(query))
                    for number in part { holders.set(packages, in: number, held: held) }
                    try await transaction.run(holders.statements())
                }
                try await check()
                let expected =
                    held
                    ? numbers.prefix(part.last == numbers.last ? numbers.count : 20)
                    : numbers.suffix(part.last == numbers.last ? 0 : numbers.count - 20)
                let found = try await store.write("read", company: company) { transaction in
                    try await Holders.fetch(company: company, packages: packages, transaction)
                }
                for package in packages { #expect(found[package]?.numbers ?? [] == expected.map { Int($0) }) }
            }
        }
    }
}
