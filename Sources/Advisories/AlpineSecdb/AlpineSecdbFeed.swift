import Archives
import JSONDocuments

/// Reads Alpine's secdb, and the security databases of Wolfi, Chainguard and MinimOS, which have its form: for each source
/// package (`origin`) the versions that repaired something, each with the ids of what it repaired.
///
/// Each pair of package and vulnerability becomes one advisory. Version `0` says that no version in this release was ever
/// vulnerable. Where several versions name the same vulnerability, the last of them counts: packagers name it again when the
/// first patch was not enough. Nothing is said of vulnerabilities without a repair, so the feed knows no open ones. A database that lists no
/// repair is a good one.
///
/// Source: <https://secdb.alpinelinux.org/>, <https://wiki.alpinelinux.org/wiki/APKBUILD_Reference#secfixes>,
/// <https://packages.wolfi.dev/os/security.json>
public enum AlpineSecdbFeed {
    /// Reads one file of one release and repository, plain or compressed.
    ///
    /// A broken package is set aside under its name, or as `package 12`; a broken version under `apache2 2.4.26-r0`, a text
    /// without an id as `xen 4.13.0-r3 CVE-????-?????`.
    ///
    /// - Throws: `ArchiveError`, ``FeedError/malformed(path:fault:)`` when the file is no JSON,
    ///   ``FeedError/unexpected(path:reason:)`` when it is no such database, or what the sink throws.
    @discardableResult
    public static func read(
        _ path: String, feed: FeedID, limits: FeedLimits = .standard, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        let bytes = try Archive.readCompressed(path, limit: limits.recordBytes)
        return try parse(bytes, path: path, feed: feed, into: &sink)
    }

    /// Reads the content of such a file.
    ///
    /// - Parameter path: Where the bytes are from, for errors.
    /// - Throws: As ``read(_:feed:limits:into:)``, without `ArchiveError`.
    @discardableResult
    public static func parse(
        _ bytes: [UInt8], path: String = "secdb", feed: FeedID, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        let root: JSONValue
        do throws(JSONDocumentError) {
            root = try JSONParser().parse(bytes)
        } catch {
            throw FeedError.malformed(path: path, fault: error)
        }
        guard let packages = root["packages"]?.array else {
            throw FeedError.unexpected(path: path, reason: "has no list of packages")
        }
        guard let scope = scope(of: root) else {
            throw FeedError.unexpected(path: path, reason: "names no known distribution and release")
        }
        var reading = FeedReading(feed: feed)
        for (index, entry) in packages.enumerated() {
            try pass(entry["pkg"], index: index, scope: scope, reading: &reading, to: &sink)
        }
        // A repository in which nothing was repaired yet, as community of v3.3 is: named and whole, its list is only empty.
        reading.isEmptyByItsWord = reading.records == 0 && reading.setAside == 0
        return reading
    }

    /// Alpine states its release; the rolling distributions state where their packages lie.
    private static func scope(of root: JSONValue) -> String? {
        if let release = root["distroversion"]?.string, !release.isEmpty {
            let isNumber = release.first.map { $0.isASCII && $0.isNumber } ?? false
            return release.utf8.count <= 32 ? "Alpine:\(isNumber ? "v" : "")\(release)" : nil
        }
        let place = (root["urlprefix"]?.string ?? "") + " " + (root["apkurl"]?.string ?? "")
        if place.contains("wolfi") { return "Wolfi" }
        if place.contains("cgr.dev") || place.contains("chainguard") { return "Chainguard" }
        return place.contains("mini.dev") || place.contains("minimos") ? "MinimOS" : nil
    }

    private static func pass(
        _ package: JSONValue?, index: Int, scope: String, reading: inout FeedReading, to sink: inout some AdvisorySink
    ) throws {
        guard let name = package?["name"]?.string, !name.isEmpty else {
            return reading.setAside("package \(index + 1)", "has no name", in: &sink)
        }
        guard let fixes = package?["secfixes"] else {
            return reading.setAside(name, "secfixes is missing", in: &sink)
        }
        // Packages that never had a repair carry `null` or an empty list in some databases.
        if fixes.isNull || fixes.array?.count == 0 { return }
        guard let versions = fixes.object else {
            return reading.setAside(name, "secfixes is not an object", in: &sink)
        }
        var repairs = SecdbRepairs(package: name, scope: scope)
        for (version, ids) in versions {
            for issue in repairs.note(version: version, ids: ids) {
                reading.setAside(issue.record, issue.reason, in: &sink)
            }
        }
        for advisory in repairs.advisories(feed: reading.feed) { try reading.pass(advisory, to: &sink) }
    }
}
