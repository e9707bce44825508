import PostgreSQL
import Stores

/// A numbered SQL file that changes the schema.
struct Migration: Sendable {
    /// The file's name without its number.
    let name: String
    /// The oldest program, by the number of its newest migration, that can work with the database afterwards.
    ///
    /// A migration that only adds (expands) keeps the number of the one before; one that takes away what an older program uses
    /// (contracts) raises it.
    let requires: Int
    let script: String
    /// Whether it takes something away, which waits until no older program is connected; what follows does not wait for it.
    var contracts = false
}

/// The files that make the schema, in the order of their numbers.
struct Migrations: Sendable {
    /// The first is number 1.
    let all: [Migration]

    /// The files of this build.
    static let bundled = Migrations(
        all: [
            ("create_accounts", 1, PackageResources._01_create_accounts_sql),
            ("create_catalogue", 2, PackageResources._02_create_catalogue_sql),
            ("create_inventories", 3, PackageResources._03_create_inventories_sql),
            ("create_counters", 4, PackageResources._04_create_counters_sql),
            ("create_findings_view", 4, PackageResources._05_create_findings_view_sql),
            ("create_audit", 4, PackageResources._06_create_audit_sql),
            ("create_api_tokens", 4, PackageResources._07_create_api_tokens_sql),
            ("add_agent_standing", 4, PackageResources._08_add_agent_standing_sql),
            ("create_exceptions", 4, PackageResources._09_create_exceptions_sql),
            ("create_notifications", 4, PackageResources._10_create_notifications_sql),
            ("create_triage", 4, PackageResources._11_create_triage_sql),
            ("add_justifications", 4, PackageResources._12_add_justifications_sql),
            ("index_lists", 4, PackageResources._13_index_lists_sql),
            ("create_retention", 4, PackageResources._14_create_retention_sql),
            ("create_password_resets", 4, PackageResources._15_create_password_resets_sql),
            ("create_enrollment_policies", 4, PackageResources._16_create_enrollment_policies_sql),
            ("create_package_blocks", 4, PackageResources._17_create_package_blocks_sql),
            ("drop_company_packages", 17, PackageResources._18_drop_company_packages_sql),
            ("create_scan_costs", 4, PackageResources._19_create_scan_costs_sql),
            ("add_running_state", 4, PackageResources._20_add_running_state_sql),
        ].map {
            Migration(
                name: $0.0, requires: $0.1, script: String(decoding: $0.2, as: UTF8.self),
                contracts: $0.0.hasPrefix("drop_"))
        })

    /// Held for the whole of a migration; another one waits for it.
    private static let lock = PostgresStatement("select pg_advisory_lock(7403, 0)")

    /// What of the database's history a program has to know: its newest migration and the oldest program it can serve. No rows before the
    /// first migration.
    private static let state = PostgresStatement(
        "select coalesce(max(version), 0), coalesce(max(requires), 0) from schema_migrations")

    private static let applied = PostgresStatement("select version from schema_migrations")

    /// What connections are called: the program's name, and the newest migration that it knows.
    var applicationName: String { "zerotrace \(all.count)" }

    /// Whether a program is connected that does not know this migration; those before number 17 gave no number.
    private static func olderPrograms(than version: Int) -> PostgresStatement {
        PostgresStatement(
            """
            select exists (select from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and (application_name = 'zerotrace'
                    or substring(application_name from '^zerotrace ([0-9]{1,9})$')::int8 < $1::int8))
            """, version)
    }

    /// Brings a database up to date, each script in a transaction of its own, and gives the role its rights. What takes something away from
    /// a program that is connected is left for the next time.
    ///
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, or what PostgreSQL says.
    func run(_ session: borrowing DedicatedSession, role: String) throws {
        // A migration may take its time; waiting for another one may not.
        try session.execute(
            "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set lock_timeout = '10min'")
        try session.query(Self.lock)
        try session.execute("set lock_timeout = '30s'")
        _ = try check(session)
        for index in try pending(session) where try !waits(all[index], session) { try step(index, session) }
        try session.transaction { try grant(role, session) }
    }

    /// How far a database is, without changing it.
    /// - Throws: What PostgreSQL says.
    func status(_ session: borrowing DedicatedSession) throws -> MigrationStatus {
        let exists = try session.query("select to_regclass('schema_migrations') is not null").value(as: Bool.self)
        let state = try exists ? session.query(Self.state) : nil
        let (pending, waiting) = try pending(session).reduce(into: ([String](), [String]())) { names, index in
            if try waits(all[index], session) {
                names.1.append(all[index].name)
            } else {
                names.0.append(all[index].name)
            }
        }
        return MigrationStatus(
            version: try state?.value(0, as: Int.self) ?? 0, supported: all.count,
            requires: try state?.value(1, as: Int.self) ?? 0, pending: pending, waiting: waiting)
    }

