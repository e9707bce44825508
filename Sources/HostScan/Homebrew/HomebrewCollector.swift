import PackageIdentity

/// What Homebrew installed: a folder `Cellar/NAME/VERSION` with a receipt, wherever its prefix is.
///
/// - Source: <https://docs.brew.sh/Formula-Cookbook#homebrew-terminology>
struct HomebrewCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("INSTALL_RECEIPT.json") && Self.formula(folder()) != nil
    }

    /// No distribution ships Homebrew's packages.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { false }

    /// The receipt says how it was built; that it is there says that the installation was finished.
    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        guard let slash = path.lastIndex(of: "/"), let (name, version) = Self.formula(String(path[..<slash])) else {
            return
        }
        findings.add(at: path) { () throws(PackageURLError) in
            try PackageURL(type: "brew", name: name, version: version)
        }
    }

    /// Name and version of ".../Cellar/openssl@3/3.2.1_1"; the number behind `_` counts Homebrew's own changes.
    private static func formula(_ folder: String) -> (name: String, version: String)? {
        let parts = folder.split(separator: "/").suffix(3)
        guard parts.count == 3, parts[parts.startIndex] == "Cellar" else { return nil }
        return (String(parts[parts.startIndex + 1]), String(parts[parts.startIndex + 2]))
    }
}
