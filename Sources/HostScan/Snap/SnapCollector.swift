import BoundedInput
import PackageIdentity

/// Snaps that are installed and mounted: `meta/snap.yaml` below the revision that `current` leads to.
///
/// What is inside a snap is not walked: it is a system of its own, which its publisher keeps up to date.
///
/// - Source: <https://snapcraft.io/docs/reference/development/yaml-schemas/the-snap-format>
struct SnapCollector: DatabaseCollector {
    /// Where snaps are mounted: on Ubuntu and Debian, and on distributions that have no folder of their own at the root.
    static let mountFolders = ["/snap", "/var/lib/snapd/snap"]

    /// Where their images lie, "firefox_3600.snap".
    static let imageFolder = "/var/lib/snapd/snaps"

    /// Most bytes of one snap.yaml; those of large applications have some 20 KB.
    private static let limit = 1 << 20

    func collect(from root: RootFolder, into findings: inout Findings) {
        var found: Set<String> = []
        for folder in Self.mountFolders {
            for name in names(in: folder, root, &findings) {
                let path = "\(folder)/\(name)/current/meta/snap.yaml"
                do {
                    // Beside the snaps lies a folder of links to their programs.
                    guard name != "bin", !found.contains(name) else { continue }
                    let snap = SnapDescription(try root.read(path, limit: Self.limit))
                    found.insert(name)
                    guard !snap.name.isEmpty, !snap.version.isEmpty else {
                        findings.warn(path, "without name or version")
                        continue
                    }
                    findings.add(at: path) { () throws(PackageURLError) in
                        try PackageURL(type: "snap", name: snap.name, version: snap.version)
                    }
                } catch {
                    if !error.isMissing, !error.isNotAFolder { findings.warn(path, "\(error.reason)") }
                }
            }
        }
        let images = names(in: Self.imageFolder, root, &findings).filter { $0.hasSuffix(".snap") }
        let installed = Set(images.compactMap { $0.split(separator: "_").first.map(String.init) })
        for name in installed.subtracting(found).sorted() {
            findings.warn(Self.imageFolder, "the snap \(name) is not mounted, its version is not known")
        }
    }

    private func names(in folder: String, _ root: RootFolder, _ findings: inout Findings) -> [String] {
        do {
            return try root.names(in: folder)
        } catch {
            if !error.isMissing { findings.warn(folder, "\(error.reason)") }
            return []
        }
    }
}

/// Name and version out of a snap.yaml: values of one line at its top level.
struct SnapDescription: Equatable {
    /// "firefox"; empty when unsaid.
    private(set) var name = ""
    /// "120.0.1-1"; empty when unsaid.
    private(set) var version = ""

    /// Reads the lines that begin with a key; of repeated ones the first counts. A value in quotes is what stands between them, without
    /// escapes, which neither names nor versions of snaps may have.
    init(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if name.isEmpty, line.hasPrefix("name:") { name = Self.value(line.dropFirst(5)) }
            if version.isEmpty, line.hasPrefix("version:") { version = Self.value(line.dropFirst(8)) }
        }
    }

    private static func value(_ text: Substring) -> String {
        let text = text.drop { $0 == " " || $0 == "\t" }
        if let quote = text.first, quote == "'" || quote == "\"" {
            return String(text.dropFirst().prefix { $0 != quote })
        }
        // A comment begins behind a blank.
        return String(text.prefix { $0 != " " && $0 != "\t" })
    }
}
