import SeededRandom
import Testing

@testable import HostScan

@Suite struct JavaTests {
    typealias Entry = PackedSamples.Entry

    static func properties(_ group: String, _ name: String, _ version: String) -> Entry {
        Entry(
            name: "META-INF/maven/\(group)/\(name)/pom.properties",
            bytes: Array("#Generated\nversion=\(version)\r\ngroupId=\(group)\nartifactId=\(name)\n".utf8))
    }

    static func manifest(_ text: String) -> Entry {
        Entry(name: "META-INF/MANIFEST.MF", bytes: Array("Manifest-Version: 1.0\r\n\(text)\r\n".utf8))
    }

    private func packages(_ name: String, _ entries: [Entry]) throws -> [String] {
        let root = try TemporaryRoot()
        try root.write("/srv/\(name)", bytes: PackedSamples.zip(entries))
        #expect(try root.warnings() == [])
        return try root.packages()
    }

    @Test(arguments: [
        // Maven's note wins over name and manifest.
        (
            "log4j-core.jar",
            [properties("org.apache.logging.log4j", "log4j-core", "2.14.1"), manifest("Implementation-Version: 9")],
            ["pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"]
        ),
        (
            "renamed.jar", [properties("commons-io", "commons-io", "2.7")], ["pkg:maven/commons-io/commons-io@2.7"]
        ),
        // Libraries that were merged into another.
        (
            "shaded-1.0.jar", [properties("a.b", "shaded", "1.0"), properties("c.d", "inner", "2.0")],
            ["pkg:maven/a.b/shaded@1.0", "pkg:maven/c.d/inner@2.0"]
        ),
        (
            "app-3.1.jar", [properties("a.b", "x", "1.0"), properties("c.d", "y", "2.0")],
            ["pkg:maven/a.b/x@1.0", "pkg:maven/app@3.1", "pkg:maven/c.d/y@2.0"]
        ),
        // Gradle notes nothing.
        (
            "spring-core-5.3.17.jar",
            [manifest("Implementation-Title: spring-core\r\nImplementation-Version: 5.3.17\r\n")],
            ["pkg:maven/org.springframework/spring-core@5.3.17"]
        ),
        ("log4j-1.2-api-2.17.1.jar", [], ["pkg:maven/log4j-1.2-api@2.17.1"]),
        ("foo-1.0-2.jar", [], ["pkg:maven/foo@1.0-2"]),
        ("foo-1.0-jar-with-dependencies.jar", [], ["pkg:maven/foo@1.0"]),
        (
            "foo.jar",
            [
                manifest(
                    "Implementation-Title: foo\r\nImplementation-Vendor-Id: com.exam\r\n ple\r\nBundle-Version: 2.1\r\n"
                )
            ],
            ["pkg:maven/com.example/foo@2.1"]
        ),
        (
            "foo-2.jar", [manifest("Bundle-SymbolicName: org.example.foo; singleton:=true\r\n")],
            ["pkg:maven/org.example/foo@2"]
        ),
        // Nothing that could be held against an advisory.
        ("app.jar", [manifest("Main-Class: x.Y\r\n")], []),
        ("app.jar", [manifest("Implementation-Title: My App\r\nImplementation-Version: ${version}\r\n")], []),
        ("foo-1.0-sources.jar", [properties("a.b", "foo", "1.0")], []),
        ("foo.jar", [properties("${g}", "foo", "1.0")], []),
    ])
    func namesLibraries(name: String, entries: [Entry], expected: [String]) throws {
        #expect(try packages(name, entries) == expected)
    }

    @Test(arguments: [(true, false), (false, false), (false, true)])
    func readsArchivesInArchives(isDeflated: Bool, isWide: Bool) throws {
        let library = PackedSamples.zip([Self.properties("a.b", "lib", "1.0")])
        let web = PackedSamples.zip([
            Entry(name: "WEB-INF/lib/lib-1.0.jar", bytes: library, isDeflated: isDeflated), Self.manifest(""),
        ])
        let outer = PackedSamples.zip(
            [Entry(name: "web.war", bytes: web, isDeflated: isDeflated)], prefix: Array("#!/bin/sh\n".utf8),
            comment: "a comment", isWide: isWide)
        let root = try TemporaryRoot()
        try root.write("/srv/all.ear", bytes: outer)
        let report = try root.scan()
        #expect(report.inventory.packages.map(\.description) == ["pkg:maven/a.b/lib@1.0"])
        #expect(report.occurrences.values.map(\.self) == [["/srv/all.ear!/web.war!/WEB-INF/lib/lib-1.0.jar"]])
        #expect(report.warnings == [])
    }

