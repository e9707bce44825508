import Foundation
import GRDB
import Inventory
import Stores

/// How values look in columns of SQLite; what is the same everywhere stands in `Stores/Logic`.

extension Identifier {
    /// The 16 bytes of the UUID.
    var blob: Data { withUnsafeBytes(of: uuid.uuid) { Data($0) } }

    /// Reads a `uuid` column, whose length the schema guarantees.
    init(blob: Data) throws {
        guard blob.count == 16 else { throw StoreError.failed("damaged identifier") }
        let bytes = [UInt8](blob)
        self.init(uuid: bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) })
    }
}

extension SecretHash {
    var blob: Data { Data(bytes) }
}

extension InventoryDigest {
    var blob: Data { Data(bytes) }
}

extension StoredJSON {
    /// A JSON array of numbers, the way lists of rows are bound: `json_each(?)`.
    static func array(_ ids: some Sequence<Int64>) -> String {
        "[" + ids.map(String.init).joined(separator: ",") + "]"
    }
}

extension VulnerabilityStates {
    /// All vulnerabilities of these packages.
    static func fetch(packages ids: [Int64], _ db: Database) throws -> Self {
        var states: Self = [:]
        try db.forEach(InventoryQueries.verdictsOfPackages, [StoredJSON.array(ids)]) { row in
            states.add(VulnerabilityState(row: row, at: 1), for: row[0])
        }
        return states
    }
}

extension VulnerabilityState {
    /// Reads five columns in a row: affected, fixable, severity, risk, exploited.
    init(row: Row, at first: Int) {
        self.init(
            isAffected: row[first], isFixable: row[first + 1], severity: row[first + 2], risk: row[first + 3],
            isExploited: row[first + 4])
    }
}

extension StoredVerdict {
    /// Reads six columns in a row: affected, fixed_version, reason, urgency, advisories, appeared_at.
    init(row: Row, at first: Int) {
        self.init(
            isAffected: row[first], fixedVersion: row[first + 1], reason: row[first + 2], urgency: row[first + 3],
            advisories: row[first + 4], appearedAt: row[first + 5])
    }
}
