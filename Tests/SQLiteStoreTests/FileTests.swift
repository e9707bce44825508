import Foundation
import GRDB
import Stores
import Testing

@testable import SQLiteStore

@Suite("SQLite store, its file")
struct FileTests {
    @Test("refuses a database that a newer version wrote, and leaves it as it is")
    func refusesNewer() async throws {
        try await withTemporaryStore { store, path in
            try store.close()
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "PRAGMA user_version = 999") }
            #expect(throws: StoreError.databaseTooNew(found: 999, supported: Migrations.bundled.scripts.count)) {
                _ = try SQLiteStore(path: path)
            }
            let version = try await queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            #expect(version == 999)
            try queue.close()
        }
    }

    @Test("keeps what was written when it is opened again")
    func reopens() async throws {
        try await withTemporaryStore { store, path in
            let company = try await store.insertCompany(named: "company", at: Date(timeIntervalSince1970: 1))
            try store.close()
            let again = try SQLiteStore(path: path)
            let found = try await again.fetchCompany(named: "company")
            #expect(found == company)
            try again.close()
        }
    }

    @Test("continues from every older schema", arguments: 0..<Migrations.bundled.scripts.count)
    func migrates(from version: Int) throws {
        let (queue, fresh) = (try DatabaseQueue(), try DatabaseQueue())
        try queue.inDatabase { try Migrations(scripts: Array(Migrations.bundled.scripts.prefix(version))).run($0) }
        try queue.inDatabase { try Migrations.bundled.run($0) }
        try fresh.inDatabase { try Migrations.bundled.run($0) }
        let schema = "select type, name, sql from sqlite_schema order by type, name"
        let found = try queue.inDatabase { try Row.fetchAll($0, sql: schema) }
        let expected = try fresh.inDatabase { try Row.fetchAll($0, sql: schema) }
        #expect(found == expected)
    }

    @Test("a migration that fails leaves nothing behind")
    func rollsBack() throws {
        let queue = try DatabaseQueue()
        let broken = Migrations(scripts: ["create table good (a)", "create table half (a); create table good (a)"])
        #expect(throws: DatabaseError.self) { try queue.inDatabase { try broken.run($0) } }
        let (version, tables) = try queue.inDatabase {
            (
                try Int.fetchOne($0, sql: "PRAGMA user_version"),
                try String.fetchAll($0, sql: "select name from sqlite_schema")
            )
        }
        #expect(version == 1)
        #expect(tables == ["good"])
    }

    @Test("what cannot be opened is unavailable, and the error names no path")
    func unavailable() {
        #expect(throws: StoreError.unavailable("open: 14 (unable to open database file)")) {
            _ = try SQLiteStore(path: "/nonexistent/secret/store.sqlite")
        }
    }

    @Test("a database without room is away for all; one that refuses a statement has refused that")
    func classes() async throws {
        try await withTemporaryStore { store, _ in
            try await store.write("limit") { try $0.execute(sql: "PRAGMA max_page_count = 1") }
            await #expect(throws: StoreError.unavailable("fill: 13 (database or disk is full)")) {
                try await store.write("fill") { try $0.execute(sql: "create table t as select zeroblob(1000000)") }
            }
            await #expect(throws: StoreError.failed("ask: 1 (SQL logic error)")) {
                try await store.write("ask") { try $0.execute(sql: "select from") }
            }
        }
    }

    @Test("waits for the disk, and obeys foreign keys")
    func pragmas() async throws {
        try await withTemporaryStore { store, _ in
            let found = try await store.write("pragmas") { db in
                try ["synchronous", "foreign_keys", "journal_mode"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
            }
            #expect(found == ["2", "1", "wal"])
            let during = try await store.writeUnsynced("pragmas") { try String.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(during == "1")
            let after = try await store.write("pragmas") { try String.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(after == "2")
        }
    }

    @Test(
        "verify names what differs",
        arguments: [
            ("update inventories set critical = critical + 1", "inventory"),
            ("update agents set risk = 999", "agent"),
            ("delete from inventory_packages", "reverse index"),
            ("update company_vulnerabilities set agents = 7", "vulnerability"),
            ("update company_packages set first_seen_at = 0", "package"),
            ("update inventories set digest = randomblob(32)", "digest"),
            ("update enrollment_tokens set uses = 3", "enrollment token"),
            (
                "drop trigger audit_entries_stay; update audit_entries set address = 'x' where sequence = 1",
                "entry 1: is not"
            ),
            ("drop trigger audit_entries_remain; delete from audit_entries where sequence = 2", "entry 3: follows 1"),
            ("drop trigger audit_entries_remain; delete from audit_entries where sequence = 3", "ends with entry 2"),
            ("update audit_heads set sequence = 99", "and 99 was the last"),
        ])
    func verifies(_ damage: String, _ word: String) async throws {
        try await withTemporaryStore { store, _ in
            try await Scenario.applied(store)
            #expect(try await store.verify() == [])
            try await store.write("damage") { try $0.execute(sql: damage) }
            let found = try await store.verify().map(\.description)
            #expect(found.contains { $0.contains(word) }, "\(found)")
        }
    }

    @Test(
        "the audit log only grows", arguments: ["update audit_entries set address = 'x'", "delete from audit_entries"])
    func auditLogStays(_ change: String) async throws {
        try await withTemporaryStore { store, _ in
            try await Scenario.applied(store)
            await #expect(throws: StoreError.self) {
                try await store.write("change") { try $0.execute(sql: change) }
            }
            #expect(try await store.verify() == [])
        }
    }

    @Test("package lists survive their bytes, and damaged bytes are an error")
    func packageLists() throws {
        for ids: [Int64] in [[], [1], [1, 2, 3], [127, 128, 16_384, 1 << 40, .max]] {
            #expect(try PackageIDList.decode(PackageIDList.encode(ids)) == ids)
        }
        for bad: [UInt8] in [[0], [0x80], [1, 0], [UInt8](repeating: 0xff, count: 11)] {
            #expect(throws: StoreError.failed("damaged inventory")) { try PackageIDList.decode(Data(bad)) }
        }
        let (added, removed) = PackageIDList.difference(from: [1, 3, 5], to: [2, 3, 6, 7])
        #expect(added == [2, 6, 7])
        #expect(removed == [1, 5])
    }
}
