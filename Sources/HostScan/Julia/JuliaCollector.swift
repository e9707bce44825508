import BoundedInput
import PackageIdentity

/// Installed Julia packages: `packages/NAME/SLUG/Project.toml` of a depot, of which a user has one in `.julia`.
///
/// - Source: <https://pkgdocs.julialang.org/v1/toml-files/>
struct JuliaCollector: FileCollector {
    private static let limit = 1 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard name.equals("Project.toml") else { return false }
        let parts = folder().split(separator: "/").suffix(3)
        return parts.count == 3 && parts.first == "packages"
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/share/julia/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let project = try TOMLTables.read(try BoundedFile.read(descriptor: file.number, limit: Self.limit)).first
            // Files of that name lie in other trees as well.
            guard let name = project?.strings["name"], let uuid = project?.strings["uuid"],
                let version = project?.strings["version"]
            else { return }
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "julia", name: name, version: version, qualifiers: ["uuid": uuid])
            }
        }
    }
}
