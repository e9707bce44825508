import Foundation
import Matching
import PackageIdentity
import Testing
import Verdicts

@testable import Enrichment

@Suite struct IndexTests {
    private let outer: TemporaryFolder
    private let data: DataFolder
    private let folder: IndexFolder
    private let holder: IndexHolder
    private let service: MappedVerdictService

    init() throws {
        outer = try TemporaryFolder()
        data = DataFolder(path: outer.path)
        try data.create()
        folder = IndexFolder(path: data.indexes)
        holder = IndexHolder(folder: folder)
        service = MappedVerdictService(holder: holder, data: data)
    }

    // MARK: - Folder

    @Test func oneIndexIsInUseAndTheNewestOlderOnesAreKept() throws {
        #expect(folder.currentDigest() == nil)
        var digests: [String] = []
        for version in 1...5 {
            digests.append(try install(["tool": "\(version)"], in: folder))
            #expect(folder.currentDigest() == digests.last)
            // Files written within one tick of the clock have no order.
            try age(digests.last ?? "", by: Double(5 - version))
        }
        #expect(Set(digests).count == 5)
        let names = try FileManager.default.contentsOfDirectory(atPath: data.indexes)
        #expect(Set(names) == Set(digests.suffix(3).map { $0 + ".ztx" } + ["current"]), "nothing staged is left")
        #expect(try folder.open(digest: digests[0]) == nil)
        #expect(try folder.open(digest: digests[2])?.digest == digests[2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.currentLink) == digests[4] + ".ztx")
    }

