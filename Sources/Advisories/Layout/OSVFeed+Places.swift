import Archives

/// OSV records in the other shapes that they lie on disk in.
extension OSVFeed {
    /// Reads an export together with the newer records beside it, each in place of the export's record of the same file name.
    ///
    /// - Parameter overlay: A zip of records; `nil` reads the export alone.
    /// - Throws: `ArchiveError`, or what the sink throws.
    static func read(
        zip path: String, overlay: String?, feed: FeedID, limits: FeedLimits, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        guard let overlay else { return try read(zip: path, feed: feed, limits: limits, into: &sink) }
        var replaced: Set<String> = []
        try Archive.forEachFile(in: overlay, totalLimit: limits.feedBytes, countLimit: limits.records) { name, _ in
            replaced.insert(name)
        }
        var reading = try read(zip: path, except: replaced, feed: feed, limits: limits, into: &sink)
        reading.add(try read(zip: overlay, feed: feed, limits: limits, into: &sink))
        return reading
    }

    /// Reads every file of a folder as a record. Files with other endings than `.json`, and folders, are left alone.
    ///
    /// - Throws: `ArchiveError`, ``FeedError``, or what the sink throws.
    static func read(
        folder path: String, feed: FeedID, limits: FeedLimits, into sink: inout some AdvisorySink
    ) throws -> FeedReading {
        let folder = FeedFolder(path: path)
        var reading = FeedReading(feed: feed)
        for name in try folder.names() where name.contains(".json") && FeedFolder.isFolder(folder.file(name)) == false {
            reading.add(try read(file: folder.file(name), feed: feed, limits: limits, into: &sink))
        }
        return reading
    }
}

extension FeedReading {
    /// Takes over the counts of a further part of the same feed.
    public mutating func add(_ other: FeedReading) {
        records += other.records
        setAside += other.setAside
        if let changed = other.date { date = max(date ?? changed, changed) }
    }
}
