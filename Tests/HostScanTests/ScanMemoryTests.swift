import Foundation
import Inventory
import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

/// A scan that knows an earlier one says what a scan that knows nothing says.
@Suite struct ScanMemoryTests {
    /// Later than every change of a test settles.
    private let later = Int64(time(nil)) + 100
    private let root: TemporaryRoot

    private static let site = "/usr/local/lib/python3.11/site-packages"

    init() throws {
        root = try TemporaryRoot([
            "/var/lib/dpkg/status":
                "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n",
            "/var/lib/dpkg/info/libc6.list": "/usr/lib/python3/dist-packages/six-1.dist-info/METADATA\n",
            "/usr/lib/python3/dist-packages/six-1.dist-info/METADATA": "Name: six\nVersion: 1\n",
            "\(Self.site)/foo-1.dist-info/METADATA": "Name: foo\nVersion: 1\n",
            "/srv/app/node_modules/left/package.json": "{\"name\": \"left\", \"version\": \"1.0.0\"}",
            "/srv/app/package-lock.json":
                "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/right\": {\"version\": \"2.0.0\"}}}",
            "/srv/broken/node_modules/x/package.json": "{",
            "/data/stored": "Name: linked\nVersion: 1\n",
            "/home/me/empty/deep/deeper/file": "",
        ])
        try root.link("\(Self.site)/linked-1.dist-info/METADATA", to: "/data/stored")
    }

    /// Whether two reports say the same.
    private func isSame(_ one: ScanReport, _ other: ScanReport) -> Bool {
        one.inventory == other.inventory && one.declared == other.declared && one.occurrences == other.occurrences
            && one.warnings == other.warnings && one.host == other.host
    }

    /// The memory of a first scan.
    private func remember() throws -> [UInt8] {
        try #require(try HostScanner(root: root.path).scan(knowing: nil, now: later).memory)
    }

    /// Scans with a memory, and checks the report against that of a scan without.
    @discardableResult
    private func check(_ memory: [UInt8]?, after seconds: Int64 = 0) throws -> (report: ScanReport, memory: [UInt8]?) {
        let scan = try HostScanner(root: root.path).scan(knowing: memory, now: later + seconds)
        let plain = try HostScanner(root: root.path).scan()
        #expect(isSame(scan.report, plain))
        return scan
    }

