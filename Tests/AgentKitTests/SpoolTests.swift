import BoundedInput
import Crypto
import Foundation
import Inventory
import Testing

@testable import AgentKit

@Suite struct SpoolTests {
    private static let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))

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
            spool.acknowledgeOldest(inventory)
        }
        return digests
    }

    private func reports() -> [String] { folder.list().filter { $0.hasPrefix("report-") } }

    @Test func keepsOrderAndSaysNothingTwice() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        #expect(try spool.oldest() == nil && spool.isEmpty)
        let inventories = try (1...3).map { try inventory(0..<$0) }
        for inventory in inventories {
            spool.append(inventory)
            spool.append(inventory)
        }
        #expect(try drained(&spool) == inventories.map(\.digest))
        #expect(spool.acknowledged == inventories[2].digest && spool.isEmpty && spool.dropped == 0)
        spool.append(inventories[2])
        #expect(spool.isEmpty, "the server has it already")
        spool.append(inventories[0])
        #expect(try drained(&spool) == [inventories[0].digest], "what was true before may be true again")
    }

    @Test func dropsTheOldestBeyondItsCountAndCounts() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        let inventories = try (1...Spool.countLimit + 3).map { try inventory(0..<$0) }
        for inventory in inventories { spool.append(inventory) }
        #expect(spool.dropped == 3)
        #expect(reports().count == Spool.countLimit)
        #expect(try drained(&spool) == inventories.dropFirst(3).map(\.digest))
    }

    @Test func dropsTheOldestBeyondItsBytesButNeverTheNewest() throws {
        var spool = try Spool(folder: folder, key: Self.key, byteLimit: 1)
        for count in 1...3 { spool.append(try inventory(0..<count)) }
        #expect(spool.dropped == 2)
        #expect(try drained(&spool) == [try inventory(0..<3).digest])
    }

    @Test func survivesBeingOpenedAgain() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        if let inventory = try spool.oldest() { spool.acknowledgeOldest(inventory) }
        // More than nine, so that the order of names is put to the test.
        let inventories = try (2...20).map { try inventory(0..<$0) }
        for inventory in inventories { spool.append(inventory) }
        var second = try Spool(folder: folder, key: Self.key)
        #expect(second.acknowledged == (try inventory(0..<1).digest))
        #expect(try second.acknowledgedInventory() == (try inventory(0..<1)))
        second.append(try inventory(0..<20))
        second.append(try inventory(0..<21))
        #expect(try drained(&second) == inventories.map(\.digest) + [try inventory(0..<21).digest])
        #expect(try outer.mode("acknowledged.gz") == 0o600)
    }

    @Test(arguments: ["", "not gzip", "\u{1F}\u{8B}"])
    func aDamagedReportIsDroppedAndCounted(text: String) throws {
        var spool = try Spool(folder: folder, key: Self.key)
        for count in 1...3 { spool.append(try inventory(0..<count)) }
        let names = reports()
        try outer.write(names[1], text.utf8)
        var second = try Spool(folder: folder, key: Self.key)
        #expect(try drained(&second) == [try inventory(0..<1).digest, try inventory(0..<3).digest])
        #expect(second.dropped == 1)
        #expect(reports() == [])
    }

    @Test func aReportDamagedWhileItWaitsIsSaidAgain() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        spool.append(try inventory(0..<2))
        try outer.write(reports()[0], [])
        #expect(try spool.oldest() == nil)
        #expect(spool.dropped == 1)
        spool.append(try inventory(0..<2))
        #expect(try drained(&spool) == [try inventory(0..<2).digest])
    }

    @Test func forgettingSendsTheWholeAnew() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try spool.forgetAcknowledged()
        #expect(spool.acknowledged == nil)
        #expect(try spool.acknowledgedInventory() == nil)
        #expect(try drained(&spool) == [try inventory(0..<1).digest])
    }

    @Test func forgettingWithReportsWaitingSendsThose() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        spool.append(try inventory(0..<2))
        try spool.forgetAcknowledged()
        #expect(try drained(&spool) == [try inventory(0..<2).digest])
    }

    @Test func forgettingWhatIsDamagedLetsTheNextScanSayIt() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try outer.write("acknowledged.gz", [])
        try spool.forgetAcknowledged()
        #expect(spool.acknowledged == nil)
        spool.append(try inventory(0..<1))
        #expect(try drained(&spool) == [try inventory(0..<1).digest])
    }

    @Test func aDamagedAcknowledgedInventoryCountsAsNone() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        try outer.write("acknowledged.gz", "damaged".utf8)
        var second = try Spool(folder: folder, key: Self.key)
        #expect(second.acknowledged == nil)
        second.append(try inventory(0..<1))
        #expect(try drained(&second) == [try inventory(0..<1).digest])
    }

    // MARK: A disk that is full

    /// Files are written under another name first. Where that is taken by a folder, none can be written.
    private func refuse(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: outer.file(name + ".new"), withIntermediateDirectories: false)
    }

    private func accept(_ name: String) throws { try FileManager.default.removeItem(atPath: outer.file(name + ".new")) }

    @Test func whatTheDiskDoesNotTakeIsKeptInMemoryTheNewestAlone() throws {
        let first = "report-0000000000000001.gz"
        try refuse(first)
        var spool = try Spool(folder: folder, key: Self.key)
        for count in 1...2 { spool.append(try inventory(0..<count)) }
        #expect(!spool.isEmpty && spool.dropped == 1)
        #expect(spool.refusal?.description.contains(outer.file(first)) == true)
        #expect(try spool.oldest() == (try inventory(0..<2)))
        try accept(first)
        spool.append(try inventory(0..<3))
        #expect(spool.refusal == nil && reports().count == 2, "what memory held is on disk now")
        #expect(try drained(&spool) == (try (2...3).map { try inventory(0..<$0).digest }))
        #expect(spool.dropped == 1 && reports() == [])
    }

    @Test func whatWaitsOnDiskComesBeforeWhatIsInMemory() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        try refuse("report-0000000000000002.gz")
        spool.append(try inventory(0..<2))
        spool.append(try inventory(0..<2))
        #expect(spool.dropped == 0)
        #expect(try drained(&spool) == (try (1...2).map { try inventory(0..<$0).digest }))
        #expect(spool.isEmpty && spool.refusal == nil)
        #expect(try Spool(folder: folder, key: Self.key).acknowledged == (try inventory(0..<2).digest))
    }

    @Test func acknowledgingWhatWaitedOnDiskTakesNoRoom() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        try refuse("acknowledged.gz")
        #expect(try drained(&spool) == [try inventory(0..<1).digest])
        #expect(spool.refusal == nil)
        #expect(try Spool(folder: folder, key: Self.key).acknowledged == (try inventory(0..<1).digest))
    }

    /// Of two that were acknowledged the disk has the older one: a start reads that, and the newer one is said again.
    @Test func anAcknowledgementThatTheDiskDoesNotTakeIsKnownUntilTheEnd() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        _ = try drained(&spool)
        for name in ["acknowledged.gz", "report-0000000000000002.gz"] { try refuse(name) }
        spool.append(try inventory(0..<2))
        _ = try drained(&spool)
        let newest = try inventory(0..<2).digest
        #expect(spool.refusal != nil && spool.acknowledged == newest)
        #expect(try spool.acknowledgedInventory() == (try inventory(0..<2)), "the base of the next delta")
        spool.append(try inventory(0..<2))
        #expect(spool.isEmpty, "the server has it")
        var second = try Spool(folder: folder, key: Self.key)
        #expect(second.acknowledged == (try inventory(0..<1).digest))
        second.append(try inventory(0..<2))
        #expect(try second.oldest() == (try inventory(0..<2)))
        try spool.forgetAcknowledged()
        #expect(try spool.oldest() == (try inventory(0..<2)), "also when the server has lost it")
    }

    // MARK: Sealing

    @Test func nothingCanBeReadWithoutTheKey() throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<1))
        if let inventory = try spool.oldest() { spool.acknowledgeOldest(inventory) }
        spool.append(try inventory(0..<2))
        for name in reports() + ["acknowledged.gz"] {
            let bytes = try Array(Data(contentsOf: URL(filePath: outer.file(name))))
            #expect(bytes.starts(with: Array("ZTS1".utf8)))
            #expect((try? Gzip.decompress(Array(bytes.dropFirst(16)), limit: 1 << 20)) == nil)
        }
        var stranger = try Spool(folder: folder, key: SymmetricKey(data: [UInt8](repeating: 2, count: 32)))
        #expect(stranger.acknowledged == nil)
        #expect(try stranger.oldest() == nil)
        #expect(stranger.dropped == 1, "counted as one that is damaged")
    }

    @Test(arguments: [0, 3, 4, 15, 16, 40, -1])
    func aSealedFileThatWasChangedCountsAsDamaged(position: Int) throws {
        var spool = try Spool(folder: folder, key: Self.key)
        spool.append(try inventory(0..<3))
        let name = try #require(reports().first)
        var bytes = try Array(Data(contentsOf: URL(filePath: outer.file(name))))
        bytes[position < 0 ? bytes.count - 1 : position] ^= 1
        try outer.write(name, bytes)
        #expect(try spool.oldest() == nil)
        #expect(spool.dropped == 1)
    }

    @Test func whatAnAgentOfBeforeLeftIsRead() throws {
        try outer.write("acknowledged.gz", Gzip.compress(try inventory(0..<1).encoded()))
        try outer.write("report-0000000000000007.gz", Gzip.compress(try inventory(0..<2).encoded()))
        var spool = try Spool(folder: folder, key: Self.key)
        #expect(spool.acknowledged == (try inventory(0..<1).digest))
        spool.append(try inventory(0..<3))
        #expect(reports().last == "report-0000000000000008.gz")
        #expect(try drained(&spool) == (try (2...3).map { try inventory(0..<$0).digest }))
    }
}