    @Test func distributionArchivesAreTheirPackages() throws {
        let root = try TemporaryRoot([
            "/var/lib/dpkg/info/x.list":
                "/usr/share/java/x-1.0.jar\n/usr/share/java/app.war\n/usr/share/x/lib/y-1.0.jar\n"
        ])
        let bytes = PackedSamples.zip([Self.properties("a.b", "x", "1.0")])
        try root.write("/usr/share/java/x-1.0.jar", bytes: bytes)
        try root.link("/usr/share/x/lib/x.jar", to: "/usr/share/java/x-1.0.jar")
        #expect(try root.packages() == [])
        try root.write("/usr/share/x/lib/y-1.0.jar", bytes: bytes)
        try root.write("/usr/share/java/app.war", bytes: bytes)
        #expect(
            try root.scan().occurrences.values.map(\.self) == [
                ["/usr/share/java/app.war", "/usr/share/x/lib/y-1.0.jar"]
            ])
    }

    @Test func deepArchivesAreWarnings() throws {
        var bytes = PackedSamples.zip([Self.properties("a.b", "deep", "1.0")])
        for _ in 0..<20 { bytes = PackedSamples.zip([Entry(name: "a.jar", bytes: bytes)]) }
        let root = try TemporaryRoot()
        try root.write("/a.jar", bytes: bytes)
        #expect(try root.packages() == [])
        #expect(
            try root.warnings() == [
                "/a.jar" + String(repeating: "!/a.jar", count: 7) + ": deeper than 6 archives"
            ])
    }

    @Test func bombsAreWarnings() throws {
        let zeros = [UInt8](repeating: 0, count: 100 << 20)
        let root = try TemporaryRoot()
        let properties = Entry(
            name: "META-INF/maven/a/b/pom.properties", bytes: [UInt8](repeating: 0x20, count: 1 << 20))
        try root.write("/a.jar", bytes: PackedSamples.zip([properties]))
        #expect(try root.warnings() == ["/a.jar: larger than 65536 bytes"])
        try root.write("/a.jar", bytes: PackedSamples.zip([Entry(name: "x.jar", bytes: zeros)]))
        #expect(try root.warnings() == ["/a.jar!/x.jar: no zip archive"])
        // Of 100 MB each, and 100 kB of the file.
        let inner = PackedSamples.zip([Entry(name: "x", bytes: zeros, isOpenEnded: true)])
        let middle = PackedSamples.zip((0..<2).map { Entry(name: "\($0).jar", bytes: inner, isDeflated: false) })
        try root.write("/a.jar", bytes: PackedSamples.zip([Entry(name: "m.jar", bytes: middle)]))
        #expect(try root.warnings() == [])
        let outer = PackedSamples.zip([
            Entry(name: "z.jar", bytes: PackedSamples.zip([Entry(name: "y.jar", bytes: zeros + inner)])),
            Self.properties("a.b", "outer", "1"),
        ])
        try root.write("/a.jar", bytes: PackedSamples.zip([Entry(name: "o.jar", bytes: outer)]))
        #expect(try root.packages() == ["pkg:maven/a.b/outer@1"])
        let warnings = try root.warnings()
        #expect(warnings == ["/a.jar!/o.jar!/z.jar!/y.jar: no zip archive"], "\(warnings)")
    }

    /// Too large to be held: it is read as it unpacks, with what is in it.
    @Test(arguments: [true, false])
    func readsLargePackedArchives(isOpenEnded: Bool) throws {
        var random = SplitMix(seed: 7)
        let noise = (0..<(18 << 17)).flatMap { _ in PackedSamples.little(Int(truncatingIfNeeded: random.next()), 8) }
        let library = PackedSamples.zip([Self.properties("a.b", "lib", "1.0"), Self.manifest("")])
        let web = PackedSamples.zip([
            Entry(name: "META-INF/", bytes: [], isDeflated: false),
            Entry(name: "noise", bytes: noise, isOpenEnded: isOpenEnded),
            Entry(name: "WEB-INF/lib/lib-1.0.jar", bytes: library, isOpenEnded: isOpenEnded),
            Entry(name: "WEB-INF/lib/lib-2.0.jar", bytes: Array(library.prefix(100)), isDeflated: false),
            Self.properties("a.b", "web", "2.0"),
        ])
        let root = try TemporaryRoot()
        try root.write("/srv/all.ear", bytes: PackedSamples.zip([Entry(name: "web.war", bytes: web)]))
        let report = try root.scan()
        #expect(
            report.inventory.packages.map(\.description) == [
                "pkg:maven/a.b/lib@1.0", "pkg:maven/a.b/web@2.0", "pkg:maven/lib@2.0",
            ])
        let place = "/srv/all.ear!/web.war"
        #expect(
            Set(report.occurrences.values.flatMap(\.self)) == [
                place, "\(place)!/WEB-INF/lib/lib-1.0.jar", "\(place)!/WEB-INF/lib/lib-2.0.jar",
            ])
        #expect(report.warnings.map(\.description) == ["\(place)!/WEB-INF/lib/lib-2.0.jar: ends too early"])
    }

    @Test func whatUnpacksToTooMuchIsLeftOut() throws {
        let bomb = PackedSamples.zip([
            Entry(name: "x", bytes: [UInt8](repeating: 0, count: 90 << 20), isOpenEnded: true)
        ])
        let root = try TemporaryRoot()
        try root.write(
            "/a.jar",
            bytes: PackedSamples.zip([Entry(name: "b.jar", bytes: bomb + [UInt8](repeating: 0, count: 90 << 20))]))
        let warnings = try root.warnings()
        #expect(warnings.count == 1 && warnings[0].hasPrefix("/a.jar!/b.jar: unpacks to more than"), "\(warnings)")
    }

    @Test func manyArchivesAreOneWarning() throws {
        let entries = (0..<10_050).map { Entry(name: "\($0).jar", bytes: [0x50], isDeflated: false) }
        let bytes = PackedSamples.zip(entries)
        var reader = JavaArchiveReader(path: "/a.jar", size: bytes.count)
        reader.read(ByteSource(bytes))
        // Each of those that are read is damaged.
        #expect(reader.warnings.count == JavaArchiveReader.maximumArchives)
        #expect(reader.warnings.last?.reason == "more than 10000 archives, rest left out")
    }

    @Test func whatIsNotedIsBounded() throws {
        let name = String(repeating: "n", count: 4000)
        let entries = (0..<3_000).map { Entry(name: "\($0)\(name).jar", bytes: [0x50], isDeflated: false) }
        let bytes = PackedSamples.zip(entries)
        var reader = JavaArchiveReader(path: "/a.jar", size: bytes.count)
        reader.read(ByteSource(bytes))
        #expect(reader.warnings.count < 2_200)
        #expect(reader.warnings.last?.description == "/a.jar: more than 8388608 bytes to note, rest left out")
    }

    @Test func longCoordinatesAreBounded() throws {
        let group = String(repeating: "g", count: 3000)
        let bytes = PackedSamples.zip((0..<4_000).map { Self.properties(group, "a\($0)", "1") })
        var reader = JavaArchiveReader(path: "/a.jar", size: bytes.count)
        reader.read(ByteSource(bytes))
        #expect((2_000..<2_800).contains(reader.artifacts.count))
        #expect(reader.warnings.map(\.reason) == ["more than 8388608 bytes to note, rest left out"])
    }

    /// What several entries name is unpacked for each of them.
    @Test func workOfArchivesInMemoryIsBounded() throws {
        let blanks = Entry(
            name: "META-INF/maven/a/b/pom.properties",
            bytes: [UInt8](repeating: 0x20, count: JavaArchiveReader.textLimit))
        let bytes = PackedSamples.zip([Entry](repeating: blanks, count: 1_200))
        var reader = JavaArchiveReader(path: "/a.jar", size: 0)
        reader.read(ByteSource(bytes))
        #expect(reader.warnings.map(\.description) == ["/a.jar: unpacks to more than 67108864 bytes, rest left out"])
    }

    @Test(arguments: [
        ([UInt8](), "no zip archive"), (Array("nonsense that is longer than a record's end".utf8), "no zip archive"),
        (
            Array(PackedSamples.zip([Self.properties("a", "b", "1")]).dropFirst(40)),
            "the directory is not where it should be"
        ),
    ])
    func damagedArchivesAreWarnings(bytes: [UInt8], reason: String) throws {
        let root = try TemporaryRoot()
        try root.write("/a.jar", bytes: bytes)
        let warnings = try root.warnings()
        #expect(warnings.count == 1 && warnings[0].contains(reason), "\(warnings)")
    }

    @Test func neverTrapsOnMutatedArchives() throws {
        var random = SplitMix(seed: 13)
        let library = PackedSamples.zip([Self.properties("a.b", "lib", "1.0"), Self.manifest("Bundle-Version: 1\r\n")])
        let samples = [
            PackedSamples.zip([Entry(name: "lib.jar", bytes: library, isDeflated: false)]),
            PackedSamples.zip([Entry(name: "lib.jar", bytes: library), Self.manifest("")], comment: "c", isWide: true),
        ]
        for round in 0..<2_000 {
            let bytes = random.mutated(samples[round % 2])
            var reader = JavaArchiveReader(path: "/a-1.jar", size: bytes.count)
            reader.read(ByteSource(bytes))
            // The same as it comes.
            try? ZipStream(SourceStream(ByteSource(bytes)), UnpackingWork(limit: 1 << 20)).forEach(
                where: JavaArchive.isOfInterest
            ) { _, content in
                _ = try content.bytes(limit: 1000, cutsOff: true)
            }
            #expect(reader.artifacts.count < 50 && reader.warnings.count < 50)
        }
        // The largest numbers, at every place.
        for sample in samples {
            for place in stride(from: 0, to: sample.count - 8, by: 2) {
                var bytes = sample
                for offset in 0..<8 { bytes[place + offset] = offset == 7 ? 0x7F : 0xFF }
                var reader = JavaArchiveReader(path: "/a-1.jar", size: bytes.count)
                reader.read(ByteSource(bytes))
            }
        }
    }
}
