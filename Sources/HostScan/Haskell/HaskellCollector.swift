import BoundedInput
import PackageIdentity

/// Haskell libraries that GHC knows: `package.conf.d/NAME-VERSION.conf`, and cabal's stores of the same form.
///
/// - Source: <https://downloads.haskell.org/ghc/latest/docs/users_guide/packages.html#package-databases>
struct HaskellCollector: FileCollector {
    private static let limit = 1 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard name.hasSuffix(".conf") else { return false }
        let folder = folder()
        return folder.hasSuffix("/package.conf.d") || folder.hasSuffix("/package.db")
    }

    /// Debian's GHC keeps its libraries' records here.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/var/lib/ghc/") || path.hasPrefix("/usr/lib/") || path.hasPrefix("/usr/lib64/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let fields = HeaderFields(try BoundedFile.read(descriptor: file.number, limit: Self.limit))
            // Parts of a package have made-up names ("z-attoparsec-z-internal") beside its own.
            guard let name = fields["package-name"] ?? fields["name"], let version = fields["version"] else {
                throw FileFault.damaged("the record says no name and version")
            }
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "hackage", name: name, version: version)
            }
        }
    }
}
