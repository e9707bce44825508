import Foundation

/// Where `index build` keeps what the next build of the same file can use.
public enum BuildCache {
    /// Days after which a cache that nobody used is deleted.
    private static let daysKept = 30

    /// A folder for one output in the user's cache folder of the XDG base directory specification; `nil` when there is no such folder.
    ///
    /// - Source: <https://specifications.freedesktop.org/basedir-spec/latest/>
    public static func standard(output: String, environment: [String: String]) -> String? {
        // Paths set here must be absolute; others are to be ignored.
        let own = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
        guard let root = own ?? home else { return nil }
        let place = URL(filePath: output).standardizedFileURL.path
        return root + "/zerotrace/builds/" + FileDigest.sha256(Data(place.utf8)).prefix(32)
    }

    /// Deletes the caches beside one that were not used for a month: outputs come and go.
    public static func removeOld(beside folder: String, now: Date = Date()) {
        let manager = FileManager.default
        let root = (folder as NSString).deletingLastPathComponent
        for name in (try? manager.contentsOfDirectory(atPath: root)) ?? [] {
            let path = root + "/" + name
            guard name.utf8.count == 32, name.allSatisfy(\.isHexDigit), path != folder,
                let used = try? manager.attributesOfItem(atPath: path)[.modificationDate] as? Date,
                now.timeIntervalSince(used) > Double(daysKept * 86_400)
            else { continue }
            try? manager.removeItem(atPath: path)
        }
    }
}
