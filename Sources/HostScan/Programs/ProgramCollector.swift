import Inventory
import PackageIdentity

/// Programs that say what they were built of, by Go's build information and cargo-auditable's list of crates, and ``KnownProgram``s.
///
/// Of each executable file the first 64 bytes are read; of those in the Executable and Linkable Format, the table of sections.
struct ProgramCollector: FileCollector {
    /// Endings of executable files that are no plain names; any other word of small letters is a script or a document.
    private static let endings: [StaticString] = ["bin", "run", "so", "node", "exe"]

    /// Where distributions put programs.
    private static let distributionFolders = [
        "/bin/", "/sbin/", "/lib", "/usr/bin/", "/usr/sbin/", "/usr/lib", "/usr/games/",
    ]

    /// Programs have any name: "kubectl", "kubectl-1.28.3", "terraform-provider-aws_v5.31.0_x5".
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard let ending = name.fileExtension else { return true }
        let isWord = !ending.isEmpty && ending.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return !isWord || Self.endings.contains { word in word.withUTF8Buffer { ending.elementsEqual($0) } }
    }

    var interest: FileInterest { .program }

    /// See ``read(_:at:into:)``.
    var readsOwnedFiles: Bool { true }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        Self.distributionFolders.contains(where: path.hasPrefix)
    }

    /// Debian and its kin build Go programs without modules and Rust programs without a list of crates. So a program that has one and belongs
    /// to a package there came from elsewhere with the package (`docker-ce`, `kubectl`), and no distribution advisory covers what is in it.
    /// Other distributions build with modules; what belongs to their packages is left to their advisories.
    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        let isOwned = findings.ownedFiles.contains(path)
        if isOwned, findings.host.os.flatMap(PackageFormat.init) != .deb { return }
        findings.attempt(at: path) { findings in
            guard let program = try ElfFile(try ByteSource(file)) else { return }
            let sections = try program.sections(
                named: [GoBuildInformation.section, CargoAudit.section, KnownProgram.section])
            if !isOwned { try Self.addKnown(program, sections[KnownProgram.section], at: path, to: &findings) }
            if let go = try GoBuildInformation(program, section: sections[GoBuildInformation.section]) {
                if !isOwned || go.main != nil || !go.dependencies.isEmpty { Self.add(go, at: path, to: &findings) }
            }
            guard let section = sections[CargoAudit.section] else { return }
            for crate in try CargoAudit.crates(program, section: section) {
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "cargo", name: crate.name, version: crate.version)
                }
            }
        }
    }

    private static func addKnown(
        _ program: ElfFile, _ section: ElfFile.Piece?, at path: String, to findings: inout Findings
    ) throws {
        guard let section, let name = path.split(separator: "/").last, let known = KnownProgram(fileName: name),
            let version = try known.version(in: program, section)
        else { return }
        findings.add(at: path) { () throws(PackageURLError) in
            try PackageURL(type: "generic", name: known.name, version: version)
        }
    }

    private static func add(_ go: GoBuildInformation, at path: String, to findings: inout Findings) {
        // "go1.22.1 X:boringcrypto", "go1.26.6-X:boringcrypto"; "devel go1.23-1234567" is no release.
        let word = go.toolchain.prefix { $0 != " " }
        let release = word.firstRange(of: "-X:").map { word[..<$0.lowerBound] } ?? word
        if release.hasPrefix("go") {
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "golang", name: "stdlib", version: "v\(release.dropFirst(2))")
            }
        }
        for module in (go.main.map { [$0] } ?? []) + go.dependencies {
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "golang", path: module.path, version: module.version)
            }
        }
    }
}
