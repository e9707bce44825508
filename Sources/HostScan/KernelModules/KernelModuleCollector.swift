import PackageIdentity
import PackedStreams

/// Kernel modules that came from outside the kernel's source, as DKMS and vendors' installers put them there, by what they say of themselves.
///
/// Modules of the kernel itself lie in the folder `kernel`, and belong to the kernel's package or to whoever built it.
///
/// - Source: <https://docs.kernel.org/kbuild/modules.html>, "Module Installation"
struct KernelModuleCollector: FileCollector {
    private static let endings: [StaticString] = [".ko", ".ko.xz", ".ko.zst", ".ko.gz"]

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        Self.endings.contains(where: name.hasSuffix) && Self.isForeign(folder())
    }

    /// "/lib/modules/6.1.0-18-amd64/updates/dkms"
    private static func isForeign(_ folder: String) -> Bool {
        let components = folder.split(separator: "/").drop { $0 == "usr" }
        return components.count >= 4 && components.prefix(2).elementsEqual(["lib", "modules"])
            && components.dropFirst(3).first != "kernel"
    }

    /// `weak-updates` holds links to modules of other kernels.
    var interest: FileInterest { .fileItself }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            guard let information = try Self.information(try ByteSource(file)), !information.isOfKernel else { return }
            let fileName = path.split(separator: "/").last?.prefix { $0 != "." } ?? ""
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(
                    type: "generic", namespace: "linux-kernel-module", name: information.name ?? String(fileName),
                    version: information.version, qualifiers: ["srcversion": information.sourceVersion ?? ""])
            }
        }
    }

    /// `nil` when it says nothing at all.
    private static func information(_ source: ByteSource) throws -> KernelModuleInformation? {
        let start = try source.read(at: 0, count: min(6, source.count))
        if let form = UnpackedStream.Form(beginning: start[...]) {
            let unpacked = try UnpackedStream(BufferedStream(SourceStream(source)), form: form)
            return try KernelModuleInformation(findingIn: unpacked)
        }
        guard let program = try ElfFile(source) else { throw FileFault.damaged("no kernel module") }
        let section = try program.sections(named: [KernelModuleInformation.section])[KernelModuleInformation.section]
        guard let section else { return nil }
        guard section.count <= KernelModuleInformation.limit else {
            throw FileFault.damaged("information of \(section.count) bytes")
        }
        return KernelModuleInformation(try source.read(at: section.offset, count: section.count)[...])
    }
}
