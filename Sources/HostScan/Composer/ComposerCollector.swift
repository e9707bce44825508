import Inventory
import JSONDocuments
import PackageIdentity

/// Installed PHP packages: `vendor/composer/installed.json`, under whatever name the vendor folder has.
///
/// - Source: <https://getcomposer.org/doc/07-runtime.md>; Composer 1 wrote the list itself, Composer 2 an object around it.
struct ComposerCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("installed.json") && folder().hasSuffix("/composer")
    }

    /// Debian and Fedora keep PHP libraries here.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/share/php/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let document = try JSONFile.read(file)
            guard let packages = (document["packages"] ?? document).array else {
                throw FileFault.damaged("it holds no list of packages")
            }
            for package in packages { findings.addComposer(package, .installed, at: path) }
        }
    }
}

extension Findings {
    /// Notes a package of an `installed.json` or `composer.lock`; one without a name or version is none.
    mutating func addComposer(_ package: JSONValue, _ evidence: PackageEvidence, at path: String) {
        guard let name = package["name"]?.string, let version = package["version"]?.string else { return }
        add(evidence, at: path) { () throws(PackageURLError) in
            try PackageURL(type: "composer", path: name, version: version)
        }
    }
}
