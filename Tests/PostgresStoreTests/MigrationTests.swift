import PostgreSQL
import PostgresTesting
import Stores
import Testing

@testable import PostgresStore

@Suite("PostgreSQL store, migrations", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct MigrationTests {
    private let newest = Migrations.bundled.all.count

    /// Lends an empty database.
    private func withEmptyDatabase(_ body: (DatabaseSettings) async throws -> Void) async throws {
        let settings = try await TemporaryDatabase.empty()
        try await body(settings)
        try await TemporaryDatabase.drop(settings)
    }

    private func versions(_ settings: DatabaseSettings) async throws -> [Int] {
        let client = try PostgresClient(settings.client)
        defer { client.shutDown() }
        return try await client.run([PostgresStatement("select version from schema_migrations order by version")])[0]
            .map { try $0.get(0) }
    }

    @Test("many at once run each script once")
    func concurrently() async throws {
        try await withEmptyDatabase { settings in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await PostgresStore.migrate(settings) } }
                try await group.waitForAll()
            }
            let found = try await versions(settings)
            #expect(found == Array(1...newest))
            let store = try await PostgresStore.open(settings)
            try await store.checkHealth()
            store.close()
        }
    }

    @Test("a database that was never migrated, or not far enough, is refused", arguments: [0, 1, 3])
    func refusesOlder(_ version: Int) async throws {
        try await withEmptyDatabase { settings in
            if version > 0 {
                // The grants at the end name tables that are not there yet.
                _ = try? await PostgresStore.migrate(
                    settings, Migrations(all: Array(Migrations.bundled.all.prefix(version))))
            } else {
                try await TemporaryDatabase.administer(
                    try PostgresCluster.shared(), "grant connect on database \(settings.client.database) to public")
            }
            await #expect(throws: StoreError.self) { _ = try await PostgresStore.open(settings) }
            try await PostgresStore.migrate(settings)
            let store = try await PostgresStore.open(settings)
            store.close()
        }
    }

    @Test("a database from which a newer version took something away is refused and left as it is")
    func refusesNewer() async throws {
        try await withTemporaryStore { _, settings in
            let cluster = try PostgresCluster.shared()
            try await TemporaryDatabase.administer(
                cluster, "insert into schema_migrations (version, name, requires) values (99, 'later', 99)",
                in: settings.client.database)
            let error = StoreError.databaseTooNew(found: 99, supported: newest)
            await #expect(throws: error) { _ = try await PostgresStore.open(settings) }
            await #expect(throws: error) { try await PostgresStore.migrate(settings) }
            let found = try await versions(settings)
            #expect(found.last == 99)
        }
    }

    @Test("a database to which a newer version only added goes on serving")
    func servesExpanded() async throws {
        try await withTemporaryStore { store, settings in
            let cluster = try PostgresCluster.shared()
            for sql in [
                "insert into schema_migrations (version, name, requires) values (99, 'later', \(newest))",
                "alter table agents add column added text", "create table added (a int)",
            ] { try await TemporaryDatabase.administer(cluster, sql, in: settings.client.database) }
            let again = try await PostgresStore.open(settings)
            let (scope, agents) = try await Scenario.company(again, "company")
            try await Scenario.apply(again, scope, agents[0], [1, 2, 3])
            let found = try await store.verify()
            #expect(found == [])
            again.close()
        }
    }

    @Test("a script that fails leaves nothing behind")
    func rollsBack() async throws {
        try await withEmptyDatabase { settings in
            let broken = Migration(
                name: "broken", requires: 1, script: "create table half (a int); create table companies (a int)")
            let migrations = Migrations(all: [Migrations.bundled.all[0], broken])
            await #expect(throws: StoreError.failed("migrate: SQLSTATE 42P07")) {
                try await PostgresStore.migrate(settings, migrations)
            }
            let found = try await versions(settings)
            #expect(found == [1])
            try await PostgresStore.migrate(settings)
        }
    }

    @Test("numbers and requirements of the scripts are in order")
    func inOrder() {
        for (index, migration) in Migrations.bundled.all.enumerated() {
            #expect((1...index + 1).contains(migration.requires), "\(migration.name)")
            #expect(migration.contracts || migration.requires <= 4, "\(migration.name) takes something away")
            #expect(migration.script.hasPrefix("--"))
        }
    }

    @Test("an owner that is no superuser can migrate, and another that may only act as the role can serve")
    func plainRoles() async throws {
        try await withEmptyDatabase { settings in
            let cluster = try PostgresCluster.shared()
            let (database, owner, server) = (
                settings.client.database, "owner_of_\(settings.client.database)",
                "server_of_\(settings.client.database)"
            )
            let role = "app_of_\(database)"
            for sql in [
                "create role \(owner) login createrole", "create role \(server) login",
                "alter database \(database) owner to \(owner)",
            ] { try await TemporaryDatabase.administer(cluster, sql) }
            try await TemporaryDatabase.administer(cluster, "alter schema public owner to \(owner)", in: database)
            var own = settings
            (own.client.user, own.role) = (owner, role)
            try await PostgresStore.migrate(own)
            try await TemporaryDatabase.administer(cluster, "grant \(role) to \(server)")
            own.client.user = server
            let store = try await PostgresStore.open(own)
            let (scope, agents) = try await Scenario.company(store, "company")
            try await Scenario.apply(store, scope, agents[0], [1, 2, 3])
            let found = try await store.verify()
            #expect(found == [])
            store.close()
            try await TemporaryDatabase.drop(settings)
            for name in [server, owner] { try await TemporaryDatabase.administer(cluster, "drop role \(name)") }
            try await TemporaryDatabase.administer(cluster, "drop role \(role)")
        }
    }
}
