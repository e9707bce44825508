import PackageIdentity

/// Installed Lua rocks: `rocks-5.4/NAME/VERSION/NAME-VERSION.rockspec`. The folders say all there is to know.
///
/// - Source: <https://github.com/luarocks/luarocks/blob/main/docs/file_locations.md>
struct LuaCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.hasSuffix(".rockspec") && Self.rock(folder()) != nil
    }

    /// Name and version of "…/rocks-5.4/lpeg/1.0.2-1".
    private static func rock(_ folder: String) -> (name: String, version: String)? {
        let parts = folder.split(separator: "/").suffix(3).map(String.init)
        guard parts.count == 3, parts[0] == "rocks" || parts[0].hasPrefix("rocks-") else { return nil }
        return (parts[1], parts[2])
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/lib/") || path.hasPrefix("/usr/lib64/") || path.hasPrefix("/usr/share/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        guard let rock = Self.rock(path.split(separator: "/").dropLast().joined(separator: "/")) else { return }
        findings.add(at: path) { () throws(PackageURLError) in
            try PackageURL(type: "luarocks", name: rock.name, version: rock.version)
        }
    }
}
