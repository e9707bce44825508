import Versioning

/// Turns Debian changelogs into facts: "this CVE is repaired in this source package at this version".
///
/// It serves Debian-family hosts whose archive has an update that no other feed speaks of yet: the changelog of the newer
/// package names the CVEs it repairs. Pure: the text is fetched elsewhere.
///
/// Source: deb-changelog(5), <https://manpages.debian.org/bookworm/dpkg-dev/deb-changelog.5.en.html>
public enum AptChangelogFeed {
    /// Hands over one advisory for each CVE that a version newer than the installed one repairs, in the order of the CVEs'
    /// first mention.
    ///
    /// A CVE counts as repaired at the lowest version whose entry names it; later entries that name it again, to refresh a
    /// patch or mend a regression, do not move it. So a CVE that the installed version or an older one names is repaired
    /// already and left out. Entries of other source packages (before a renaming) are passed over.
    ///
    /// - Parameters:
    ///   - changelog: The text, newest entry first; it may be cut off anywhere behind the entries of interest.
    ///   - source: The source package.
    ///   - installed: The installed source version.
    ///   - scope: The advisory scope of the release, `Debian:12`.
    /// - Returns: `records` counts advisories; `date` is that of the newest entry used.
    /// - Throws: `VersionError` when the installed version is malformed, or what the sink throws. An entry with a malformed
    ///   version is set aside as `openssl 1:`, a text without any entry of the source under the source's name.
    @discardableResult
    public static func read(
        changelog: String, source: String, installed: String, scope: String, feed: FeedID = .aptChangelog,
        into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        let installedKey = try VersionOrdering.deb.key(installed)
        var repairs = ChangelogRepairs()
        var isOfSource = false
        for entry in DebianChangelog(changelog) where entry.source == source {
            isOfSource = true
            do throws(VersionError) {
                repairs.note(entry, key: try VersionOrdering.deb.key(entry.version))
            } catch {
                reading.setAside("\(source) \(entry.version)", "the version is malformed", in: &sink)
            }
        }
        guard isOfSource else {
            reading.setAside(source, "the changelog has no entry of it", in: &sink)
            return reading
        }
        for repair in repairs.newer(than: installedKey) {
            try reading.pass(advisory(for: repair, source: source, scope: scope, feed: feed), to: &sink)
        }
        return reading
    }

    private static func advisory(
        for repair: ChangelogRepairs.Repair, source: String, scope: String, feed: FeedID
    ) -> Advisory {
        let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(repair.version)])
        return Advisory(
            id: repair.id, feed: feed, summary: repair.text, published: repair.date, modified: repair.date,
            affected: [AffectedPackage(scope: scope, name: source, ranges: [range], state: .fixed)])
    }
}
