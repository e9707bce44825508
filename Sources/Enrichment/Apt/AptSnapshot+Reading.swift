import Advisories
import Versioning

extension AptSnapshot {
    /// Hands over what the changelogs say of vulnerabilities.
    ///
    /// A source package whose installed version cannot be understood is set aside by name; the others go on.
    /// - Returns: How many advisories were handed over and how many entries set aside.
    /// - Throws: What the sink throws.
    func read(into sink: inout some AdvisorySink) throws -> (records: Int, setAside: Int) {
        var total = (records: 0, setAside: 0)
        for update in updates {
            do {
                let reading = try AptChangelogFeed.read(
                    changelog: update.changelog, source: update.source, installed: update.installed,
                    scope: update.scope, into: &sink)
                total.records += reading.records
                total.setAside += reading.setAside
            } catch let error as VersionError {
                sink.setAside(FeedRecordIssue(feed: .aptChangelog, record: update.source, reason: "\(error)"))
                total.setAside += 1
            }
        }
        return total
    }
}
