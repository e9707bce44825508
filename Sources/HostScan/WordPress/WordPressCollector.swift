import BoundedInput
import PackageIdentity

/// WordPress and its plugins.
///
/// A plugin is a folder in `wp-content/plugins` with a file that begins with its name and version, or that file alone. Package URLs have no
/// registered type for plugins; this is the one that other scanners write.
///
/// - Source: <https://developer.wordpress.org/plugins/plugin-basics/header-requirements/>
struct WordPressCollector: FileCollector {
    /// WordPress itself looks no further for the header.
    private static let headerSize = 8192

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        guard name.hasSuffix(".php") else { return false }
        let folder = folder()
        if name.equals("version.php") { return folder.hasSuffix("/wp-includes") }
        return Self.plugin(folder, "") != nil
    }

    /// A plugin's name: that of its folder, or of its only file.
    private static func plugin(_ folder: String, _ file: Substring) -> String? {
        let parts = folder.split(separator: "/")
        if parts.suffix(2) == ["wp-content", "plugins"] { return String(file.dropLast(4)) }
        return parts.dropLast().suffix(2) == ["wp-content", "plugins"] ? String(parts[parts.count - 1]) : nil
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        path.hasPrefix("/usr/share/wordpress/")
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.readPrefix(descriptor: file.number, count: Self.headerSize)
            let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            let name = path[slash...].dropFirst()
            if let plugin = Self.plugin(String(path[..<slash]), name) {
                // Most files of a plugin are not the one with the header.
                guard Self.header("Plugin Name", lines) != nil, let version = Self.header("Version", lines) else {
                    return
                }
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "wordpress-plugin", name: plugin, version: version)
                }
            } else if let version = Self.coreVersion(lines) {
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "generic", name: "wordpress", version: version)
                }
            }
        }
    }

    /// " * Version: 1.2.3"
    private static func header(_ name: String, _ lines: [Substring]) -> String? {
        for line in lines {
            let text = line.drop { " \t/*#@".contains($0) }
            guard text.hasPrefix("\(name):") else { continue }
            let value = text.dropFirst(name.count + 1).trimmed
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }

    /// `$wp_version = '6.4.2';`
    private static func coreVersion(_ lines: [Substring]) -> String? {
        guard let line = lines.first(where: { $0.hasPrefix("$wp_version") }) else { return nil }
        let parts = line.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[1].isEmpty ? String(parts[1]) : nil
    }
}
