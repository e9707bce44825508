import Testing

@testable import HostScan

@Suite struct ExtensionTests {
    private static let id = "cjpalhdlnbpafiamejdnhcphjbkeiagm"
    private static let chrome = "/home/a/.config/google-chrome/Default/Extensions/\(id)"

    @Test func readsExtensionsOfChromium() throws {
        let root = try TemporaryRoot([
            "\(Self.chrome)/1.54.0_0/manifest.json":
                #"{"name": "__MSG_x__", "manifest_version": 2, "version": "1.54.0"}"#,
            "/home/a/.config/microsoft-edge/Profile 1/Extensions/\(Self.id)/2.0_0/manifest.json": """
            {"version": "2.0", "update_url": "https://edge.microsoft.com/extensionwebstorebase/v1/crx"}
            """,
            "\(Self.chrome)/1.54.0_0/sub/manifest.json": #"{"version": "9"}"#,
            "/srv/Extensions/short/1.0/manifest.json": #"{"version": "9"}"#,
        ])
        let edge = "https:%2F%2Fmicrosoftedge.microsoft.com%2Faddons"
        #expect(
            try root.packages() == [
                "pkg:chrome-extension/\(Self.id)@1.54.0", "pkg:chrome-extension/\(Self.id)@2.0?repository_url=\(edge)",
            ])
        #expect(try root.warnings() == [])
    }

    @Test func readsExtensionsOfFirefox() throws {
        let profile = "/home/a/.mozilla/firefox/a1b2.default-release"
        let root = try TemporaryRoot([
            "\(profile)/extensions.json": """
            {"schemaVersion": 36, "addons": [
            {"id": "uBlock0@raymondhill.net", "version": "1.54.0", "type": "extension", "location": "app-profile"},
            {"id": "formautofill@mozilla.org", "version": "1.0.1", "type": "extension", "location": "app-builtin"},
            {"id": "no-version", "location": "app-profile"}, 7]}
            """,
            "/srv/project/.vscode/extensions.json": #"{"recommendations": []}"#,
        ])
        #expect(try root.packages() == ["pkg:generic/firefox-extension/uBlock0%40raymondhill.net@1.54.0"])
        #expect(try root.warnings() == [])
    }

    @Test func readsExtensionsOfEditors() throws {
        let folder = "/home/a/.vscode/extensions"
        let python = #"{"name": "python", "displayName": "Python", "version": "2024.2.1", "publisher": "ms-python"}"#
        let root = try TemporaryRoot([
            "\(folder)/ms-python.python-2024.2.1-linux-x64/package.json": python,
            "\(folder)/ms-python.python-2024.2.1-linux-x64/node_modules/x/package.json":
                #"{"name": "x", "version": "1"}"#,
            "\(folder)/ms-python.python-2024.2.1-linux-x64/sub/package.json": python,
            "/usr/share/code/resources/app/extensions/git/package.json": python,
        ])
        #expect(try root.packages() == ["pkg:npm/x@1", "pkg:vscode-extension/ms-python/python@2024.2.1"])
    }

    @Test(arguments: [
        (
            "<id>org.intellij.scala</id><version>2023.3.19</version>",
            ["pkg:generic/jetbrains-plugin/org.intellij.scala@2023.3.19"]
        ),
        ("<name>Scala</name><version>1</version>", ["pkg:generic/jetbrains-plugin/Scala@1"]),
        // Those that come with the program have its version, and state none.
        ("<id>com.intellij.java</id>", []), ("<id>a</id><version>${version}</version>", []),
    ])
    func readsPluginsOfJetBrains(text: String, expected: [String]) throws {
        let description = "<!-- x --><idea-plugin url=\"x\">\(text)<depends>x</depends></idea-plugin>"
        let entries = [
            description, String(description.dropLast(20)), description + String(repeating: " ", count: 1 << 20),
        ].map {
            PackedSamples.zip([PackedSamples.Entry(name: "META-INF/plugin.xml", bytes: Array($0.utf8))])
        }
        for bytes in entries {
            let root = try TemporaryRoot()
            try root.write("/home/a/.local/share/JetBrains/IdeaIC2023.3/Scala/lib/scala.jar", bytes: bytes)
            #expect(try root.packages() == expected)
            #expect(try root.warnings() == [])
        }
    }

    @Test func damagedManifestsAreWarnings() throws {
        let root = try TemporaryRoot([
            "\(Self.chrome)/1_0/manifest.json": "{", "\(Self.chrome)/2_0/manifest.json": #"{"version": 2}"#,
            "/root/.mozilla/firefox/x/extensions.json": "[]",
            "/root/.vscode/extensions/a.b-1/package.json": #"{"name": "b", "version": "1"}"#,
            "\(Self.chrome)/3_0/manifest.json": #"{"version": "three"}"#,
        ])
        #expect(try root.packages() == [])
        let warnings = try root.warnings()
        #expect(warnings.count == 5, "\(warnings)")
        #expect(warnings.contains("\(Self.chrome)/2_0/manifest.json: the extension says no version"))
        #expect(warnings.contains("/root/.mozilla/firefox/x/extensions.json: it holds no list of extensions"))
        #expect(
            warnings.contains(
                "/root/.vscode/extensions/a.b-1/package.json: the extension says no publisher, name and version"))
    }
}
