import Foundation
import SeededRandom
import Testing

@testable import HostScan

@Suite struct AppImageTests {
    private static let entry = """
        [Desktop Entry]
        Version=1.0
        Name=Example Editor
        Name[de]=Beispiel
        X-AppImage-Version=2.3.4

        [Desktop Action New]
        Name=New

        """

    /// A program with an image behind it, as `mksquashfs` makes it.
    private func application(
        _ entry: String = entry, compressor: String, isLinked: Bool = false, options: [String] = []
    ) throws -> [UInt8] {
        let folder = try TemporaryRoot()
        try folder.write("/image/AppRun", "#!/bin/sh\n")
        try folder.write("/image/usr/bin/editor", String(repeating: "x", count: 300_000))
        try folder.write("/image/usr/share/applications/editor.desktop", entry)
        if isLinked {
            try folder.link("/image/editor.desktop", to: "usr/share/applications/editor.desktop")
        } else {
            try folder.write("/image/editor.desktop", entry)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/mksquashfs")
        let target = folder.url("/image.squashfs").path
        process.arguments =
            [folder.url("/image").path, target, "-quiet", "-no-progress", "-comp", compressor] + options
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Self.program + Array(try Data(contentsOf: folder.url("/image.squashfs")))
    }

    /// What starts an image: its table of sections is its end.
    private static var program: [UInt8] {
        var bytes = PackedSamples.elf(sections: [(".text", [UInt8](repeating: 0x90, count: 4096))])
        bytes[8...10] = [0x41, 0x49, 0x02]
        return bytes
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mksquashfs"), "squashfs-tools is missing"),
        arguments: [
            ("gzip", false, []), ("xz", false, []), ("zstd", true, []), ("gzip", true, ["-no-fragments"]),
            ("gzip", false, ["-noI", "-noD", "-noF"]),
        ])
    func readsDesktopEntries(compressor: String, isLinked: Bool, options: [String]) throws {
        let root = try TemporaryRoot()
        let bytes = try application(compressor: compressor, isLinked: isLinked, options: options)
        try root.writeProgram("/home/a/Applications/Editor.AppImage", bytes)
        #expect(try root.packages() == ["pkg:generic/example-editor@2.3.4"])
        #expect(try root.warnings() == [])
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mksquashfs"), "squashfs-tools is missing"))
    func versionsAreInFileNamesToo() throws {
        let root = try TemporaryRoot()
        let bytes = try application("[Desktop Entry]\nName=Editor\nVersion=1.0\n", compressor: "gzip")
        try root.writeProgram("/opt/Editor-5.6.7-x86_64.AppImage", bytes)
        try root.writeProgram("/opt/Editor.AppImage", bytes)
        #expect(try root.packages() == ["pkg:generic/editor@5.6.7"])
        #expect(try root.warnings() == ["/opt/Editor.AppImage: editor does not state its version, left out"])
    }

    @Test(
        arguments: [
            ("Obsidian-1.5.3-arm64.AppImage", "obsidian", "1.5.3"),
            ("balenaEtcher-1.18.11-x64.AppImage", "balenaetcher", "1.18.11"),
            ("My_App-v2.0.AppImage", "my-app", "2.0"), ("nvim.appimage", "nvim", nil), ("1.0.AppImage", "1.0", "1.0"),
        ] as [(String, String, String?)])
    func readsFileNames(text: String, name: String, version: String?) {
        let parsed = AppImageFileName(text)
        #expect(parsed.name == name && parsed.version == version)
    }

    @Test func damagedImagesAreWarnings() throws {
        let root = try TemporaryRoot()
        try root.write("/opt/A.AppImage", "text")
        try root.write(
            "/opt/B-1.0.AppImage", bytes: Self.program + Array("hsqs".utf8) + [UInt8](repeating: 0, count: 200))
        try root.write("/opt/C.AppImage", bytes: Self.program)
        #expect(try root.packages() == ["pkg:generic/b@1.0"])
        let warnings = try root.warnings()
        #expect(warnings.count == 3, "\(warnings)")
        #expect(warnings.contains("/opt/A.AppImage: no AppImage"))
        #expect(warnings.contains("/opt/B-1.0.AppImage: known by its name alone: SquashFS packed by method 0"))
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mksquashfs"), "squashfs-tools is missing"))
    func neverTrapsOnMutatedImages() throws {
        var random = SplitMix(seed: 71)
        let image = Array(
            try application(compressor: "gzip", options: ["-noI", "-noD", "-noF"]).dropFirst(Self.program.count))
        let root = try TemporaryRoot()
        for _ in 0..<300 {
            var bytes = image
            for _ in 0..<3 { bytes[Int.random(in: 0..<96, using: &random)] = .random(in: 0...255, using: &random) }
            for _ in 0..<20 {
                bytes[Int.random(in: (bytes.count - 2000)..<bytes.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            try root.write("/opt/A.AppImage", bytes: Self.program + bytes)
            _ = try root.scan()
        }
    }
}
