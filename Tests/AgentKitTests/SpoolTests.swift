import Foundation
import Inventory
import Testing

@testable import AgentKit

@Suite struct SpoolTests {
    private let outer: TemporaryFolder
    private let folder: StateFolder

    init() throws {
        outer = try TemporaryFolder()
        folder = try StateFolder(path: outer.path)
    }

    /// Takes everything that waits, acknowledged one by one.
    private func drained(_ spool: inout Spool) throws -> [InventoryDigest] {
        var digests: [InventoryDigest] = []
        while let inventory = try spool.oldest() {
            digests.append(inventory.digest)
            try spool.acknowledgeOldest(inventory)
        }
        return digests
    }

    private func reports() -> [String] { folder.list().filter { $0.hasPrefix("report-") } }

    @Test func keepsOrderAndSaysNothingTwice() throws {
        var spool = try Spool(folder: folder)
        #expect(try spool.oldest() == nil && spool.isEmpty)
        let inventories = try (1...3).map { try inventory(0..<$0) }
        for inventory in inventories {
            try spool.append(inventory)
            try spool.append(inventory)
        }
        #expect(try drained(&spool) == inventories.map(\.digest))
        #expect(spool.acknowledged == inventories[2].digest && spool.isEmpty && spool.dropped == 0)
        try spool.append(inventories[2])
        #expect(spool.isEmpty, "the server has it already")
        try spool.append(inventories[0])
        #expect(try drained(&spool) == [inventories[0].digest], "what was true before may be true again")
    }

    @Test func dropsTheOldestBeyondItsCountAndCounts() throws {
        var spool = try Spool(folder: folder)
        let inventories = try (1...Spool.countLimit + 3).map { try inventory(0..<$0) }
        for inventory in inventories { try spool.append(inventory) }
        #expect(spool.dropped == 3)
        #expect(reports().count == Spool.countLimit)
        #expect(try drained(&spool) == inventories.dropFirst(3).map(\.digest))
    }

    @Test func dropsTheOldestBeyondItsBytesButNeverTheNewest() throws {
        var spool = try Spool(folder: folder, byteLimit: 1)
        for count in 1...3 { try spool.append(try inventory(0..<count)) }
        #expect(spool.dropped == 2)
        #expect(try drained(&spool) == [try inventory(0..<3).digest])
    }

    @Test func survivesBeingOpenedAgain() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        if let inventory = try spool.oldest() { try spool.acknowledgeOldest(inventory) }
        // More than nine, so that the order of names is put to the test.
        let inventories = try (2...20).map { try inventory(0..<$0) }
        for inventory in inventories { try spool.append(inventory) }
        var second = try Spool(folder: folder)
        #expect(second.acknowledged == (try inventory(0..<1).digest))
        #expect(try second.acknowledgedInventory() == (try inventory(0..<1)))
        try second.append(try inventory(0..<20))
        try second.append(try inventory(0..<21))
        #expect(try drained(&second) == inventories.map(\.digest) + [try inventory(0..<21).digest])
        #expect(try outer.mode("acknowledged.gz") == 0o600)
    }

    @Test(arguments: ["", "not gzip", "\u{1F}\u{8B}"])
    func aDamagedReportIsDroppedAndCounted(text: String) throws {
        var spool = try Spool(folder: folder)
        for count in 1...3 { try spool.append(try inventory(0..<count)) }
        let names = reports()
        try outer.write(names[1], text.utf8)
        var second = try Spool(folder: folder)
        #expect(try drained(&second) == [try inventory(0..<1).digest, try inventory(0..<3).digest])
        #expect(second.dropped == 1)
        #expect(reports() == [])
    }

    @Test func aReportDamagedWhileItWaitsIsSaidAgain() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try spool.append(try inventory(0..<2))
        try outer.write(reports()[0], [])
        #expect(try spool.oldest() == nil)
        #expect(spool.dropped == 1)
        try spool.append(try inventory(0..<2))
        #expect(try drained(&spool) == [try inventory(0..<2).digest])
    }

    @Test func forgettingSendsTheWholeAnew() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try spool.forgetAcknowledged()
        #expect(spool.acknowledged == nil)
        #expect(try spool.acknowledgedInventory() == nil)
        #expect(try drained(&spool) == [try inventory(0..<1).digest])
    }

    @Test func forgettingWithReportsWaitingSendsThose() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try spool.append(try inventory(0..<2))
        try spool.forgetAcknowledged()
        #expect(try drained(&spool) == [try inventory(0..<2).digest])
    }

    @Test func forgettingWhatIsDamagedLetsTheNextScanSayIt() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try outer.write("acknowledged.gz", [])
        try spool.forgetAcknowledged()
        #expect(spool.acknowledged == nil)
        try spool.append(try inventory(0..<1))
        #expect(try drained(&spool) == [try inventory(0..<1).digest])
    }

    @Test func aDamagedAcknowledgedInventoryCountsAsNone() throws {
        var spool = try Spool(folder: folder)
        try spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try outer.write("acknowledged.gz", "damaged".utf8)
        var second = try Spool(folder: folder)
        #expect(second.acknowledged == nil)
        try second.append(try inventory(0..<1))
        #expect(try drained(&second) == [try inventory(0..<1).digest])
    }
}
