import Foundation

/// Versions that were really published, from the reference feeds and from this machine's dpkg.
enum ReferenceVersions {
    /// Beside the package's folder, or where `ZEROTRACE_FEEDS` says.
    static let feeds: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["ZEROTRACE_FEEDS"] ?? root.path + "/shared/feeds"
        return FileManager.default.fileExists(atPath: path + "/osv") ? path : nil
    }()

    /// Every version that ranges of an ecosystem's OSV records name, sorted, each once.
    static func versions(ofFeed ecosystem: String, limit: Int) throws -> [String] {
        guard let feeds, let python = Oracle.find("python3") else { return [] }
        let script = """
            import json, sys, zipfile
            versions = set()
            archive = zipfile.ZipFile(sys.argv[1])
            for name in archive.namelist():
                for affected in json.loads(archive.read(name)).get("affected") or []:
                    if (affected.get("package") or {}).get("ecosystem", "").split(":")[0] != sys.argv[2]: continue
                    for part in affected.get("ranges") or []:
                        if part["type"] != "GIT":
                            for event in part["events"]: versions.update(event.values())
                    versions.update(affected.get("versions") or [])
            print("\\n".join(sorted(versions)))
            """
        let oracle = Oracle(
            executable: python, arguments: ["-c", script, "\(feeds)/osv/\(ecosystem)/all.zip", ecosystem])
        let all = try oracle.run(input: "").split(separator: "\n").map(String.init).filter { !$0.contains("\t") }
        // Every n-th, so that a limit keeps all kinds.
        let step = max(1, (all.count + limit - 1) / limit)
        return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    /// The versions of the packages installed on this machine; empty when it has no dpkg.
    static func installed() -> [String] {
        guard let status = try? String(contentsOfFile: "/var/lib/dpkg/status", encoding: .utf8) else { return [] }
        let lines = status.split(separator: "\n").filter { $0.hasPrefix("Version: ") }
        return Set(lines.map { String($0.dropFirst("Version: ".utf8.count)) }).sorted()
    }
}
