import ArgumentParser
import PostgresStore

/// Brings the database to what this program needs.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database up to date, or see how far it is.",
        discussion: """
            One process at a time migrates; others wait. Programs of the version before go on working meanwhile and afterwards. DB_USER must \
            be allowed to make tables, and roles unless DB_ROLE exists. An SQLite database is migrated when it is opened.
            """)
    @OptionGroup var data: DataOptions
    @Flag(help: "Say what would be done, and do nothing.") var dryRun = false
    @Flag(help: "Say how far the database is. Exit status 1 when migrations are missing, 2 when it is too new.")
    var status =
        false

    func run() async throws {
        let deployment = try data.deployment()
        guard let database = deployment.database else {
            if !status, !dryRun { _ = try await deployment.openStore() }
            print("SQLite in \(deployment.data.path): migrated whenever it is opened")
            return
        }
        let found = try await PostgresStore.migrationStatus(database)
        if found.isTooNew {
            throw Refusal(
                "the database is at migration \(found.version), and this program knows \(found.supported): take a newer program"
            )
        }
        if status || dryRun { return try show(found) }
        try await PostgresStore.migrate(database)
        print(found.pending.isEmpty ? "nothing to do" : "done: " + found.pending.joined(separator: ", "))
        showWaiting(found)
    }

    private func showWaiting(_ found: MigrationStatus) {
        guard !found.waiting.isEmpty else { return }
        print(
            "waiting until programs of the version before have ended, then migrate once more: "
                + found.waiting.joined(separator: ", "))
    }

    private func show(_ found: MigrationStatus) throws {
        print("migration \(found.version) of \(found.supported)")
        for name in found.pending { print("missing: \(name)") }
        showWaiting(found)
        if status, !found.pending.isEmpty { throw ExitCode(1) }
    }
}