    private func age(_ digest: String, by hours: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3_600 * (hours + 1))],
            ofItemAtPath: "\(data.indexes)/\(digest).ztx")
    }

    @Test func anInstallThatFailsLeavesTheOneInUse() throws {
        let digest = try install(["tool": "1"], in: folder)
        #expect(throws: (any Error).self) { try folder.install(staging: outer.file("missing"), digest: "other") }
        #expect(folder.currentDigest() == digest)
        #expect(try folder.open(digest: digest) != nil)
    }

    // MARK: - Holder

    @Test func theHolderFollowsAndWhoBeganWithOneKeepsIt() throws {
        #expect(try holder.refresh() == nil && holder.index == nil)
        let first = try install(["tool": "1"], in: folder)
        #expect(try holder.refresh() == first)
        #expect(try holder.refresh() == nil, "the same one again is no change")
        let begun = try #require(holder.index)
        for version in 2...5 { try install(["tool": "\(version)"], in: folder) }
        #expect(try holder.refresh() == folder.currentDigest())
        #expect(holder.index?.digest == folder.currentDigest())
        let tool = try Self.tool("0.5")
        #expect(begun.digest == first && begun.verdicts(for: tool).count == 1, "though its file is gone")
    }

    @Test func aDamagedIndexIsRefusedAndTheOneBeforeStays() throws {
        let first = try install(["tool": "1"], in: folder)
        try holder.refresh()
        try outer.write("staging", "no index".utf8)
        try folder.install(staging: outer.file("staging"), digest: String(repeating: "0", count: 64))
        #expect(throws: IndexError.self) { try holder.refresh() }
        #expect(holder.index?.digest == first)
    }

    @Test func aFileIsFollowedAsItIsReplaced() throws {
        let path = outer.file("all.ztx")
        let file = IndexHolder(file: path)
        #expect(throws: IndexError.self) { try file.refresh() }
        func replace(_ names: [String: String]) throws -> String {
            let digest = try install(names, in: folder)
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: "\(data.indexes)/\(digest).ztx", toPath: path)
            return digest
        }
        let first = try replace(["tool": "1"])
        #expect(try file.refresh() == first)
        #expect(try file.refresh() == nil)
        let second = try replace(["tool": "2"])
        #expect(try file.refresh() == second)
        #expect(
            try file.index?.digest == second && file.index(digest: first)?.digest == first,
            "which a listing may go on with")
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: IndexError.self) { try file.refresh() }
        try outer.write("all.ztx", "no index".utf8)
        #expect(throws: IndexError.self) { try file.refresh() }
        #expect(file.index?.digest == second)
    }

    @Test func digestsBeginWithThePresentOneAndSkipToTheNewest() async throws {
        let early = holder.digests()
        let first = try install(["tool": "1"], in: folder)
        try holder.refresh()
        var late = holder.digests().makeAsyncIterator()
        #expect(await late.next() == first)
        try install(["tool": "2"], in: folder)
        try holder.refresh()
        let third = try install(["tool": "3"], in: folder)
        try holder.refresh()
        #expect(await late.next() == third)
        var slow = early.makeAsyncIterator()
        #expect(await slow.next() == third, "who does not read sees only the newest")
    }

    // MARK: - Service

    private static func tool(_ version: String, _ name: String = "tool") throws -> PackageURL {
        try PackageURL("pkg:pypi/\(name)@\(version)")
    }

    @Test func withoutAnIndexThereIsNoAnswer() async throws {
        let package = try Self.tool("1")
        await #expect(throws: VerdictServiceError.noIndex) { try await service.verdicts(for: [package]) }
        await #expect(throws: VerdictServiceError.noIndex) { try await service.explain(package, vulnerability: "A") }
        await #expect(throws: VerdictServiceError.noIndex) { try await service.vulnerability("A") }
        await #expect(throws: VerdictServiceError.noIndex) { try await service.changes(since: nil) }
        #expect(await service.status() == AdvisoryStatus(indexDigest: nil, vulnerabilities: 0, feeds: []))
    }

    @Test func answersInTheOrderAskedFromOneIndex() async throws {
        let digest = try install(["tool": "2", "other": "3"], in: folder)
        try holder.refresh()
        let batch = try await service.verdicts(for: [
            Self.tool("2"), Self.tool("1"), Self.tool("1", "unheard-of"), Self.tool("1", "other"), Self.tool("1.5"),
        ])
        #expect(
            batch.verdicts.map { $0.map(\.vulnerability) } == [[], ["CVE-tool"], [], ["CVE-other"], ["CVE-tool"]])
        #expect(batch.vulnerabilities.map(\.id) == ["CVE-other", "CVE-tool"])
        #expect(batch.indexDigest == digest)
        #expect(try await service.vulnerability("CVE-tool")?.id == "CVE-tool")
        #expect(try await service.vulnerability("CVE-unknown") == nil)
        #expect(try await service.explain(Self.tool("1"), vulnerability: "CVE-tool").status == .affected)
        let status = await service.status()
        #expect(status.indexDigest == digest && status.vulnerabilities == 2)
    }

    @Test func changesNameExactlyWhatDiffers() async throws {
        let first = try install(["same": "1", "raised": "1", "gone": "1"], in: folder)
        let second = try install(["same": "1", "raised": "2", "new": "1"], in: folder)
        try holder.refresh()
        let changes = try await service.changes(since: first)
        #expect(changes.names == ["gone", "new", "raised"].map { AdvisoryName(scope: "PyPI", name: $0) })
        #expect(changes.vulnerabilities.map(\.id) == ["CVE-new"], "the one that is gone has no text to refresh")
        #expect(changes.indexDigest == second)
        let none = try await service.changes(since: second)
        #expect(none.names == [] && none.vulnerabilities.isEmpty && none.indexDigest == second)
    }

    @Test func withoutTheOlderIndexEverythingChanged() async throws {
        let digest = try install(["tool": "1"], in: folder)
        try holder.refresh()
        try outer.write("index/damaged.ztx", "no index".utf8)
        for older in [nil, "never-held", "damaged"] {
            let changes = try await service.changes(since: older)
            #expect(changes.names == nil && changes.vulnerabilities.isEmpty && changes.indexDigest == digest)
        }
    }
}
