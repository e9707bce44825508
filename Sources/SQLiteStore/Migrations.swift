import GRDB
import Stores

/// The numbered SQL files that make the schema. `PRAGMA user_version` counts how many of them a database has seen.
struct Migrations: Sendable {
    /// The text of each file; the first is number 1.
    let scripts: [String]

    /// The files of this build, in the order of their numbers.
    static let bundled = Migrations(
        scripts: [
            PackageResources._01_create_accounts_sql,
            PackageResources._02_create_catalogue_sql,
            PackageResources._03_create_inventories_sql,
            PackageResources._04_create_counters_sql,
            PackageResources._05_create_audit_sql,
            PackageResources._06_create_api_tokens_sql,
            PackageResources._07_add_agent_standing_sql,
            PackageResources._08_create_exceptions_sql,
            PackageResources._09_create_notifications_sql,
            PackageResources._10_create_triage_sql,
            PackageResources._11_add_justifications_sql,
            PackageResources._12_create_retention_sql,
            PackageResources._13_create_password_resets_sql,
            PackageResources._14_create_enrollment_policies_sql,
            PackageResources._15_create_scan_costs_sql,
            PackageResources._16_add_running_state_sql,
        ].map { String(decoding: $0, as: UTF8.self) })

    /// Brings a database up to date, each script in a transaction of its own.
    ///
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, or what SQLite says.
    func run(_ db: Database) throws {
        while try step(db) {}
    }

    /// Runs the next script. The version is read under the write lock, so that two processes never run the same script.
    private func step(_ db: Database) throws -> Bool {
        var isFinished = false
        try db.inTransaction(.immediate) {
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard version <= scripts.count else {
                throw StoreError.databaseTooNew(found: version, supported: scripts.count)
            }
            isFinished = version == scripts.count
            guard !isFinished else { return .commit }
            try db.execute(sql: scripts[version])
            try db.execute(sql: "PRAGMA user_version = \(version + 1)")
            return .commit
        }
        return !isFinished
    }
}
