import BoundedInput
import PackageIdentity

/// Applications and runtimes that flatpak installed, for the system or for a user: `deploy` of each active deployment.
///
/// What is inside is not walked: it is a system of its own, which its publisher keeps up to date.
///
/// - Source: <https://docs.flatpak.org/en/latest/under-the-hood.html>
struct FlatpakCollector: DatabaseCollector {
    static let systemFolder = "/var/lib/flatpak"

    /// Where users keep their own, below their homes.
    static let userFolder = ".local/share/flatpak"

    /// Most bytes of one `deploy`, as flatpak writes some kilobytes.
    private static let limit = 4 << 20

    func collect(from root: RootFolder, into findings: inout Findings) {
        let homes = ["/root"] + names(in: "/home", root, &findings).map { "/home/\($0)" }
        for folder in [Self.systemFolder] + homes.map({ "\($0)/\(Self.userFolder)" }) {
            for kind in ["app", "runtime"] {
                for id in names(in: "\(folder)/\(kind)", root, &findings) {
                    collect(id, in: "\(folder)/\(kind)/\(id)", isRuntime: kind == "runtime", root, into: &findings)
                }
            }
        }
    }

    /// Below the name lie architectures, and below those branches.
    private func collect(
        _ id: String, in folder: String, isRuntime: Bool, _ root: RootFolder, into findings: inout Findings
    ) {
        // "current" is a link to the branch that is started when none is named.
        for architecture in names(in: folder, root, &findings) where architecture != "current" {
            for branch in names(in: "\(folder)/\(architecture)", root, &findings) {
                let path = "\(folder)/\(architecture)/\(branch)/active/deploy"
                do {
                    let deployment = try FlatpakDeployment(try root.read(path, limit: Self.limit)[...])
                    // Runtimes are numbered by their branches, "23.08".
                    let version = deployment.version.isEmpty && isRuntime ? branch : deployment.version
                    guard !version.isEmpty else {
                        findings.warn(path, "\(id) does not state its version, left out")
                        continue
                    }
                    findings.add(at: path) { () throws(PackageURLError) in
                        try PackageURL(
                            type: "flatpak", name: id, version: version, qualifiers: ["arch": architecture])
                    }
                } catch let error as FileReadError {
                    // Without an active deployment it is not installed.
                    if !error.isMissing, !error.isNotAFolder { findings.warn(path, "\(error.reason)") }
                } catch {
                    findings.warn(path, "\(error)")
                }
            }
        }
    }

    private func names(in folder: String, _ root: RootFolder, _ findings: inout Findings) -> [String] {
        do {
            return try root.names(in: folder)
        } catch {
            if !error.isMissing, !error.isNotAFolder { findings.warn(folder, "\(error.reason)") }
            return []
        }
    }
}
