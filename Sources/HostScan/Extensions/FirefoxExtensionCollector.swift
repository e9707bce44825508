import PackageIdentity

/// Extensions of Firefox, Thunderbird and their kin: `extensions.json` in a user's profile.
///
/// Package URLs have no type for them; a namespace keeps their names apart from those of programs. What the program brings itself is left out.
///
/// - Source: <https://searchfox.org/mozilla-central/source/toolkit/mozapps/extensions/internal/XPIDatabase.sys.mjs>
struct FirefoxExtensionCollector: FileCollector {
    private static let programs = ["firefox", "mozilla", "thunderbird", "librewolf", "waterfox", "floorp", "zen"]

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("extensions.json") && Self.isProfile(folder())
    }

    /// ".../.mozilla/firefox/a1b2c3d4.default-release"
    private static func isProfile(_ folder: String) -> Bool {
        folder.split(separator: "/").dropLast().contains { component in
            let name = component.drop { $0 == "." }.lowercased()
            return programs.contains(where: name.hasPrefix)
        }
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            guard let list = try JSONFile.read(file)["addons"]?.array else {
                throw FileFault.damaged("it holds no list of extensions")
            }
            for addition in list where addition["location"]?.string?.hasPrefix("app-profile") == true {
                guard let id = addition["id"]?.string, let version = addition["version"]?.string else { continue }
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "generic", namespace: "firefox-extension", name: id, version: version)
                }
            }
        }
    }
}
