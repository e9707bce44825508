import BoundedInput
import Foundation
import GRDB
import Inventory
import PackageIdentity
import Stores

/// An inventory as its row holds it.
struct StoredInventory {
    let row: Int64
    let digest: Data
    /// The text form under gzip, until it is applied.
    let content: Data?
    /// Set once it is applied.
    let packageIDs: [Int64]?
    let summary: InventorySummary

    /// Guards against a damaged file; the gateway bounds what comes in far below.
    static let contentLimit = 256 * 1024 * 1024

    static func fetch(_ row: Int64, _ db: Database) throws -> StoredInventory? {
        try db.first(InventoryQueries.byRow, [row]) { row in
            var summary = InventorySummary()
            summary.risk = row[5]
            summary.counts = SeverityCounts(row: row, at: 6)
            return StoredInventory(
                row: row[0], digest: row[1], content: row[2],
                packageIDs: try (row[3] as Data?).map(PackageIDList.decode), summary: summary)
        }
    }

    /// The rows of its packages, ascending.
    ///
    /// - Throws: ``StoreError/notEvaluated(packages:)`` when some have no verdicts yet, or no row.
    func evaluatedPackageIDs(_ db: Database) throws -> [Int64] {
        if let packageIDs { return packageIDs }
        let lines = try Self.lines(content)
        var ids: [Int64] = []
        ids.reserveCapacity(lines.count)
        try db.forEach(InventoryQueries.packagesByPURL, [try StoredJSON.encode(lines)]) { row in
            if row[1] { ids.append(row[0]) }
        }
        guard ids.count == lines.count else { throw StoreError.notEvaluated(packages: lines.count - ids.count) }
        return ids.sorted()
    }

    /// Deletes an inventory that no agent refers to any more.
    static func deleteIfUnreferenced(_ row: Int64, _ db: Database) throws {
        guard try db.first(InventoryQueries.isReferenced, ["id": row], { $0[0] as Bool }) == false else { return }
        let held = try db.first(InventoryQueries.packagesOfRow, [row]) {
            ($0[0] as Int64, try ($0[1] as Data?).map(PackageIDList.decode))
        }
        if let held, let ids = held.1 {
            try db.run(
                InventoryQueries.deletePackages,
                ["ids": StoredJSON.array(ids), "company": held.0, "inventory": row])
        }
        try db.run(InventoryQueries.delete, [row])
    }

    /// The inventory of a row's two forms, of which one is set.
    static func inventory(content: Data?, packageIDs: Data?, _ db: Database) throws -> Inventory {
        guard let packageIDs else {
            return Inventory(try lines(content).map { try PackageURL(stored: $0) })
        }
        let ids = try PackageIDList.decode(packageIDs)
        let purls = try db.rows(InventoryQueries.purlsByID, [StoredJSON.array(ids)]) { try PackageURL(stored: $0[0]) }
        guard purls.count == ids.count else { throw StoreError.failed("damaged inventory") }
        return Inventory(purls)
    }

    private static func lines(_ content: Data?) throws -> [String] {
        guard let content, let text = try? Gzip.decompress([UInt8](content), limit: contentLimit) else {
            throw StoreError.failed("damaged inventory")
        }
        return text.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
