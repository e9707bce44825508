import Foundation
import PostgreSQL
import PostgresStore
import PostgresTesting
import SQLiteStore
import Stores

/// A store for one test, which ends with it.
public final class TestBackend: Sendable {
    /// What keeps the data.
    public enum Kind: String, Sendable, CaseIterable {
        /// A file.
        case sqlite
        /// A server.
        case postgres

        /// Those that can be had on this machine.
        public static var available: [Kind] { PostgresCluster.isAvailable ? allCases : [.sqlite] }
    }

    /// The store itself.
    public let store: any Store
    private let end: @Sendable () -> Void

    /// Makes one that is empty.
    public init(_ kind: Kind) async throws {
        switch kind {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("backend-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let store = try SQLiteStore(path: folder.appendingPathComponent("test.sqlite").path)
            self.store = store
            end = {
                try? store.close()
                try? FileManager.default.removeItem(at: folder)
            }
        case .postgres:
            let store = try await PostgresStore.open(try await Self.migratedDatabase())
            self.store = store
            // The database goes with the server, which ends with this process.
            end = { store.close() }
        }
    }

    deinit { end() }

    /// A database of the tests' own server, in which the server acts as a role that owns nothing, under row level security.
    private static func migratedDatabase() async throws -> DatabaseSettings {
        let cluster = try PostgresCluster.shared()
        func settings(_ database: String) -> DatabaseSettings {
            var client = PostgresConfiguration(
                primary: .init(host: cluster.folder), database: database, user: PostgresCluster.superuser)
            (client.lanes, client.maximumTransactions, client.acquireTimeout) = (1, 4, .seconds(60))
            return DatabaseSettings(client: client)
        }
        let name = cluster.freshName()
        let administrator = try PostgresClient(settings("postgres").client)
        defer { administrator.shutDown() }
        _ = try await administrator.run([PostgresStatement("create database \(name)")])
        try await PostgresStore.migrate(settings(name))
        return settings(name)
    }
}
