import Foundation
import Inventory
import PackageIdentity
import SeededRandom
import Testing

@testable import HostScan

/// Databases that rpm and Berkeley DB wrote.
@Suite struct RPMDatabaseTests {
    private func root(_ name: String, _ bytes: [UInt8]) throws -> TemporaryRoot {
        let root = try TemporaryRoot(["/etc/os-release": RPMSamples.redHat])
        try root.write("/var/lib/rpm/\(name)", bytes: bytes)
        return root
    }

    /// Reads without a walk over the tree: what the database alone gives.
    private func read(_ root: TemporaryRoot) throws -> (packages: [String], warnings: [ScanWarning]) {
        var findings = Findings()
        try root.withFolder { folder in
            OperatingSystemCollector().collect(from: folder, into: &findings)
            RPMCollector().collect(from: folder, into: &findings)
        }
        return (findings.places.keys.map(\.description).sorted(), findings.report().warnings)
    }

    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"))
    func readsWhatRPMWrote() throws {
        let root = try root("rpmdb.sqlite", try RPMSamples.database())
        for path in ["/usr/lib/python3.9/site-packages/sample-1.4.dist-info", "/opt/y/sample-1.4.dist-info"] {
            try root.write("\(path)/METADATA", "")
        }
        try root.write("/usr/lib/node_modules/x/package.json", #"{"name": "x", "version": "1.0.0"}"#)
        #expect(try root.packages() == ["pkg:pypi/sample@1.4"] + RPMSamples.packages)
        let report = try root.scan()
        #expect(report.warnings == [])
        #expect(report.occurrences.values.contains(["/opt/y/sample-1.4.dist-info/METADATA"]))
    }

    /// A reader that opens the database by itself would leave files beside it.
    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"))
    func leavesTheFolderAsItWas() throws {
        let root = try root("rpmdb.sqlite", try RPMSamples.database())
        _ = try root.scan()
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.url("/var/lib/rpm").path) == ["rpmdb.sqlite"])
        #expect(Array(try Data(contentsOf: root.url("/var/lib/rpm/rpmdb.sqlite"))) == (try RPMSamples.database()))
    }

    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"), arguments: [512, 1024, 8192, 65_536])
    func readsPagesOfAnySize(pageSize: Int) throws {
        let root = try root("rpmdb.sqlite", try RPMSamples.database())
        // Rows of all lengths at which they spill into further pages.
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], isolation_level=None)
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA page_size = " + sys.argv[2])
            database.execute("VACUUM")
            for length in [*range(1, 1200), *range(1200, 200000, 4999)]:
                database.execute("INSERT INTO Packages (blob) VALUES (zeroblob(?))", (length,))
            assert database.execute("PRAGMA page_size").fetchone()[0] == int(sys.argv[2])
            """
        let file = root.url("/var/lib/rpm/rpmdb.sqlite").path
        try Tool.run("/usr/bin/python3", ["-c", script, file, "\(pageSize)"])
        var lengths: [Int] = []
        try root.withFolder { folder in
            let file = try folder.openPositioned("/var/lib/rpm/rpmdb.sqlite")
            try RPMDatabase.sqlite.forEachHeader(in: file, log: nil) { header in
                lengths.append((try? header.get().count) ?? 0)
            }
        }
        let output = try Tool.run(
            "/usr/bin/python3",
            [
                "-c",
                "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute('SELECT length(blob) FROM Packages ORDER BY hnum'): print(*row)",
                file,
            ])
        #expect(lengths == output.split(separator: "\n").compactMap { Int($0) })
        #expect(lengths.count == RPMSamples.packages.count + 1 + 1199 + 40)
        let (packages, warnings) = try read(root)
        #expect(packages == RPMSamples.packages)
        // The others are no headers.
        #expect(!warnings.isEmpty)
    }

    @Test(
        .enabled(if: RPMSamples.canBuildBerkeleyDB, "rpm or db5.3-util is missing"),
        arguments: [512, 4096, 65_536], [ByteOrder.little, .big])
    func readsWhatBerkeleyDBWrote(pageSize: Int, order: ByteOrder) throws {
        let headers = try RPMSamples.headers(of: try RPMSamples.database())
        #expect(headers.count == RPMSamples.packages.count + 1)
        let root = try root("Packages", try RPMSamples.berkeleyDB(headers, pageSize: pageSize, order: order))
        let (packages, warnings) = try read(root)
        #expect(packages == RPMSamples.packages && warnings == [])
    }

    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"))
    func readsTheSameHeadersInNDB() throws {
        let headers = try RPMSamples.headers(of: try RPMSamples.database())
        let (packages, warnings) = try read(try root("Packages.db", RPMSamples.ndb(headers)))
        #expect(packages == RPMSamples.packages && warnings == [])
    }

    /// What a writer that still has the database open has committed, and not what it has not.
    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"))
    func readsTheLog() throws {
        let root = try root("rpmdb.sqlite", try RPMSamples.database())
        let folder = root.url("/var/lib/rpm").path
        let script = """
            import shutil, sqlite3, sys
            source, copy = sys.argv[1:]
            database = sqlite3.connect(source + "/rpmdb.sqlite", isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA wal_autocheckpoint = 0")
            database.execute("PRAGMA cache_size = 1")
            database.execute("BEGIN")
            for hnum, blob in database.execute("SELECT hnum, blob FROM Packages").fetchall():
                if b"nodejs\\0" in blob:
                    database.execute("UPDATE Packages SET blob = ? WHERE hnum = ?", (blob.replace(b"18.19.0\\0", b"18.19.1\\0"), hnum))
                if b"sample-libs\\0" in blob:
                    database.execute("DELETE FROM Packages WHERE hnum = ?", (hnum,))
                    database.execute("INSERT INTO Packages (blob) VALUES (?)", (blob.replace(b"sample-libs\\0", b"simple-libs\\0"),))
            database.execute("COMMIT")
            database.execute("BEGIN")
            database.execute("DELETE FROM Packages")
            database.execute("CREATE TABLE padding (x)")
            for number in range(200):
                database.execute("INSERT INTO padding VALUES (zeroblob(4000))")
            for suffix in ("", "-wal"):
                shutil.copy(source + "/rpmdb.sqlite" + suffix, copy)
            database.execute("ROLLBACK")
            """
        let copy = try TemporaryRoot(["/etc/os-release": RPMSamples.redHat, "/var/lib/rpm/.rpm.lock": ""])
        try Tool.run("/usr/bin/python3", ["-c", script, folder, copy.url("/var/lib/rpm").path])
        let logSize =
            try FileManager.default.attributesOfItem(
                atPath: copy.url("/var/lib/rpm/rpmdb.sqlite-wal").path)[.size] as? Int
        // Some of the transaction that was not committed is there.
        #expect((logSize ?? 0) > 400_000)
        let expected = RPMSamples.packages.map {
            $0.replacing("nodejs@18.19.0", with: "nodejs@18.19.1").replacing("/sample-libs", with: "/simple-libs")
        }.sorted()
        let (packages, warnings) = try read(copy)
        #expect(packages == expected && warnings == [])

        // A log that breaks off counts up to its last whole transaction, one of an earlier generation not at all.
        let log = Array(try Data(contentsOf: copy.url("/var/lib/rpm/rpmdb.sqlite-wal")))
        try copy.write("/var/lib/rpm/rpmdb.sqlite-wal", bytes: Array(log.dropLast(log.count / 3)))
        #expect(try read(copy).packages == expected)
        // One that is too large leaves what the file has.
        try copy.write("/var/lib/rpm/rpmdb.sqlite-wal", bytes: log)
        #expect(truncate(copy.url("/var/lib/rpm/rpmdb.sqlite-wal").path, 1 << 40) == 0)
        let beside = try read(copy)
        #expect(beside.packages == RPMSamples.packages)
        #expect(beside.warnings.map(\.reason) == ["a log larger than 536870912 bytes"])
        var old = log
        old[17] ^= 1
        try copy.write("/var/lib/rpm/rpmdb.sqlite-wal", bytes: old)
        #expect(try read(copy).packages == RPMSamples.packages)
    }

    @Test(.enabled(if: RPMSamples.canBuild, "rpm is missing"))
    func agreesWithRPM() throws {
        let root = try root("rpmdb.sqlite", try RPMSamples.database())
        let found = try read(root).packages.map { text in
            let package = try PackageURL(text)
            return [
                package.name, package.qualifier("epoch") ?? "(none)", package.version ?? "",
                package.qualifier("arch") ?? "",
                package.qualifier("upstream") ?? "", package.qualifier("rpmmod") ?? "(none)",
            ].joined(separator: " ")
        }
        let format = "%{NAME} %{EPOCH} %{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{MODULARITYLABEL}\\n"
        let output = try Tool.run(
            "/usr/bin/rpm",
            ["--dbpath", root.url("/var/lib/rpm").path, "--define", "_db_backend sqlite", "-qa", "--qf", format])
        let expected = output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("gpg-pubkey") }
        #expect(found.sorted() == expected.sorted())
        #expect(expected.count == RPMSamples.packages.count)
    }

    @Test(.enabled(if: RPMSamples.canBuildBerkeleyDB, "rpm or db5.3-util is missing"), arguments: RPMDatabase.allCases)
    func brokenDatabasesEnd(database: RPMDatabase) throws {
        let bytes = try sample(of: database)
        var random = SplitMix(seed: 21)
        let root = try TemporaryRoot()
        try root.withFolder { folder in
            for round in 0..<60 {
                var broken = bytes
                switch round % 3 {
                case 0: broken.removeLast(Int.random(in: 1..<broken.count, using: &random))
                case 1:
                    for _ in 0..<20 {
                        broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(
                            in: 0...255, using: &random)
                    }
                default:
                    // Heads of pages, where one leads to another.
                    for _ in 0..<4 {
                        let page = Int.random(in: 0..<broken.count / 4096, using: &random) * 4096
                        broken[page + Int.random(in: 0..<40, using: &random)] = UInt8.random(in: 0...60, using: &random)
                    }
                }
                try root.write("/var/lib/rpm/\(database.fileName)", bytes: broken)
                var findings = Findings()
                RPMCollector().collect(from: folder, into: &findings)
                #expect(findings.report().warnings.count <= RPMReading.maximumFaults + 1)
            }
        }
    }

    private func sample(of database: RPMDatabase) throws -> [UInt8] {
        let sqlite = try RPMSamples.database()
        let headers = try RPMSamples.headers(of: sqlite)
        return switch database {
        case .sqlite: sqlite
        case .ndb: RPMSamples.ndb(headers)
        case .berkeleyDB: try RPMSamples.berkeleyDB(headers, pageSize: 4096, order: .little)
        }
    }

    @Test(.enabled(if: RPMSamples.canBuildBerkeleyDB, "rpm or db5.3-util is missing"))
    func chainsOfPagesThatLeadBackEnd() throws {
        let headers = try RPMSamples.headers(of: try RPMSamples.database())
        var bytes = try RPMSamples.berkeleyDB(headers, pageSize: 4096, order: .little)
        for page in stride(from: 4096, to: bytes.count, by: 4096) {
            switch bytes[page + 25] {
            case 7:
                // Of a chain: the next page is this page.
                bytes.replaceSubrange(page + 16..<page + 20, with: bytes[page + 8..<page + 12])
            case 13:
                // Of items, of which those elsewhere are 30 MB long.
                for item in 0..<Int(bytes[page + 20]) {
                    let place = page + Int(bytes[page + 26 + item * 2]) + Int(bytes[page + 27 + item * 2]) << 8
                    if bytes[place] == 3 { bytes.replaceSubrange(place + 8..<place + 12, with: [0, 0, 0xE0, 1]) }
                }
            default: break
            }
        }
        let (packages, warnings) = try read(try root("Packages", bytes))
        #expect(packages == [] && warnings.count == 1)
        #expect(warnings.first?.reason.hasPrefix("its pages form a loop") == true)
    }

    @Test(
        .enabled(if: RPMSamples.canBuild, "rpm is missing"),
        arguments: [(false, "its pages form a loop"), (true, "a tree is deeper than 20 pages")])
    func treesThatLeadBackEnd(isAlone: Bool, reason: String) throws {
        var bytes = try RPMSamples.database()
        var trees = 0
        for page in stride(from: 4096, to: bytes.count, by: 4096) where bytes[page] == 5 {
            trees += 1
            // The right-most child is the page itself, behind the others or alone.
            let number = page / 4096 + 1
            bytes.replaceSubrange(page + 8..<page + 12, with: [0, 0, UInt8(number >> 8), UInt8(number & 255)])
            if isAlone { bytes.replaceSubrange(page + 3..<page + 5, with: [0, 0]) }
        }
        let (packages, warnings) = try read(try root("rpmdb.sqlite", bytes))
        #expect(trees > 0 && packages.isEmpty == isAlone)
        #expect(warnings.map(\.reason) == [reason])
    }
}
