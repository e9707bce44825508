import GRDB
import Stores

extension SQLiteStore {
    /// See ``Store/verify()``. Reads everything into memory; meant for tests and for an operator in doubt.
    public func verify() async throws -> [Discrepancy] {
        try await read("verify") { db in
            let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map {
                "foreign key: \($0[0] as String)"
            }
            let differences = try Verification(db).differences()
            return (integrity + orphans + differences).map { Discrepancy(description: $0) }
        }
    }
}
