import BoundedInput
import Foundation
import Inventory
import SeededRandom
import Testing

@testable import HostScan

@Suite struct ImageTests {
    /// Entries of a layer: a path that ends with a slash is a folder.
    typealias Layer = [(path: String, content: Content)]

    enum Content {
        case text(String), bytes([UInt8]), program([UInt8]), link(String), sameAs(String), folder, device
    }

    static let osRelease: (path: String, content: Content) = ("etc/os-release", .text("ID=alpine\nVERSION_ID=3.18.4\n"))

    static func database(_ packages: String...) -> Content {
        .text(
            packages.map { "P:\($0.prefix { $0 != "@" })\nV:\($0.drop { $0 != "@" }.dropFirst())\nA:x86_64\n\n" }
                .joined())
    }

    static func apk(_ text: String) -> String { "pkg:apk/alpine/\(text)?arch=x86_64&distro=alpine-3.18.4" }

    static func tar(_ entries: Layer) -> [UInt8] {
        var bytes: [UInt8] = []
        for (path, content) in entries {
            if path.utf8.count > 100 {
                let record = " path=\(path)\n"
                bytes += entry("pax", "x", Array("\(record.utf8.count + 3)\(record)".utf8))
            }
            let name = String(path.prefix(100))
            switch content {
            case .text(let text): bytes += entry(name, "0", Array(text.utf8))
            case .bytes(let data): bytes += entry(name, "0", data)
            case .program(let data): bytes += entry(name, "0", data, mode: 0o755)
            case .link(let target): bytes += entry(name, "2", [], target: target)
            case .sameAs(let target): bytes += entry(name, "1", [], target: target)
            case .folder: bytes += entry(name, "5", [], mode: 0o755)
            case .device: bytes += entry(name, "3", [])
            }
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    private static func entry(
        _ name: String, _ type: Character, _ content: [UInt8], target: String = "", mode: Int = 0o644
    ) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
        }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return field(String(repeating: "0", count: width - 1 - digits.count) + digits, width)
        }
        var header = field(name, 100) + octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(content.count, 12)
        header += octal(0, 12) + [UInt8](repeating: 0x20, count: 8) + Array(String(type).utf8) + field(target, 100)
        header += field("ustar", 6) + Array("00".utf8)
        header += [UInt8](repeating: 0, count: 512 - header.count)
        header.replaceSubrange(148..<156, with: octal(header.reduce(0) { $0 + Int($1) }, 7) + [0x20])
        return header + content + [UInt8](repeating: 0, count: -content.count & 511)
    }

    /// As `docker save` writes it.
    static func dockerArchive(_ layers: [[UInt8]], name: String = "app:1") -> [UInt8] {
        let names = layers.indices.map { "\"\($0)/layer.tar\"" }.joined(separator: ",")
        let manifest = #"[{"Config":"abc.json","RepoTags":["\#(name)"],"Layers":[\#(names)]}]"#
        var files: Layer = layers.enumerated().map { (path: "\($0.offset)/layer.tar", content: .bytes($0.element)) }
        files.append((path: "manifest.json", content: .text(manifest)))
        return tar(files)
    }

    static func scan(_ archive: [UInt8]) throws -> ScanReport {
        let folder = try TemporaryRoot()
        try folder.write("/image.tar", bytes: archive)
        return try ImageScanner(path: folder.url("/image.tar").path).scan()
    }

    @Test(arguments: ["", "gzip", "zstd", "xz"])
    func laysLayersOverEachOther(form: String) throws {
        let layers: [Layer] = [
            [
                Self.osRelease, ("lib/apk/db/", .folder), ("lib/apk/db/installed", Self.database("musl@1.2.4-r2")),
                ("srv/a/foo-1.0.dist-info/METADATA", .text("Name: foo\nVersion: 1.0\n")),
                ("srv/b/bar-1.0.dist-info/METADATA", .text("Name: bar\nVersion: 1.0\n")),
                ("srv/c/baz-1.0.dist-info/METADATA", .text("Name: baz\nVersion: 1.0\n")),
            ],
            [
                ("./lib/apk/db/installed", Self.database("musl@1.2.4-r2", "zlib@1.2.13-r1")),
                ("srv/a/.wh.foo-1.0.dist-info", .text("")),
                ("srv/b/bar-2.0.dist-info/METADATA", .text("Name: bar\nVersion: 2.0\n")),
                ("srv/b/.wh..wh..opq", .text("")),
                // What replaces a folder by a file.
                ("srv/c", .text("x")),
            ],
        ]
        let packed = try layers.map { layer in
            let bytes = Self.tar(layer)
            return form == "gzip"
                ? Gzip.compress(bytes) : form.isEmpty ? bytes : try PackedSamples.packed(bytes, by: form)
        }
        let report = try Self.scan(Self.dockerArchive(packed))
        #expect(
            report.inventory.packages.map(\.description) == [
                Self.apk("musl@1.2.4-r2"), Self.apk("zlib@1.2.13-r1"), "pkg:pypi/bar@2.0",
            ])
        #expect(report.warnings == [])
        #expect(
            Set(report.occurrences.values.flatMap(\.self)) == [
                "app:1!/lib/apk/db/installed", "app:1!/srv/b/bar-2.0.dist-info/METADATA",
            ])
    }

    @Test func readsProgramsLinksAndLongPaths() throws {
        let go = PackedSamples.elf(sections: [(".go.buildinfo", PackedSamples.goInline("go1.21.4", ""))])
        let long = "srv/" + String(repeating: "folder/", count: 15) + "foo-1.0.dist-info/METADATA"
        let layer: Layer = [
            ("usr/lib/os-release", .text("ID=alpine\nVERSION_ID=3.18.4\n")),
            ("etc/os-release", .link("../usr/lib/os-release")),
            ("usr/local/bin/tool", .program(go)), ("usr/local/bin/other", .sameAs("usr/local/bin/tool")),
            ("usr/local/bin/script", .program(Array("#!/bin/sh\n".utf8) + [UInt8](repeating: 0x23, count: 5000))),
            (long, .text("Name: foo\nVersion: 1.0\n")), ("dev/null", .device),
        ]
        let report = try Self.scan(Self.dockerArchive([Self.tar(layer)]))
        #expect(report.inventory.packages.map(\.description) == ["pkg:golang/stdlib@v1.21.4", "pkg:pypi/foo@1.0"])
        #expect(report.host.os?.id == "alpine")
        #expect(
            report.occurrences.values.map(\.self).contains(["app:1!/usr/local/bin/other", "app:1!/usr/local/bin/tool"]))
        #expect(report.warnings == [])
    }

    @Test func readsLayoutsOfSeveralPlatforms() throws {
        let folder = try TemporaryRoot()
        func blob(_ digest: String, _ bytes: [UInt8]) throws {
            try folder.write("/i/blobs/sha256/\(digest)", bytes: bytes)
        }
        for (digest, version) in [("aa", "1"), ("bb", "2")] {
            let layer = Self.tar([Self.osRelease, ("lib/apk/db/installed", Self.database("musl@\(version)"))])
            try blob("layer-\(digest)", Gzip.compress(layer))
            let manifest = """
                {"config": {"digest": "sha256:x"}, "layers": [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:layer-\(digest)", "size": 1},
                {"mediaType": "application/vnd.in-toto+json", "digest": "sha256:none", "size": 1}]}
                """
            try blob(digest, Array(manifest.utf8))
        }
        let index = """
            {"manifests": [
            {"digest": "sha256:aa", "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:bb", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"digest": "sha256:cc", "annotations": {"vnd.docker.reference.type": "attestation-manifest"}}]}
            """
        try blob("index", Array(index.utf8))
        try folder.write("/i/oci-layout", #"{"imageLayoutVersion": "1.0.0"}"#)
        let outer =
            #"{"manifests": [{"digest": "sha256:index", "annotations": {"org.opencontainers.image.ref.name": "app:2"}}]}"#
        try folder.write("/i/index.json", outer)
        let report = try ImageScanner(path: folder.url("/i").path).scan()
        #expect(report.inventory.packages.map(\.description) == [Self.apk("musl@1"), Self.apk("musl@2")])
        #expect(
            Set(report.occurrences.values.flatMap(\.self)) == [
                "app:2 (linux/amd64)!/lib/apk/db/installed", "app:2 (linux/arm64/v8)!/lib/apk/db/installed",
            ])
        #expect(report.warnings == [])
    }

    @Test func hostileLayersStayInside() throws {
        let outside = try TemporaryRoot(["/secret/keep": "x"])
        let target = outside.url("/secret").path
        let report = try Self.scan(
            Self.dockerArchive([
                Self.tar([
                    Self.osRelease, ("evil", .link(target)), ("etc/hostname", .link("\(target)/keep")),
                    ("lib/apk/db", .link(target)), ("../../escape/package.json", .text("x")),
                    ("/abs/node_modules/a/package.json", .text("{}")),
                ]),
                Self.tar([
                    ("evil/node_modules/a/package.json", .text(#"{"name": "a", "version": "1"}"#)),
                    ("etc/hostname", .text("new")), ("evil2", .sameAs("../../../etc/passwd")),
                    ("evil3", .sameAs("evil/keep")),
                    ("lib/apk/db/installed", Self.database("a@1")), ("lib/.wh...", .text("")), ("x/.wh..", .text("")),
                ]),
            ]))
        #expect(report.inventory.packages.map(\.description) == [Self.apk("a@1"), "pkg:npm/a@1"])
        #expect(report.warnings.map(\.description) == ["app:1!/../../escape/package.json: no path of a file, left out"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["keep"])
        #expect(FileManager.default.contents(atPath: "\(target)/keep") == Data("x".utf8))
    }

    @Test func boundsAreWarnings() throws {
        let jar = Array(repeating: UInt8(0), count: 3000)
        let layer = Self.tar((0..<50).map { ("srv/\($0)/a.jar", .bytes(jar)) })
        let root = try MergedRoot(packed: 0, limits: MergedRoot.Limits(kept: 30_000, entries: 30))
        try root.apply(ByteSource(layer))
        #expect(root.warnings.first?.reason == "there is room for 30000 bytes of an image, left out")
        let few = try MergedRoot(packed: 0, limits: MergedRoot.Limits(entries: 10))
        try few.apply(ByteSource(layer))
        #expect(few.warnings.map(\.reason) == ["more than 10 files, rest left out"])
        let bomb = try MergedRoot(packed: 0, limits: MergedRoot.Limits(unpacked: 1 << 20))
        let zeros = Gzip.compress(Self.tar([("a.jar", .bytes([UInt8](repeating: 0, count: 8 << 20)))]))
        #expect(throws: FileFault.damaged("unpacks to more than 1048576 bytes, rest left out")) {
            try bomb.apply(ByteSource(zeros))
        }
        let path = root.path
        #expect(FileManager.default.fileExists(atPath: path))
        withExtendedLifetime(root) {}
    }

    @Test(arguments: [0, 1, 2, 3, 8])
    func aScanEndsWhenItIsToldTo(after steps: Int) throws {
        let folder = try TemporaryRoot()
        try folder.write("/image.tar", bytes: Self.dockerArchive([Self.tar([Self.osRelease])]))
        var left = steps
        #expect(throws: CancellationError.self) {
            let scanner = ImageScanner(path: folder.url("/image.tar").path)
            return try scanner.scan(isToGoOn: {
                left -= 1
                return left >= 0
            })
        }
    }

    @Test func nothingIsLeftBehind() throws {
        let path: String
        do {
            let root = try MergedRoot(packed: 0)
            try root.apply(
                ByteSource(Self.tar([Self.osRelease, ("a/b/c/package.json", .text("{}")), ("l", .link("/etc"))])))
            path = root.path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [
        ([UInt8](), "no image: neither manifest.json nor index.json is there"),
        (Array("text that is no archive at all".utf8), "ends too early"),
        (tar([("manifest.json", .text("[]"))]), "it holds no image"),
        (tar([("manifest.json", .text("{"))]), "malformed JSON at byte 1: unexpected end"),
        (Gzip.compress(tar([("manifest.json", .text("[]"))])), "the archive is packed by gzip: unpack it first"),
    ])
    func whatIsNoImageIsAWarning(bytes: [UInt8], reason: String) throws {
        let report = try Self.scan(bytes)
        #expect(report.inventory.packages == [])
        #expect(report.warnings.map(\.reason) == [reason])
    }

    @Test func whatIsMissingIsAWarning() throws {
        let manifest = #"[{"RepoTags": null, "Config": "blobs/sha256/abcd", "Layers": ["a.tar", "b.tar"]}]"#
        let damaged = Self.tar([Self.osRelease]).prefix(700)
        let report = try Self.scan(Self.tar([("manifest.json", .text(manifest)), ("b.tar", .bytes(Array(damaged)))]))
        #expect(
            report.warnings.prefix(2).map(\.description) == [
                "sha256:abcd!a.tar: a.tar is missing", "sha256:abcd!b.tar: ends too early",
            ])
    }

    @Test func neverTrapsOnMutatedImages() throws {
        var random = SplitMix(seed: 91)
        let layers = [
            Self.tar([Self.osRelease, ("lib/apk/db/installed", Self.database("a@1")), ("srv/x", .link("/etc"))]),
            Self.tar([
                ("srv/.wh..wh..opq", .text("")), ("lib/.wh.apk", .text("")), ("srv/y", .sameAs("etc/os-release")),
            ]),
        ]
        let archive = Self.dockerArchive([layers[0], Gzip.compress(layers[1])])
        for _ in 0..<300 { _ = try Self.scan(random.mutated(archive)) }
        for _ in 0..<300 {
            let root = try MergedRoot(packed: 0)
            try? root.apply(ByteSource(random.mutated(layers[0])))
            try? root.apply(ByteSource(random.mutated(layers[1])))
        }
    }
}
