import BoundedInput
import PackageIdentity

/// Installed gems, and those that come with Ruby ("default gems"): `specifications/NAME-VERSION.gemspec`.
///
/// - Source: <https://guides.rubygems.org/specification-reference/>
struct RubyCollector: FileCollector {
    /// Most bytes of one specification; file lists of large gems reach 100 KB.
    private static let limit = 4 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard name.hasSuffix(".gemspec") else { return false }
        let folder = folder()
        return folder.hasSuffix("/specifications") || folder.hasSuffix("/specifications/default")
    }

    /// Debian installs gems into the first two, Fedora and Alpine into the others; `gem install` of root writes to `/var/lib/gems` or
    /// `/usr/local`.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        ["/usr/share/rubygems-integration/", "/usr/lib/", "/usr/lib64/", "/usr/share/gems/"].contains(
            where: path.hasPrefix)
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.read(descriptor: file.number, limit: Self.limit)
            guard let gem = GemSpecification(bytes) else {
                throw FileFault.damaged("the specification says no name and version")
            }
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(
                    type: "gem", name: gem.name, version: gem.version, qualifiers: ["platform": gem.platform])
            }
        }
    }
}
