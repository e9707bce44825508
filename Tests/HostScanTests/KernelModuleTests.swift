import Foundation
import SeededRandom
import Testing

@testable import HostScan

@Suite struct KernelModuleTests {
    private static let information = """
        license=NVIDIA\0supported=external\0version=535.183.01\0parm=NVreg_X:int\0srcversion=BC7DF5EFE4A5B6C7D8E9F00\0\
        depends=\0retpoline=Y\0name=nvidia\0vermagic=6.1.0-18-amd64 SMP preempt mod_unload modversions \0
        """
    private static let package = "pkg:generic/linux-kernel-module/nvidia@535.183.01?srcversion=BC7DF5EFE4A5B6C7D8E9F00"
    private static let folder = "/lib/modules/6.1.0-18-amd64"

    private static func module(_ information: String = information) -> [UInt8] {
        // A place of the same form elsewhere says nothing.
        PackedSamples.elf(sections: [
            (".rodata", Array("\0version=%s\0x\u{1}\0".utf8)), (".modinfo", Array(information.utf8)),
            (".text", [UInt8](repeating: 0x90, count: 300_000)),
        ])
    }

    @Test(arguments: ["/updates/dkms/nvidia.ko", "/extra/nvidia-current.ko", "/misc/x/nvidia.ko"])
    func readsModulesFromElsewhere(place: String) throws {
        let root = try TemporaryRoot()
        try root.write(Self.folder + place, bytes: Self.module())
        try root.write("/usr\(Self.folder)/weak/nvidia.ko", bytes: Self.module())
        try root.link("/usr\(Self.folder)/weak-updates/nvidia.ko", to: "../weak/nvidia.ko")
        let report = try root.scan()
        #expect(report.inventory.packages.map(\.description) == [Self.package])
        #expect(report.occurrences.values.map(\.self) == [[Self.folder + place, "/usr\(Self.folder)/weak/nvidia.ko"]])
        #expect(report.warnings == [])
    }

    @Test(arguments: [("xz", "xz"), ("zstd", "zst"), ("gzip", "gz")])
    func readsPackedModules(tool: String, ending: String) throws {
        let root = try TemporaryRoot()
        let bytes = try PackedSamples.packed(Self.module(), by: tool)
        try root.write("\(Self.folder)/updates/nvidia.ko.\(ending)", bytes: bytes)
        #expect(try root.packages() == [Self.package])
        try root.write("\(Self.folder)/updates/nvidia.ko.\(ending)", bytes: Array(bytes.prefix(100)))
        #expect(try root.packages() == [])
        #expect(try root.warnings().count == 1)
    }

    @Test func modulesOfTheKernelAreNotReported() throws {
        let root = try TemporaryRoot(["/var/lib/dpkg/info/x.list": "\(Self.folder)/updates/owned.ko\n"])
        try root.write("\(Self.folder)/kernel/drivers/a.ko", bytes: Self.module())
        try root.write("\(Self.folder)/updates/own.ko", bytes: Self.module("intree=Y\0version=1\0"))
        try root.write("/usr\(Self.folder)/updates/owned.ko", bytes: Self.module())
        try root.write("/srv/modules/a.ko", bytes: Self.module())
        #expect(try root.packages() == [])
        #expect(try root.warnings() == [])
    }

    @Test func modulesWithoutNameHaveThatOfTheirFile() throws {
        let root = try TemporaryRoot()
        try root.write("\(Self.folder)/updates/wl.ko", bytes: Self.module("srcversion=ABC\0"))
        #expect(try root.packages() == ["pkg:generic/linux-kernel-module/wl?srcversion=ABC"])
    }

    @Test(arguments: [
        ([UInt8](), "no kernel module"), (Array("text".utf8), "no kernel module"),
        (Array(module().prefix(5000)), "ends too early"),
    ])
    func damagedModulesAreWarnings(bytes: [UInt8], reason: String) throws {
        let root = try TemporaryRoot()
        try root.write("\(Self.folder)/updates/a.ko", bytes: bytes)
        let warnings = try root.warnings()
        #expect(warnings.count == 1 && warnings[0].hasPrefix("\(Self.folder)/updates/a.ko: "), "\(warnings)")
    }

    @Test func neverTrapsOnMutatedModules() throws {
        var random = SplitMix(seed: 31)
        let sample = Array(Self.module().prefix(3000))
        for _ in 0..<1_000 {
            let bytes = random.mutated(sample)
            let stream = SourceStream(ByteSource(bytes))
            _ = try? KernelModuleInformation(findingIn: stream)
            _ = KernelModuleInformation(bytes[...])
        }
    }
}
