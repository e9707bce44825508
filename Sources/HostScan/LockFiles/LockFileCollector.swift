import BoundedInput
import PackageIdentity

/// Packages that a project declares with their exact versions, in the lock files of its tools.
///
/// They are evidence of another kind: a lock file installs nothing.
struct LockFileCollector: FileCollector {
    /// Most bytes of one file; those of large projects reach 10 MB.
    private static let limit = 16 << 20

    /// Where packages lie that were installed or fetched: their own lock files say what their authors worked with.
    private static let foldersOfPackages = [
        "/node_modules/", "/site-packages/", "/dist-packages/", "/vendor/", "/gems/", "/.cargo/", "/pkg/mod/",
        "/.build/checkouts/", "/.pub-cache/", "/Pods/", "/deps/",
    ]

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard LockFileFormat.format(of: name) != nil else { return false }
        let path = folder() + "/"
        return !Self.foldersOfPackages.contains(where: path.contains)
    }

    /// What a distribution's package declares is its author's business, wherever it lies.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard let format = FileName.with(name, LockFileFormat.format) else { return }
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.read(descriptor: file.number, limit: Self.limit)
            for package in try format.read(bytes) {
                findings.add(.declared, at: path) { () throws(PackageURLError) in
                    try PackageURL(
                        type: package.type, path: package.name, version: package.version,
                        qualifiers: package.qualifiers)
                }
            }
        }
    }
}
