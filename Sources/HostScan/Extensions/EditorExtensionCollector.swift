import BoundedInput
import PackageIdentity

/// Extensions of Visual Studio Code, VSCodium, Cursor and their servers: `extensions/PUBLISHER.NAME-VERSION/package.json` in a user's home.
///
/// The list beside them, `extensions.json`, says the same of those that are there; one without its folder is not there.
///
/// - Source: <https://code.visualstudio.com/api/references/extension-manifest>
struct EditorExtensionCollector: FileCollector {
    /// Most bytes of a package.json; those that contribute much have some 500 kB.
    private static let limit = 4 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("package.json") && Self.isExtension(folder())
    }

    /// ".../extensions/ms-python.python-2024.2.1-linux-x64"
    private static func isExtension(_ folder: String) -> Bool {
        let components = folder.split(separator: "/").suffix(2)
        guard components.count == 2, components.first == "extensions", let name = components.last else { return false }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex, let dash = name[dot...].firstIndex(of: "-")
        else { return false }
        return name[name.index(after: dash)...].contains { $0.isNumber }
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.read(descriptor: file.number, limit: Self.limit)
            let manifest = try PackageManifest(bytes, withPublisher: true)
            guard let publisher = manifest.publisher, let name = manifest.name, let version = manifest.version else {
                throw FileFault.damaged("the extension says no publisher, name and version")
            }
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "vscode-extension", namespace: publisher, name: name, version: version)
            }
        }
    }
}
