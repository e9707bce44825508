import Foundation
import PostgreSQL
import PostgresTesting
import Synchronization
import Testing

@testable import PostgresStore

/// Whether tests can run; otherwise they are skipped, visibly.
let hasServer = PostgresCluster.isAvailable

/// Databases of the shared server.
enum TemporaryDatabase {
    private static let template = Mutex<Task<String, any Error>?>(nil)

    static func settings(_ cluster: PostgresCluster, _ database: String) -> DatabaseSettings {
        var client = PostgresConfiguration(
            primary: .init(host: cluster.folder), database: database, user: PostgresCluster.superuser)
        // Many stores share one server in tests.
        (client.lanes, client.maximumTransactions, client.acquireTimeout) = (1, 4, .seconds(60))
        return DatabaseSettings(client: client)
    }

    /// Runs a statement as the superuser.
    static func administer(
        _ cluster: PostgresCluster, _ sql: String, in database: String = "postgres", requiringWrites: Bool = true
    ) async throws {
        var configuration = settings(cluster, database).client
        configuration.requiresWrites = requiringWrites
        let client = try PostgresClient(configuration)
        defer { client.shutDown() }
        _ = try await client.run([PostgresStatement(sql)])
    }

    /// An empty database.
    static func empty() async throws -> DatabaseSettings {
        let cluster = try PostgresCluster.shared()
        let name = cluster.freshName()
        try await administer(cluster, "create database \(name)")
        return settings(cluster, name)
    }

    /// A database with its schema, copied from one that was migrated once.
    static func migrated() async throws -> DatabaseSettings {
        let cluster = try PostgresCluster.shared()
        let task = template.withLock { task in
            if let task { return task }
            let made = Task {
                let settings = try await empty()
                try await PostgresStore.migrate(settings)
                return settings.client.database
            }
            task = made
            return made
        }
        let name = cluster.freshName()
        try await administer(cluster, "create database \(name) template \(try await task.value)")
        return settings(cluster, name)
    }

    static func drop(_ settings: DatabaseSettings) async throws {
        try await administer(
            try PostgresCluster.shared(), "drop database if exists \(settings.client.database) with (force)")
    }
}

/// Lends a store in a database of its own and takes both away afterwards.
func withTemporaryStore<T>(_ body: (PostgresStore, DatabaseSettings) async throws -> T) async throws -> T {
    let settings = try await TemporaryDatabase.migrated()
    let store = try await PostgresStore.open(settings)
    let result: T
    do { result = try await body(store, settings) } catch {
        store.close()
        try await TemporaryDatabase.drop(settings)
        throw error
    }
    store.close()
    try await TemporaryDatabase.drop(settings)
    return result
}
