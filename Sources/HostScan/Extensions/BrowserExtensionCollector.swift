import PackageIdentity

/// Extensions of Chrome, Chromium, Edge, Brave and others of their kind: `Extensions/ID/VERSION/manifest.json` in a user's profile.
///
/// - Source: <https://developer.chrome.com/docs/extensions/reference/manifest>
struct BrowserExtensionCollector: FileCollector {
    /// Where Edge has extensions from besides Chrome's own store.
    private static let edgeStore = "https://microsoftedge.microsoft.com/addons"

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("manifest.json") && Self.id(folder()) != nil
    }

    /// ".../Extensions/cjpalhdlnbpafiamejdnhcphjbkeiagm/1.54.0_0": the last but one, 32 letters from a to p.
    private static func id(_ folder: String) -> String? {
        let components = folder.split(separator: "/").suffix(3)
        guard components.count == 3, components.first == "Extensions" else { return nil }
        let id = components[components.startIndex + 1]
        guard id.utf8.count == 32, id.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "p")).contains($0) }) else {
            return nil
        }
        return String(id)
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            guard let id = Self.id(folder) else { return }
            let manifest = try JSONFile.read(file)
            guard let version = manifest["version"]?.string else {
                throw FileFault.damaged("the extension says no version")
            }
            let isOfEdge = manifest["update_url"]?.string?.hasPrefix("https://edge.microsoft.com/") == true
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(
                    type: "chrome-extension", name: id, version: version,
                    qualifiers: ["repository_url": isOfEdge ? Self.edgeStore : ""])
            }
        }
    }
}
