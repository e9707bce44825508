import BoundedInput
import SeededRandom
import Testing

@testable import HostScan

@Suite struct ProgramTests {
    static let modules = """
        path\texample.com/tool/cmd/tool
        mod\texample.com/tool\tv1.4.0\th1:abc=
        dep\tgithub.com/Azure/go-ntlmssp\tv0.0.0-20221128193559-754e69321358\th1:def=
        dep\tgolang.org/x/net\tv0.17.0\th1:ghi=
        dep\texample.com/old\tv1.0.0
        =>\texample.com/new/v2\tv2.1.0\th1:jkl=
        dep\texample.com/local\tv0.3.0
        =>\t./local\t(devel)\t
        build\t-compiler=gc

        """
    static let packages = [
        "pkg:golang/example.com/local@v0.3.0", "pkg:golang/example.com/new/v2@v2.1.0",
        "pkg:golang/example.com/tool@v1.4.0",
        "pkg:golang/github.com/Azure/go-ntlmssp@v0.0.0-20221128193559-754e69321358",
        "pkg:golang/golang.org/x/net@v0.17.0", "pkg:golang/stdlib@v1.21.4",
    ]
    static let crates = """
        {"packages": [{"name": "tool", "version": "0.1.0", "source": "local", "root": true, "dependencies": [1, 2]},
        {"name": "cc", "version": "1.0.83", "source": "crates.io", "kind": "build"},
        {"name": "openssl-src", "version": "300.1.6+3.1.4", "source": "crates.io"}]}
        """

    private func go(_ toolchain: String = "go1.21.4", _ modules: String = modules) -> [UInt8] {
        PackedSamples.elf(sections: [
            (".text", [1, 2, 3]), (".go.buildinfo", PackedSamples.goInline(toolchain, modules)),
        ])
    }

    @Test(arguments: [
        "/usr/local/bin/tool", "/opt/x/tool-1.4.0", "/srv/plugin_v5.31.0_x5", "/srv/tool.bin", "/srv/lib.so",
    ])
    func readsModulesOfPrograms(path: String) throws {
        let root = try TemporaryRoot()
        try root.writeProgram(path, go())
        #expect(try root.packages() == Self.packages)
        #expect(try root.warnings() == [])
        #expect(try root.scan().occurrences.values.allSatisfy { $0 == [path] })
    }

    @Test(arguments: [(8, false), (8, true), (4, false), (4, true)], [true, false])
    func readsModulesOfOldPrograms(form: (width: Int, bigEndian: Bool), hasSections: Bool) throws {
        let address = 0x40_0000
        let information = PackedSamples.goPointed(
            "go1.21.4", Self.modules, address: address, width: form.width, bigEndian: form.bigEndian)
        let root = try TemporaryRoot()
        try root.writeProgram(
            "/tool",
            PackedSamples.elf(
                sections: hasSections ? [(".go.buildinfo", information)] : nil, data: information, address: address,
                width: form.width, bigEndian: form.bigEndian))
        #expect(try root.packages() == Self.packages)
        #expect(try root.warnings() == [])
    }

    @Test(arguments: [
        ("go1.22.1", "", ["pkg:golang/stdlib@v1.22.1"]),
        ("go1.20.5 X:boringcrypto", "", ["pkg:golang/stdlib@v1.20.5"]),
        ("go1.26.6-X:boringcrypto", "", ["pkg:golang/stdlib@v1.26.6"]),
        ("devel go1.23-8a7bb3a Mon Jan 1", "path\tx\nmod\texample.com/a\t(devel)\t\n", ["pkg:golang/example.com/a"]),
    ])
    func readsToolchainsAndVersionsThatAreNone(toolchain: String, modules: String, expected: [String]) throws {
        let root = try TemporaryRoot()
        try root.writeProgram("/tool", go(toolchain, modules))
        #expect(try root.packages() == expected)
    }

    @Test func readsCratesOfPrograms() throws {
        let root = try TemporaryRoot()
        let section = PackedSamples.zlib(Array(Self.crates.utf8))
        try root.writeProgram("/usr/local/bin/tool", PackedSamples.elf(sections: [(".dep-v0", section)]))
        #expect(try root.packages() == ["pkg:cargo/openssl-src@300.1.6%2B3.1.4", "pkg:cargo/tool@0.1.0"])
    }

