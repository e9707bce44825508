import BoundedInput
import Foundation
import Glibc
import SeededRandom
import Testing

@testable import HostScan

/// Whole roots in which much is wrong at once. `ZEROTRACE_CORRUPTED_ROOTS=1000` makes so many, which takes some minutes, and prints what they cost.
@Suite struct CorruptedRootTests {
    @Test func endWithAReport() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["ZEROTRACE_CORRUPTED_ROOTS"].flatMap(Int.init) ?? 25
        let seed = environment["ZEROTRACE_CORRUPTED_ROOTS_SEED"].flatMap(UInt64.init) ?? 0
        let samples = try CorruptedRoot.Samples()
        // What no root may lead to: a scan that reads it finds this package.
        let outside = try TemporaryRoot([
            "/secret/foo-1.0.dist-info/METADATA": "Name: outside\nVersion: 1\n",
            "/secret/status": "Package: outside\nStatus: install ok installed\nVersion: 1\n",
        ])
        var (longest, packages, warnings, most) = (0.0, 0, 0, 0)
        for number in 0..<count {
            let root = try CorruptedRoot(samples, seed: seed + UInt64(number), outside: outside.path)
            let before = Self.startPeak()
            let start = ContinuousClock.now
            let report = try HostScanner(root: root.path).scan()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect(seconds < 60, "root \(number)")
            #expect(report.inventory.packages.allSatisfy { $0.name != "outside" }, "root \(number)")
            #expect(report.warnings.allSatisfy { !$0.path.isEmpty && !$0.reason.isEmpty }, "root \(number)")
            longest = max(longest, seconds)
            most = max(most, Self.kilobytes("VmHWM:") - before)
            packages += report.inventory.packages.count
            warnings += report.warnings.count
        }
        #expect(packages > 0 && warnings > 0)
        // With fewer, other tests run beside this one.
        if count > 25 {
            #expect(most < 60 << 10)
            print(
                "\(count) roots: longest \(longest) s, \(packages) packages, \(warnings) warnings, at most \(most) kB more"
            )
        }
    }

    /// Lets the kernel measure the peak of memory anew (proc(5), `clear_refs`).
    ///
    /// - Returns: Kilobytes that are held now.
    private static func startPeak() -> Int {
        let file = fopen("/proc/self/clear_refs", "w")
        if let file {
            fputs("5", file)
            fclose(file)
        }
        return kilobytes("VmRSS:")
    }

    private static func kilobytes(_ field: String) -> Int {
        let status = (try? BoundedFile.read("/proc/self/status", limit: 1 << 16)) ?? []
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

/// A root of real records, some of which are damaged, missing, replaced by links, far too long, or too deep.
final class CorruptedRoot {
    private let root: TemporaryRoot

    var path: String { root.path }

    /// The files of a sound root: each kind of record once.
    struct Samples {
        let files: [(path: String, bytes: [UInt8])]
        let bombs: [(path: String, bytes: [UInt8])]

        init() throws {
            let library = PackedSamples.zip([JavaTests.properties("a.b", "lib", "1.0"), JavaTests.manifest("")])
            let web = PackedSamples.zip([
                PackedSamples.Entry(name: "WEB-INF/lib/lib.jar", bytes: library, isOpenEnded: true)
            ])
            let go = PackedSamples.elf(sections: [
                (".go.buildinfo", PackedSamples.goInline("go1.21.4", ProgramTests.modules)),
                (".dep-v0", PackedSamples.zlib(Array(ProgramTests.crates.utf8))),
            ])
            let module = PackedSamples.elf(sections: [
                (".modinfo", Array("version=1.0\0srcversion=AB\0name=m\0vermagic=6.1 SMP \0".utf8))
            ])
            let texts = [
                "/etc/os-release": TemporaryRoot.debian,
                "/var/lib/dpkg/status":
                    "Package: a\nStatus: install ok installed\nVersion: 1-1\nArchitecture: amd64\n\n",
                "/var/lib/dpkg/info/a.list": "/.\n/usr\n/usr/bin/a\n",
                "/lib/apk/db/installed": "P:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\nR:libc.so\n\n",
                "/var/lib/pacman/local/a-1-1/desc": "%NAME%\na\n\n%VERSION%\n1-1\n",
                "/var/lib/pacman/local/a-1-1/files": "%FILES%\nusr/bin/a\n",
                "/snap/a/current/meta/snap.yaml": "name: a\nversion: 1\n",
                "/srv/p/site-packages/foo-1.0.dist-info/METADATA": "Name: foo\nVersion: 1.0\n",
                "/srv/node_modules/a/package.json": #"{"name": "a", "version": "1.0.0"}"#,
                "/srv/vendor/composer/installed.json": #"{"packages": [{"name": "a/b", "version": "1.0"}]}"#,
                "/srv/a.deps.json": #"{"libraries": {"A/1.0": {"type": "package"}}, "targets": {}}"#,
                "/opt/conda/conda-meta/a.json": #"{"name": "a", "version": "1", "build": "0"}"#,
                "/srv/package-lock.json":
                    #"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}"#,
                "/srv/poetry.lock": "[[package]]\nname = \"a\"\nversion = \"1\"\n",
                "/srv/pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {}\n",
                "/srv/yarn.lock": "a@^1:\n  version \"1.0.0\"\n", "/srv/go.mod": "module a\nrequire b v1.0.0\n",
                "/srv/pom.xml": "<project><groupId>a</groupId><artifactId>b</artifactId><version>1</version></project>",
                "/home/u/.config/google-chrome/Default/Extensions/cjpalhdlnbpafiamejdnhcphjbkeiagm/1_0/manifest.json":
                    #"{"version": "1.0"}"#,
                "/home/u/.mozilla/firefox/x/extensions.json":
                    #"{"addons": [{"id": "a@b", "version": "1", "location": "app-profile"}]}"#,
                "/home/u/.vscode/extensions/a.b-1.0/package.json":
                    #"{"name": "b", "publisher": "a", "version": "1.0"}"#,
                "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h2186-openssl-3.0.12/x": "",
            ]
            files =
                texts.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) } + [
                    ("/srv/lib.jar", library), ("/srv/web.war", web), ("/usr/local/bin/go", go),
                    ("/lib/modules/6.1/updates/m.ko", module),
                    ("/lib/modules/6.1/updates/n.ko.gz", Gzip.compress(module)),
                    ("/var/lib/rpm/rpmdb.sqlite", Array("SQLite format 3\0".utf8) + [UInt8](repeating: 1, count: 4096)),
                    ("/var/lib/rpm/Packages.db", Array("RpmP".utf8) + [UInt8](repeating: 0, count: 8192)),
                    ("/opt/A-1.0.AppImage", go),
                ]
            let zeros = [UInt8](repeating: 0, count: 32 << 20)
            let bomb = PackedSamples.zip([PackedSamples.Entry(name: "x", bytes: zeros, isOpenEnded: true)])
            var nested = bomb
            for _ in 0..<3 {
                nested = PackedSamples.zip([
                    PackedSamples.Entry(name: "a.jar", bytes: nested + zeros.prefix(20 << 20)),
                    PackedSamples.Entry(name: "b.jar", bytes: nested),
                ])
            }
            bombs = [
                ("/srv/bomb.jar", bomb), ("/srv/nested.war", nested),
                ("/lib/modules/6.1/updates/bomb.ko.gz", Gzip.compress(zeros)),
                (
                    "/usr/local/bin/bomb",
                    PackedSamples.elf(sections: [(".dep-v0", PackedSamples.zlib(Array(zeros.prefix(16 << 20))))])
                ),
            ]
        }
    }

    init(_ samples: Samples, seed: UInt64, outside: String) throws {
        var random = SplitMix(seed: seed)
        root = try TemporaryRoot()
        for (path, bytes) in samples.files {
            // There is one already.
            if path == "/etc/os-release" { unlink(root.url(path).path) }
            switch Int.random(in: 0..<14, using: &random) {
            case 0...3: try put(path, random.mutated(bytes))
            case 4: try put(path, Self.flipped(bytes, &random))
            case 5: try put(path, Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
            case 6: try root.link(path, to: "\(outside)/secret/status")
            case 7: try root.link(path, to: path.split(separator: "/").last.map(String.init) ?? "x")
            case 8: try root.makeFIFO(path)
            case 9:
                try put(path, bytes)
                guard truncate(root.url(path).path, 10 << 30) == 0 else { throw POSIXError(.EIO) }
            case 10: try root.write("\(path)/x", "")
            case 11:
                try put(path, bytes)
                chmod(root.url(path).path, 0)
            default: try put(path, bytes)
            }
        }
        let bomb = samples.bombs[Int.random(in: 0..<samples.bombs.count, using: &random)]
        if Bool.random(using: &random) { try put(bomb.path, bomb.bytes) }
        try root.link("/loop/a", to: "../loop")
        try root.link("/srv/up/node_modules", to: "/../../../../../../../../..\(outside)")
        try root.link("/opt/outside", to: outside)
        try root.link("/x/foo-1.0.dist-info/METADATA", to: "\(outside)/secret/foo-1.0.dist-info/METADATA")
        let depth = Int.random(in: 1...200, using: &random)
        try root.write(
            String(repeating: "/d", count: depth) + "/foo-1.0.dist-info/METADATA", "Name: deep\nVersion: 1\n")
    }

    private func put(_ path: String, _ bytes: [UInt8]) throws {
        try root.writeProgram(path, bytes)
    }

    private static func flipped(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<max(1, bytes.count / 50) where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        return bytes
    }
}
