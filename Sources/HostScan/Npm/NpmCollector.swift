import BoundedInput
import PackageIdentity

/// Installed Node.js packages: folders directly inside a `node_modules`, or inside a scope there, at any depth.
///
/// A `package.json` anywhere else is a project or a test fixture, not an installed package.
///
/// - Source: <https://nodejs.org/api/modules.html#loading-from-node_modules-folders>
struct NpmCollector: FileCollector {
    /// Most bytes of one package.json; some carry their whole readme.
    private static let limit = 4 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("package.json") && isPackageFolder(folder())
    }

    /// ".../node_modules/name" or ".../node_modules/@scope/name".
    private func isPackageFolder(_ folder: String) -> Bool {
        let components = folder.split(separator: "/").suffix(3).reversed().map(\.self)
        guard components.count >= 2, !components[0].hasPrefix("."), !components[0].hasPrefix("@") else { return false }
        if components[1] == "node_modules" { return true }
        return components.count == 3 && components[1].hasPrefix("@") && components[2] == "node_modules"
    }

    /// Debian installs modules below `/usr/share/nodejs`, `/usr/lib/nodejs` or `/usr/lib/<architecture>/nodejs`, and only there. Other
    /// distributions install them into `/usr/lib/node_modules`, with a number behind it where several Node.js stand side by side.
    ///
    /// - Source: <https://wiki.debian.org/Javascript/Nodejs/Manual>,
    ///   <https://docs.fedoraproject.org/en-US/packaging-guidelines/Node.js/>, <https://wiki.archlinux.org/title/Node.js_package_guidelines>
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        if format == .deb { return path.contains("/nodejs/") }
        return ["/usr/lib/node_modules", "/usr/lib64/node_modules"].contains(where: path.hasPrefix)
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        let manifest: PackageManifest
        do {
            manifest = try PackageManifest(try BoundedFile.read(descriptor: file.number, limit: Self.limit))
        } catch {
            return findings.warn(path, "\(error)")
        }
        // npm refuses to install a package without both, so this is a marker ({"type": "module"}) or a fixture.
        guard let name = manifest.name, let version = manifest.version else { return }
        findings.add(at: path) { () throws(PackageURLError) in try packageURL(name: name, version: version) }
    }

    /// "@types/node" is namespace "@types" and name "node".
    private func packageURL(name: String, version: String) throws(PackageURLError) -> PackageURL {
        guard name.hasPrefix("@"), let slash = name.firstIndex(of: "/") else {
            return try PackageURL(type: "npm", name: name, version: version)
        }
        let scope = String(name[..<slash])
        return try PackageURL(
            type: "npm", namespace: scope, name: String(name[name.index(after: slash)...]), version: version)
    }
}
