import Advisories

/// The feeds that a sync can ask publishers for: the registry of feeds.
///
/// For each distribution one source is the default, so that nothing is said twice: the publisher's own where it says more than OSV's
/// copy of it (Debian: fix states and urgencies; Alpine: no delay), else OSV, which is smaller and has one form. What is not default is
/// large or slow to fetch, and adds to what the defaults say rather than being needed for it.
public enum FeedCatalogue {
    /// All of them, in a fixed order.
    public static let files: [FeedFile] = debian + alpine + osv + intelligence + extensive

    /// The feeds that these names mean; OSV ecosystems need not be listed here to be asked for.
    ///
    /// - Throws: ``FeedSelectionError`` with the first name that means nothing.
    public static func files(named names: [String]) throws(FeedSelectionError) -> [FeedFile] {
        var chosen: Set<FeedFile> = []
        for name in names {
            let meant = files.filter { $0.isMeant(by: name) }
            if !meant.isEmpty {
                chosen.formUnion(meant)
            } else if let ecosystem = ecosystem(of: name) {
                chosen.insert(osvFile(ecosystem, isDefault: false))
            } else {
                throw FeedSelectionError(name: name)
            }
        }
        return chosen.sorted { $0.feed < $1.feed }
    }

    /// What a plain sync asks for: the defaults, and whatever was asked for before, as the snapshots held show.
    static func files(holding feeds: Set<String>) -> [FeedFile] {
        let known = Set(files.map(\.feed.rawValue))
        let others = feeds.subtracting(known).compactMap(ecosystem).sorted()
        return files.filter { $0.isDefault || feeds.contains($0.feed.rawValue) }
            + others.map { osvFile($0, isDefault: false) }
    }

    private static func ecosystem(of name: String) -> String? {
        guard name.hasPrefix("osv/"), !name.dropFirst(4).contains("/"), !name.dropFirst(4).hasPrefix("."),
            name.count > 4
        else {
            return nil
        }
        return String(name.dropFirst(4))
    }

    // MARK: - Distributions with sources of their own

    private static let debian = [
        FeedFile(
            feed: .debianTracker, path: "debian/tracker.json",
            source: .file("https://security-tracker.debian.org/tracker/data/json")),
        FeedFile(
            feed: .debianSupport, path: "eol/debian-security-support",
            source: .folder(
                (["security-support-limited"] + (9...13).map { "security-support-ended.deb\($0)" }).map {
                    FeedFile.Part(
                        name: $0, url: "https://salsa.debian.org/debian/debian-security-support/-/raw/master/\($0)")
                })),
        // The tracker says the same of each vulnerability; the lists add the advisories' numbers.
        FeedFile(
            feed: FeedID(rawValue: "debian-dsa"), path: "debian/DSA-list",
            source: .file("https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DSA/list"),
            isDefault: false),
        FeedFile(
            feed: FeedID(rawValue: "debian-dla"), path: "debian/DLA-list",
            source: .file("https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DLA/list"),
            isDefault: false),
    ]

    /// - Source: <https://secdb.alpinelinux.org/>. A release that is not out yet is not there, which is no error.
    private static let alpine = ((10...26).map { "v3.\($0)" } + ["edge"]).flatMap { release in
        ["main", "community"].map { repository in
            FeedFile(
                feed: .alpine("\(release)/\(repository)"), path: "alpine/secdb/\(release)/\(repository).json",
                source: .file("https://secdb.alpinelinux.org/\(release)/\(repository).json"))
        }
    }

    // MARK: - OSV

    /// Ecosystems of packages, then distributions that have no smaller source of their own.
    ///
    /// - Source: <https://google.github.io/osv.dev/data/#data-dumps>
    static let osvEcosystems = [
        "PyPI", "npm", "Go", "crates.io", "Maven", "RubyGems", "NuGet", "Packagist", "Hex", "Pub", "SwiftURL",
        "Hackage", "GHC",
        "CRAN", "GitHub Actions", "Bitnami",
        "Ubuntu", "Red Hat", "Rocky Linux", "AlmaLinux", "SUSE", "openSUSE", "Wolfi", "Chainguard",
    ]

    /// Said better by another source (Debian, Alpine), or about what few hosts run.
    static let otherEcosystems = [
        "Debian", "Alpine", "Android", "Linux", "OSS-Fuzz", "GIT", "Mageia", "openEuler", "Photon OS", "MinimOS",
        "Alpaquita",
        "Julia", "Homebrew",
    ]

    private static let osv =
        osvEcosystems.map { osvFile($0, isDefault: true) } + otherEcosystems.map { osvFile($0, isDefault: false) }

    private static func osvFile(_ ecosystem: String, isDefault: Bool) -> FeedFile {
        FeedFile(
            feed: .osv(ecosystem), path: "osv/\(ecosystem)",
            source: .osv("https://osv-vulnerabilities.storage.googleapis.com/\(ecosystem)"), isDefault: isDefault)
    }

    // MARK: - Exploitation and support

    private static let intelligence = [
        FeedFile(
            feed: .kev, path: "kev/known_exploited_vulnerabilities.json",
            source: .file("https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json")),
        FeedFile(
            feed: .epss, path: "epss/epss_scores-current.csv.gz",
            source: .file("https://epss.empiricalsecurity.com/epss_scores-current.csv.gz")),
        FeedFile(
            feed: .exploitDatabase, path: "exploits/files_exploits.csv",
            source: .file("https://gitlab.com/exploit-database/exploitdb/-/raw/main/files_exploits.csv")),
        FeedFile(
            feed: .metasploit, path: "exploits/modules_metadata_base.json",
            source: .file(
                "https://raw.githubusercontent.com/rapid7/metasploit-framework/master/db/modules_metadata_base.json")),
        FeedFile(
            feed: .endOfLife, path: "eol/endoflife.date/products-full.json",
            source: .file("https://endoflife.date/api/v1/products/full")),
    ]

    // MARK: - Large or slow

    /// Hundreds of megabytes each, or as many requests as a publisher allows in a quarter of an hour.
    private static let extensive = [
        FeedFile(
            feed: .nvd, path: "nvd", source: .nvd("https://services.nvd.nist.gov/rest/json/cves/2.0"), isDefault: false),
        FeedFile(
            feed: .cveList, path: "cve5/cvelistV5.zip",
            source: .file("https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"), isDefault: false),
        FeedFile(
            feed: .csaf("redhat/vex"), path: "csaf/redhat/vex",
            source: .namedArchive("https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt"),
            isDefault: false),
        FeedFile(
            feed: .csaf("redhat/advisories"), path: "csaf/redhat/advisories",
            source: .namedArchive("https://security.access.redhat.com/data/csaf/v2/advisories/archive_latest.txt"),
            isDefault: false),
        FeedFile(
            feed: .csaf("suse/vex"), path: "csaf/suse/vex",
            source: .folder([
                FeedFile.Part(
                    name: "csaf-vex.tar.bz2", url: "https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2")
            ]), isDefault: false),
    ]
}

/// A feed was asked for that nobody knows.
public struct FeedSelectionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name.
    public let name: String
    /// The mirror that has no such feed; `nil` when nobody has.
    public var place: String?

    /// One line for people.
    public var description: String {
        if let place { return "\(place) has no feed named \(name)" }
        return
            "no feed is named \(name); `zerotrace feeds list` shows all, and osv/ECOSYSTEM names any ecosystem of OSV"
    }
}