    @Test(arguments: [
        ("/opt/nginx/sbin/nginx", "\0x\0nginx/%s\0nginx version: nginx/1.25.3\0", ["pkg:generic/nginx@1.25.3"]),
        ("/root/.nvm/versions/node/v20.9.0/bin/node", "node.js/v20.9.0\0", ["pkg:generic/node@20.9.0"]),
        ("/bin/busybox", "BusyBox v1.36.1 (2023-06-02)\0", ["pkg:generic/busybox@1.36.1"]),
        ("/opt/x/lib/libcrypto.so.3", "OpenSSL \0OpenSSL 3.1.4 24 Oct 2023\0", ["pkg:generic/openssl@3.1.4"]),
        ("/opt/x/bin/openssl", "OpenSSL 1.1.1w  11 Sep 2023\0", ["pkg:generic/openssl@1.1.1w"]),
        ("/opt/x/bin/python3.12", "3.12.x\03.12.1 (main\03.12.0\0", ["pkg:generic/python@3.12.0"]),
        ("/opt/x/lib/libpython3.13.so.1.0", "\03.13.0rc1\0", ["pkg:generic/python@3.13.0rc1"]),
        ("/opt/x/bin/python3", "\03.13.0\0", []), ("/opt/x/bin/nginx", "nginx/\0nginx/1.", []),
        ("/opt/x/bin/other", "nginx/1.25.3", []),
    ])
    func knowsWidespreadPrograms(path: String, data: String, packages: [String]) throws {
        let root = try TemporaryRoot()
        try root.writeProgram(path, PackedSamples.elf(sections: [(".rodata", Array(data.utf8))]))
        #expect(try root.packages() == packages)
        try root.write("/var/lib/dpkg/info/x.list", "\(path)\n")
        if path.hasPrefix("/bin/") { #expect(try root.packages() == []) }
    }

    @Test func mergedFoldersHoldWhatPackagesNameByTheLink() throws {
        let root = try TemporaryRoot(["/var/lib/dpkg/info/bash.list": "/bin/bash\n"])
        let shell = PackedSamples.elf(sections: [(".rodata", Array("@(#)Bash version 5.2.15(1) release\0".utf8))])
        try root.link("/bin", to: "usr/bin")
        try root.writeProgram("/usr/bin/bash", shell)
        #expect(try root.packages() == [])
        try root.writeProgram("/usr/local/bin/bash", shell)
        #expect(try root.scan().occurrences.values.map(\.self) == [["/usr/local/bin/bash"]])
    }

    /// Read-only data are read piece by piece.
    @Test(arguments: [0, 1, 100, 250, 256, 257, 300])
    func findsVersionsAcrossPieces(distance: Int) throws {
        var data = [UInt8](repeating: 0x2E, count: (1 << 20) - distance)
        data += Array("\0nginx/1.25.3\0".utf8) + [UInt8](repeating: 0, count: 1 << 20)
        let root = try TemporaryRoot()
        try root.writeProgram("/opt/nginx", PackedSamples.elf(sections: [(".rodata", data)]))
        #expect(try root.packages() == ["pkg:generic/nginx@1.25.3"])
    }

    @Test func readsNothingElse() throws {
        let root = try TemporaryRoot()
        let script = Array("#!/bin/sh\n".utf8) + [UInt8](repeating: 0x23, count: 5000)
        try root.writeProgram("/usr/bin/script", script)
        try root.writeProgram("/usr/bin/plain", PackedSamples.elf(sections: [(".text", [1])]))
        try root.writeProgram("/usr/bin/tool.txt", go())
        try root.write("/usr/bin/data", bytes: go())
        try root.link("/usr/bin/link", to: "data")
        #expect(try root.packages() == [])
        #expect(try root.warnings() == [])
    }

    /// Debian builds without modules: a program of a package that has some was built elsewhere.
    @Test func readsWhatDistributionPackagesBringFromElsewhere() throws {
        let lists = [
            "/var/lib/dpkg/info/docker-ce.list": "/usr/bin/dockerd\n",
            "/var/lib/dpkg/info/own.list": "/usr/bin/own\n",
        ]
        let root = try TemporaryRoot(lists)
        try root.writeProgram("/usr/bin/dockerd", go())
        try root.writeProgram("/usr/bin/own", go("go1.19.8", ""))
        #expect(try root.packages() == Self.packages)
        try root.write("/etc/os-release", "ID=fedora\nVERSION_ID=40\n")
        #expect(try root.packages() == [])
    }

    @Test(arguments: [
        (PackedSamples.elf(sections: [(".dep-v0", [1, 2, 3])]), "the list of crates cannot be unpacked"),
        (
            PackedSamples.elf(sections: [(".dep-v0", PackedSamples.zlib(Array("[".utf8)))]),
            "malformed JSON at byte 1: unexpected end"
        ),
        (
            PackedSamples.elf(sections: [(".go.buildinfo", Array(PackedSamples.goInline("go1.21", "").prefix(36)))]),
            "ends too early"
        ),
    ])
    func damagedProgramsAreWarnings(bytes: [UInt8], reason: String) throws {
        let root = try TemporaryRoot()
        try root.writeProgram("/tool", bytes)
        #expect(try root.packages() == [])
        #expect(try root.warnings() == ["/tool: \(reason)"])
    }

    @Test func aBombOfCratesIsAWarning() throws {
        let root = try TemporaryRoot()
        let section = PackedSamples.zlib([UInt8](repeating: 0x20, count: 64 << 20))
        try root.writeProgram("/tool", PackedSamples.elf(sections: [(".dep-v0", section)]))
        #expect(try root.warnings() == ["/tool: the list of crates cannot be unpacked"])
    }

    @Test func neverTrapsOnMutatedPrograms() throws {
        var random = SplitMix(seed: 11)
        let pointed = PackedSamples.goPointed("go1.17", Self.modules, address: 0x1000, width: 8, bigEndian: false)
        let samples = [
            Array(go().prefix(1500)),
            PackedSamples.elf(sections: nil, data: pointed, address: 0x1000),
            PackedSamples.elf(
                sections: [(".go.buildinfo", pointed)], data: pointed, address: 0x1000, width: 4, bigEndian: true),
        ]
        for _ in 0..<3_000 {
            let bytes = random.mutated(samples[Int.random(in: 0..<3, using: &random)])
            guard let program = try? ElfFile(ByteSource(bytes)) else { continue }
            guard let sections = try? program.sections(named: [".go.buildinfo"]) else { continue }
            _ = try? GoBuildInformation(program, section: sections[".go.buildinfo"])
        }
        // Numbers at the edge, at every place of the header.
        for place in 16..<64 {
            for sample in samples {
                var bytes = sample
                for offset in 0..<8 where place + offset < bytes.count {
                    bytes[place + offset] = offset == 7 ? 0x7F : 0xFF
                }
                guard let program = try? ElfFile(ByteSource(bytes)) else { continue }
                let sections = try? program.sections(named: [".go.buildinfo"])
                _ = try? GoBuildInformation(program, section: sections?[".go.buildinfo"])
            }
        }
    }
}