    /// Places of the migrations that were not run.
    private func pending(_ session: borrowing DedicatedSession) throws -> [Int] {
        let exists = try session.query("select to_regclass('schema_migrations') is not null").value(as: Bool.self)
        let done = try exists ? Set(session.query(Self.applied).map { try $0.get(0, as: Int.self) }) : []
        return all.indices.filter { !done.contains($0 + 1) }
    }

    private func waits(_ migration: Migration, _ session: borrowing DedicatedSession) throws -> Bool {
        guard migration.contracts else { return false }
        return try session.query(Self.olderPrograms(than: migration.requires)).value(as: Bool.self)
    }

    /// How far a database is; `nil` when nothing was ever migrated in it.
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)`` when a newer program took away what this one uses.
    func check(_ session: borrowing DedicatedSession) throws -> Int? {
        let exists = try session.query("select to_regclass('schema_migrations') is not null").value(as: Bool.self)
        guard exists else { return nil }
        return try check(try session.query(Self.state))
    }

    private func check(_ state: PostgresResult) throws -> Int {
        let (version, requires) = (try state.value(0, as: Int.self), try state.value(1, as: Int.self))
        guard requires <= all.count else { throw StoreError.databaseTooNew(found: version, supported: all.count) }
        return version
    }

    private func step(_ index: Int, _ session: borrowing DedicatedSession) throws {
        let migration = all[index]
        try session.execute("begin")
        do {
            try session.execute(migration.script)
            try session.query(
                "insert into schema_migrations (version, name, requires) values ($1::int8, $2, $3::int8)", index + 1,
                migration.name, migration.requires)
            try session.execute("commit")
        } catch {
            // The connection may be what failed; then the server rolls back by itself.
            try? session.execute("rollback")
            throw error
        }
    }

    /// Makes the role that the server acts as, if there is none, and lets it read and write rows and nothing else.
    private func grant(_ role: String, _ session: borrowing DedicatedSession) throws {
        let name = try session.query("select quote_ident($1)", role).value(as: String.self)
        let known = try session.query("select exists (select from pg_roles where rolname = $1)", role).value(
            as: Bool.self)
        if !known {
            try session.execute(
                """
                do $$ begin create role \(name) nologin;
                exception when duplicate_object or unique_violation then null; end $$
                """)
        }
        let mayAct = try session.query("select pg_has_role($1, 'member')", role).value(as: Bool.self)
        if !mayAct { try session.execute("grant \(name) to current_user") }
        try session.execute(
            """
            grant usage on schema public to \(name);
            grant select on schema_migrations, findings to \(name);
            grant select, insert, update, delete on
                companies, users, sessions, refresh_tokens, enrollment_tokens, api_tokens, agent_keys, packages, vulnerabilities, verdicts, meta,
                inventories, agents, agent_presence, agent_facts, agent_dates, uploads, package_holders, holder_blocks, package_date_blocks,
                company_vulnerabilities, company_hours, events, company_totals, free_inventory_numbers, agent_labels, exceptions,
                notification_endpoints, notifications, sla_policies, assignments, retention_policies, password_resets,
                enrollment_policies, scan_costs
                to \(name);
            grant select, insert on audit_entries, notes to \(name);
            grant select, insert, update on audit_heads to \(name);
            grant usage on sequence event_ids to \(name);
            """)
    }

    /// Whether a program with these migrations can work with the database as it is.
    ///
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, or ``StoreError/unavailable(_:)`` when the database has to be migrated
    ///   first.
    func checkUsable(_ client: PostgresClient) async throws {
        let exists = try await client.run(
            [PostgresStatement("select to_regclass('schema_migrations') is not null")], isRepeatable: true)
        guard try exists.first?.value(as: Bool.self) == true else { throw Self.notMigrated }
        let found = try await client.run([Self.state, Self.applied], isRepeatable: true)
        _ = try check(found[0])
        let done = Set(try found[1].map { try $0.get(0, as: Int.self) })
        guard all.indices.allSatisfy({ all[$0].contracts || done.contains($0 + 1) }) else { throw Self.notMigrated }
    }

    private static var notMigrated: StoreError {
        .unavailable("open: the database is not migrated yet; `zerotrace migrate` does it")
    }
}
