import BoundedInput
import PackageIdentity

/// Installed R packages: folders of a library with a `DESCRIPTION` that says when it was built.
///
/// - Source: <https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file>
struct RCollector: FileCollector {
    private static let limit = 1 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("DESCRIPTION")
    }

    /// Debian and Fedora install into these; `install.packages` of root writes to `/usr/local`.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        ["/usr/lib/R/", "/usr/lib64/R/", "/usr/share/R/"].contains(where: path.hasPrefix)
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let fields = HeaderFields(try BoundedFile.read(descriptor: file.number, limit: Self.limit))
            // Sources of packages have the same file without this line; what is part of R itself is no package of a repository.
            guard fields["Built"] != nil, fields["Priority"] != "base", let name = fields["Package"],
                let version = fields["Version"]
            else { return }
            let isOfBioconductor =
                fields["Repository"]?.hasPrefix("Bioconductor") == true
                || fields["git_url"]?.contains("bioconductor.org") == true
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: isOfBioconductor ? "bioconductor" : "cran", name: name, version: version)
            }
        }
    }
}
