import JSONDocuments
import PackageIdentity

/// Packages of a conda environment: `conda-meta/NAME-VERSION-BUILD.json`.
///
/// Its Python packages are found a second time, as what they are to pip: advisories speak of them there.
///
/// - Source: <https://docs.conda.io/projects/conda/en/stable/dev-guide/deep-dives/install.html>
struct CondaCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.hasSuffix(".json") && folder().hasSuffix("/conda-meta")
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { false }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let record = try JSONFile.read(file)
            // Other files that tools keep here are no records.
            guard let name = record["name"]?.string, let version = record["version"]?.string else { return }
            let qualifiers = [
                "build": record["build"]?.string ?? "", "channel": Self.channel(record["channel"]?.string ?? ""),
                "subdir": record["subdir"]?.string ?? "", "type": Self.kind(record["fn"]?.string ?? ""),
            ]
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "conda", name: name, version: version, qualifiers: qualifiers)
            }
        }
    }

    /// "main" of "https://repo.anaconda.com/pkgs/main/linux-64", "conda-forge" of "conda-forge": the folder of platforms is no part of it.
    private static func channel(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return String(text.split(separator: "/").last ?? "") }
        let parts = text[scheme.upperBound...].split(separator: "/").dropFirst()
        let hasPlatform = parts.last.map { $0 == "noarch" || $0.contains("-64") || $0.hasSuffix("-32") } ?? false
        return String((hasPlatform && parts.count > 1 ? parts.dropLast() : parts).last ?? "")
    }

    private static func kind(_ file: String) -> String {
        file.hasSuffix(".conda") ? "conda" : file.hasSuffix(".tar.bz2") ? "tar.bz2" : ""
    }
}
