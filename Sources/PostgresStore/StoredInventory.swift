import BoundedInput
import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
import Stores

/// An applied inventory as its row holds it.
struct StoredInventory: Sendable {
    let number: Int32
    let packages: [Int64]
    let summary: InventorySummary

    /// Reads ``InventoryQueries/columns``.
    init(_ row: PostgresRow) throws {
        number = try row.get(0)
        packages = try PackageIDList.decode(try row.get(1))
        var summary = InventorySummary()
        summary.risk = try row.get(2)
        summary.counts = try SeverityCounts(row, at: 3)
        self.summary = summary
    }
}

/// The content of an upload: the text form of an inventory under gzip.
enum StoredUpload {
    /// Guards against a damaged row; the gateway bounds what comes in far below.
    private static let limit = 256 * 1024 * 1024

    /// Level 1: it is kept for seconds.
    static func content(_ inventory: Inventory) -> Data { Data(Gzip.compress(inventory.encoded(), level: 1)) }

    /// The canonical package URLs, each once.
    static func lines(_ content: Data) throws -> [String] {
        try text(content).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// - Parameter known: What others that were read before had in common with this one.
    static func inventory(_ content: Data, known: KnownPackages?) throws -> Inventory {
        guard let inventory = try? Inventory.read(try text(content), limit: .max, known: known).inventory else {
            throw StoreError.failed("damaged inventory")
        }
        return inventory
    }

    private static func text(_ content: Data) throws -> [UInt8] {
        guard let text = try? Gzip.decompress([UInt8](content), limit: limit) else {
            throw StoreError.failed("damaged inventory")
        }
        return text
    }
}

extension VulnerabilityState {
    /// Reads five columns in a row: affected, fixable, severity, risk, exploited.
    init(_ row: PostgresRow, at first: Int) throws {
        self.init(
            isAffected: try row.get(first), isFixable: try row.get(first + 1), severity: try row.get(first + 2),
            risk: try row.get(first + 3), isExploited: try row.get(first + 4))
    }
}

extension VulnerabilityStates {
    /// All vulnerabilities of these packages.
    static func fetch(packages ids: [Int64], _ transaction: PostgresTransaction) async throws -> Self {
        var states: Self = [:]
        try await transaction.query(InventoryQueries.states(packages: ids)).forEach { row in
            states.add(try VulnerabilityState(row, at: 1), for: try row.get(0))
        }
        return states
    }
}
