import Foundation

/// Where `index build` keeps what the next build of the same file can use.
public enum BuildCache {
    /// Caches of other outputs that are kept, those used last: outputs come and go, and a cache is about as large as an index.
    private static let othersKept = 3

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

    /// Deletes the caches beside one but for a few, those used last.
    public static func removeOld(beside folder: String) {
        let manager = FileManager.default
        let root = folder.parentFolder
        let others = ((try? manager.contentsOfDirectory(atPath: root)) ?? [])
            .filter { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) }
            .map { root + "/" + $0 }.filter { $0 != folder }
            .sorted { used($0) > used($1) }
        for path in others.dropFirst(othersKept) { try? manager.removeItem(atPath: path) }
    }

    private static func used(_ path: String) -> Date {
        (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date) ?? .distantPast
    }
}
