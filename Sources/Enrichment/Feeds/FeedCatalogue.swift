import Advisories

/// One file that a publisher offers and a mirror repeats.
public struct FeedFile: Sendable, Hashable {
    /// Which feed.
    public let feed: FeedID
    /// Path below the snapshot folder, the same as in a mirror.
    public let path: String
    /// Where it is fetched from: its publisher over HTTPS, or a file of a mirror.
    public let origin: String

    /// Makes one from its parts.
    public init(feed: FeedID, path: String, origin: String) {
        self.feed = feed
        self.path = path
        self.origin = origin
    }
}

/// The files that a sync asks for: the registry of feeds.
public enum FeedCatalogue {
    /// OSV ecosystems whose versions this release can order or whose records name CVEs that others share.
    ///
    /// - Source: <https://google.github.io/osv.dev/data/#data-dumps>
    static let osvEcosystems = [
        "PyPI", "npm", "Go", "crates.io", "Maven", "RubyGems", "NuGet", "Packagist", "Hex", "Pub", "SwiftURL",
        "Hackage",
    ]

    /// All of them. For Debian the security tracker is asked and not OSV's copy of it: the copy says the same hours later.
    public static let files: [FeedFile] =
        [
            FeedFile(
                feed: .debianTracker, path: "debian/tracker.json",
                origin: "https://security-tracker.debian.org/tracker/data/json"),
            FeedFile(
                feed: .kev, path: "kev/known_exploited_vulnerabilities.json",
                origin: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"),
            FeedFile(
                feed: .epss, path: "epss/epss_scores-current.csv.gz",
                origin: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"),
        ]
        + osvEcosystems.map { name in
            FeedFile(
                feed: .osv(name), path: "osv/\(name)/all.zip",
                origin: "https://osv-vulnerabilities.storage.googleapis.com/\(name)/all.zip")
        }
}
