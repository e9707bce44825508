import Archives

/// Reads the list of Debian's security advisories, `DSA-list` or `DLA-list` of the security tracker: which update repaired which
/// CVEs in which release.
///
/// ```
/// [27 Mar 2023] DSA-5379-1 dino-im - security update
///     {CVE-2023-28686}
///     [bullseye] - dino-im 0.2.0-3+deb11u1
/// ```
/// Each entry becomes one advisory that contains its CVEs. An entry that names no vulnerability and calls itself a regression
/// update repairs a repair: it is kept as an advisory of no package.
///
/// Source: <https://salsa.debian.org/security-tracker-team/security-tracker/-/blob/master/data/DSA/list>,
/// <https://security-team.debian.org/security_tracker.html>
public enum DebianSecurityListFeed {
    /// Reads the file, plain or compressed.
    ///
    /// A broken entry is set aside under its id, or as `line 12`; a broken line within an entry as `DSA-5379-1 line 13`.
    ///
    /// - Throws: `ArchiveError`, ``FeedError/unexpected(path:reason:)`` when no entry is found at all, or what the sink throws.
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
    @discardableResult
    public static func parse(
        _ bytes: [UInt8], path: String = "list", feed: FeedID, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        var reading = FeedReading(feed: feed)
        var entry: DebianSecurityListEntry?
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.count <= 1 << 16 else {
                reading.setAside("line \(index + 1)", "is too long", in: &sink)
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            if line.first == UInt8(ascii: "[") {
                if let entry { try reading.pass(entry.advisory(feed: feed), to: &sink) }
                entry = DebianSecurityListEntry(header: text)
                if entry == nil { reading.setAside("line \(index + 1)", "is no header of an advisory", in: &sink) }
            } else if let fault = entry?.note(text) {
                reading.setAside("\(entry?.id ?? "") line \(index + 1)", fault.description, in: &sink)
            }
        }
        if let entry { try reading.pass(entry.advisory(feed: feed), to: &sink) }
        guard reading.records > 0 else { throw FeedError.unexpected(path: path, reason: "holds no advisory") }
        return reading
    }
}
