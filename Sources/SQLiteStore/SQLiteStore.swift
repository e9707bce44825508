import Foundation
import GRDB
@_spi(Minting) import Stores

/// The store in one SQLite file. One process at a time should serve from it; readers never wait for the writer.
public final class SQLiteStore: Store {
    private let pool: DatabasePool

    /// Opens the file, makes it when it is missing, and migrates it.
    ///
    /// - Parameter path: Of the database file; its folder must exist. SQLite keeps `-wal` and `-shm` files beside it.
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, ``StoreError/unavailable(_:)``.
    public init(path: String) throws {
        pool = try Self.classifyingErrors("open") {
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            try pool.writeWithoutTransaction { db in
                // GRDB sets NORMAL; see README.md for why that is not enough.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try Migrations.bundled.run(db)
            }
            return pool
        }
    }

    /// Closes the file; waits for accesses under way. Calls made later fail.
    /// - Throws: ``StoreError/unavailable(_:)``.
    public func close() throws {
        try Self.classifyingErrors("close") { try pool.close() }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { db in
            // 32 MiB of pages per connection at most; sorts and CTEs of one company fit in memory.
            try db.execute(sql: "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// Reads one consistent snapshot.
    func read<T: Sendable>(_ operation: String, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await Self.classifyingErrors(operation) { try await pool.read(body) }
    }

    /// Runs one transaction; it is rolled back when `body` throws or the task is cancelled.
    func write<T: Sendable>(_ operation: String, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await Self.classifyingErrors(operation) { try await pool.write(body) }
    }

    /// Like ``write(_:_:)``, but does not wait for the disk: a power cut may undo it, a kill does not.
    func writeUnsynced<T: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Database) throws -> T
    ) async throws -> T {
        try await Self.classifyingErrors(operation) {
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                defer { Self.restoreSynchronous(db) }
                var result: T?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw StoreError.failed("\(operation): no result") }
                return result
            }
        }
    }

    /// The pragma fails only on a broken connection, on which the next transaction fails as well.
    private static func restoreSynchronous(_ db: Database) {
        try? db.execute(sql: "PRAGMA synchronous = FULL")
    }

    /// Turns what GRDB throws into a ``StoreError`` that names the operation and SQLite's code, never arguments.
    private static func classifyingErrors<T>(_ operation: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw classified(error, operation) }
    }

    private static func classifyingErrors<T>(_ operation: String, _ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch { throw classified(error, operation) }
    }

    private static func classified(_ error: any Error, _ operation: String) -> any Error {
        switch error {
        case is StoreError, is CancellationError: error
        case let error as DatabaseError:
            if filesOwn.contains(error.resultCode) {
                StoreError.unavailable("\(operation): \(error.extendedResultCode)")
            } else {
                StoreError.failed("\(operation): \(error.extendedResultCode)")
            }
        default: StoreError.failed("\(operation): \(type(of: error))")
        }
    }

    /// What tells of the file, the disk or other processes, and not of the statement. https://www.sqlite.org/rescode.html
    private static let filesOwn: [ResultCode] = [
        .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN,
        .SQLITE_PROTOCOL,
        .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_NOLFS, .SQLITE_INTERRUPT,
    ]

    /// Answers when a page can be read and the write lock can be had.
    /// - Throws: ``StoreError/unavailable(_:)``.
    public func checkHealth() async throws {
        try await write("check health") { db in
            _ = try Int.fetchOne(db, sql: "select count(*) from meta")
        }
    }
}
