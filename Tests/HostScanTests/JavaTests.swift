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
        let bomb = PackedSamples.zip([
            Entry(name: "x.jar", bytes: [UInt8](repeating: 0, count: 129 << 20)),
            Entry(name: "META-INF/maven/a/b/pom.properties", bytes: [UInt8](repeating: 0x20, count: 1 << 20)),
        ])
        let root = try TemporaryRoot()
        try root.write("/a.jar", bytes: bomb)
        #expect(try root.warnings() == ["/a.jar: larger than 65536 bytes"])
        let inner = PackedSamples.zip([Entry(name: "x.jar", bytes: [UInt8](repeating: 0, count: 129 << 20))])
        try root.write("/a.jar", bytes: inner)
        #expect(try root.warnings() == ["/a.jar!/x.jar: larger than 134217728 bytes"])
    }

    @Test func manyArchivesAreOneWarning() throws {
        let entries = (0..<10_050).map { Entry(name: "\($0).jar", bytes: [0x50], isDeflated: false) }
        var reader = JavaArchiveReader()
        reader.read(ByteSource(PackedSamples.zip(entries)), at: "/a.jar", depth: 0)
        // Each of those that are read is damaged.
        #expect(reader.warnings.count == JavaArchiveReader.maximumArchives)
        #expect(reader.warnings.last?.reason == "more than 10000 archives, rest left out")
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
            var reader = JavaArchiveReader()
            reader.read(ByteSource(random.mutated(samples[round % 2])), at: "/a-1.jar", depth: 0)
            #expect(reader.artifacts.count < 50 && reader.warnings.count < 50)
        }
        // The largest numbers, at every place.
        for sample in samples {
            for place in stride(from: 0, to: sample.count - 8, by: 2) {
                var bytes = sample
                for offset in 0..<8 { bytes[place + offset] = offset == 7 ? 0x7F : 0xFF }
                var reader = JavaArchiveReader()
                reader.read(ByteSource(bytes), at: "/a-1.jar", depth: 0)
            }
        }
    }
}
