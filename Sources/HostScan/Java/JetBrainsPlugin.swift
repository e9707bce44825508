/// A plugin of IntelliJ IDEA and its kin, which says what it is in an archive of its own: `META-INF/plugin.xml`.
///
/// - Source: <https://plugins.jetbrains.com/docs/intellij/plugin-configuration-file.html>
struct JetBrainsPlugin: Hashable {
    static let description = "META-INF/plugin.xml"

    /// Most bytes that are read of a description; what it is comes first.
    static let limit = 256 << 10

    /// "org.intellij.scala"
    let id: String
    /// "2023.3.19"
    let version: String

    /// - Parameter bytes: May be cut off. `nil` without an id or a version, as those are that come with the program.
    init?(_ bytes: [UInt8]) {
        var values: [String: String] = [:]
        // An error is the place where it was cut off, or what comes behind these values.
        try? XMLTexts.read(bytes) { path, text in
            guard path.count == 2, path[0] == "idea-plugin", !text.isEmpty, values[path[1]] == nil else { return }
            values[path[1]] = text
        }
        guard let id = values["id"] ?? values["name"], let version = values["version"],
            JavaArchive.isUsable(version[...])
        else { return nil }
        self.id = id
        self.version = version
    }
}