    @Test func theFirstScanSaysWhatOneWithoutMemorySays() throws {
        let (report, memory) = try check(nil)
        #expect(memory != nil)
        #expect(
            report.inventory.packages.map(\.description) == [
                "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12", "pkg:npm/left@1.0.0", "pkg:pypi/foo@1",
                "pkg:pypi/linked@1",
            ])
        #expect(report.warnings.count == 1 && report.declared.count == 1)
    }

    @Test func whereNothingChangedTheMemoryStaysWhatItIs() throws {
        let memory = try remember()
        #expect(try check(memory).memory == memory)
        #expect(try check(memory, after: 3_600).memory == memory)
    }

    @Test func aRepeatedScanReadsNothingButWhatIsBroken() throws {
        let memory = try remember()
        // What is read would be seen: the same facts cannot be made with other bytes, so other bytes are put into the memory.
        let patched = try #require(Self.replaced("pkg:pypi/foo@1", "pkg:pypi/fox@1", in: memory))
        let report = try HostScanner(root: root.path).scan(knowing: patched, now: later).report
        #expect(report.inventory.packages.map(\.description).contains("pkg:pypi/fox@1"))
    }

    /// Replaces a text and makes the memory a whole one again.
    private static func replaced(_ old: String, _ new: String, in memory: [UInt8]) -> [UInt8]? {
        guard let range = memory.firstRange(of: Array(old.utf8)), old.utf8.count == new.utf8.count else { return nil }
        var bytes = memory
        bytes.replaceSubrange(range, with: Array(new.utf8))
        return ScanMemory.sealed(bytes)
    }

    @Test(
        arguments: [
            // A package that is there, another version of it, one that is new, one that is gone.
            { try $0.write("\(site)/bar-2.dist-info/METADATA", "Name: bar\nVersion: 2\n") },
            { try $0.write("\(site)/foo-1.dist-info/METADATA", "Name: foo\nVersion: 1.1\n") },
            { try FileManager.default.removeItem(at: $0.url("\(site)/foo-1.dist-info")) },
            { try FileManager.default.removeItem(at: $0.url("/srv/app/node_modules/left/package.json")) },
            { try FileManager.default.removeItem(at: $0.url("/srv/app")) },
            {
                try $0.write(
                    "/home/me/empty/deep/deeper/new/node_modules/n/package.json", "{\"name\":\"n\",\"version\":\"1\"}")
            },
            // Changes within files whose folders stay as they are.
            { try $0.write("/srv/app/package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}") },
            { try $0.write("/srv/broken/node_modules/x/package.json", "{\"name\": \"x\", \"version\": \"3\"}") },
            { try $0.write("/data/stored", "Name: linked\nVersion: 2\n") },
            // What a link leads to is another file.
            {
                try FileManager.default.moveItem(at: $0.url("/data"), to: $0.url("/elsewhere"))
                try $0.write("/data/stored", "Name: linked\nVersion: 3\n")
            },
            { try FileManager.default.removeItem(at: $0.url("/data/stored")) },
            // The package database: what is owned and what is not changes with it, although neither file nor folder does.
            { try $0.write("/var/lib/dpkg/info/libc6.list", "/usr\n") },
            { try $0.write("/var/lib/dpkg/info/foo.list", "/srv/app/x\n") },
            {
                try $0.write(
                    "/var/lib/dpkg/status",
                    "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-10\n")
            },
            { try FileManager.default.removeItem(at: $0.url("/var/lib/dpkg")) },
            { try $0.write("/lib/apk/db/installed", "P:musl\nV:1.2\nA:x86_64\n\n") },
            { try $0.write("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n") },
            { try $0.write("/etc/hostname", "other\n") },
            // A folder that was moved away and another, with the same names, put in its place.
            {
                try FileManager.default.moveItem(at: $0.url("/srv/app"), to: $0.url("/old"))
                try $0.write("/srv/app/node_modules/left/package.json", "{\"name\": \"left\", \"version\": \"9.0.0\"}")
            },
            // A folder became a link, which is never followed.
            {
                try FileManager.default.moveItem(at: $0.url("/srv/app"), to: $0.url("/old"))
                try $0.link("/srv/app", to: "/old")
            },
            // A file gave way to one that is none.
            {
                try FileManager.default.removeItem(at: $0.url("/srv/app/node_modules/left/package.json"))
                try $0.makeFIFO("/srv/app/node_modules/left/package.json")
            },
        ] as [@Sendable (TemporaryRoot) throws -> Void])
    func everyChangeIsSeen(change: @Sendable (TemporaryRoot) throws -> Void) throws {
        let memory = try remember()
        try change(root)
        let (_, next) = try check(memory)
        // And what was then remembered is as good.
        let again = try check(next)
        #expect(again.memory == next)
    }

    @Test func timesThatArePutBackHideNothing() throws {
        let path = root.url("\(Self.site)/foo-1.dist-info/METADATA").path
        var before = stat()
        #expect(stat(path, &before) == 0)
        let memory = try remember()
        try root.write("\(Self.site)/foo-1.dist-info/METADATA", "Name: fop\nVersion: 1\n")
        let times = [before.st_atim, before.st_mtim]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
        var after = stat()
        #expect(
            stat(path, &after) == 0 && after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
                && after.st_size == before.st_size)
        let (report, _) = try check(memory)
        #expect(report.inventory.packages.map(\.description).contains("pkg:pypi/fop@1"))
    }

    @Test func whatChangedAMomentAgoIsReadAgain() throws {
        // By a clock that stands at the moment of the change, as a second change within the same tick would.
        let now = Int64(time(nil))
        let scan = try HostScanner(root: root.path).scan(knowing: nil, now: now)
        try root.write("\(Self.site)/foo-1.dist-info/METADATA", "Name: fop\nVersion: 1\n")
        let next = try HostScanner(root: root.path).scan(knowing: scan.memory, now: now)
        #expect(isSame(next.report, try root.scan()))
    }

    @Test func aProgramThatIsMadeExecutableLaterIsSeen() throws {
        let program = "/usr/local/bin/tool"
        try root.write(
            program, bytes: PackedSamples.elf(sections: [(".go.buildinfo", PackedSamples.goInline("go1.21.4", ""))]))
        let memory = try remember()
        #expect(chmod(root.url(program).path, 0o755) == 0)
        let (report, _) = try check(memory)
        #expect(report.occurrences.values.joined().contains(program))
    }

    @Test func everythingIsReadAgainAfterADayAndWhenTheClockWasPutBack() throws {
        let memory = try remember()
        let patched = try #require(Self.replaced("pkg:pypi/foo@1", "pkg:pypi/fox@1", in: memory))
        let moments: [Int64] = [ScanMemory.lifetime, 400 * 86_400, -1, -86_400]
        for seconds in moments { try check(patched, after: seconds) }
        let scan = try HostScanner(root: root.path).scan(knowing: patched, now: later + ScanMemory.lifetime - 1)
        #expect(!isSame(scan.report, try root.scan()), "until then it is believed")
    }

    @Test func anotherRootIsNotBelieved() throws {
        let memory = try remember()
        let other = try TemporaryRoot(["/srv/o-1.dist-info/METADATA": "Name: o\nVersion: 1\n"])
        let report = try HostScanner(root: other.path).scan(knowing: memory, now: later).report
        #expect(report.inventory.packages.map(\.description) == ["pkg:pypi/o@1"])
    }

    @Test func damagedMemoriesAreDropped() throws {
        let memory = try remember()
        let expected = try root.scan()
        var random = SplitMix(seed: 5)
        for _ in 0..<300 {
            var bytes = memory
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes = random.mutated(memory)
            case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            default:
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            guard bytes != memory else { continue }
            let scan = try HostScanner(root: root.path).scan(knowing: bytes, now: later)
            #expect(isSame(scan.report, expected))
        }
    }

    /// Bytes that are whole by their sum and wrong all the same come from nobody but ourselves; even so nothing traps.
    @Test func neverTrapsOnMemoriesThatLookWhole() throws {
        let memory = try remember()
        var random = SplitMix(seed: 6)
        for _ in 0..<600 {
            var bytes = memory
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try HostScanner(root: root.path).scan(knowing: ScanMemory.sealed(bytes), now: later)
        }
    }

    @Test func aScanThatWasEndedLeavesNothing() throws {
        let memory = try remember()
        #expect(throws: CancellationError.self) {
            try HostScanner(root: root.path).scan(knowing: memory, now: later, isToGoOn: { false })
        }
    }

    /// Findings keep one; a journal would keep them all.
    @Test func whatSaysTheSameAgainAndAgainIsNotRemembered() throws {
        let package = try PackageURL(type: "npm", name: String(repeating: "n", count: 200), version: "1")
        var findings = Findings()
        findings.journal = Journal()
        for _ in 0..<100_000 { findings.add(at: "/a") { package } }
        #expect(findings.isComplete && findings.places == [package: ["/a"]])
        #expect(findings.journal?.isCutOff == true && findings.journal?.bytes == [])
    }

    @Test func aFolderThatIsTooMuchIsNotRemembered() {
        var draft = FolderMemory.Draft(facts: .none)
        let journal = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<15 { [1].withUnsafeBytes { draft.add(.itself, name: $0, facts: .none, journal: journal) } }
        #expect(!draft.isTooLong)
        for _ in 0..<2 { [1].withUnsafeBytes { draft.add(.itself, name: $0, facts: .none, journal: journal) } }
        #expect(draft.isTooLong)
    }

    @Test func limitsThatWereReachedAreNotRemembered() throws {
        for index in 0..<50 { try root.write("/many/\(index)/x", "") }
        try root.withFolder { folder in
            let visitor = FileCollectorVisitor(findings: Findings(), isRemembering: true)
            var walk = FolderWalk(
                root: folder, skipped: SkippedFolders(foreign: []), visitor: visitor,
                limits: FolderWalkLimits(depth: 10, folders: 20), remembering: later)
            _ = try walk.run()
            #expect(walk.memory == nil)
        }
        try root.write(String(repeating: "/d", count: 100) + "/x", "")
        let memory = try remember()
        let (report, _) = try check(memory)
        #expect(report.warnings.contains { $0.reason.hasPrefix("deeper than") })
    }
}
