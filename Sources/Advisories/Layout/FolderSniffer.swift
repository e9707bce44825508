/// Looks through a folder of no known layout, and tells each file by its content.
///
/// A folder of many files of one kind, as a checkout of an advisory database has, is one source, which its loader then reads whole.
enum FolderSniffer {
    /// Folders below each other, at most: deep enough for any checkout, and an end to links that go round in circles.
    static let depthLimit = 12
    /// Files of a folder that are looked at before the others are taken to be of the same kind.
    static let sampleSize = 64

    /// Looks at these names of a folder and at what lies below.
    static func survey(_ folder: FeedFolder, names: [String], depth: Int = 0) throws -> FeedLayout.Survey {
        var survey = FeedLayout.Survey()
        var files: [String] = []
        for name in names {
            if FeedFolder.isFolder(folder.file(name)) != true {
                files.append(name)
            } else if depth < depthLimit {
                let inner = folder.folder(name)
                survey.add(try Self.survey(inner, names: inner.names(), depth: depth + 1))
            }
        }
        var own = try self.survey(folder, files: files)
        own.add(survey)
        return own
    }

    private static func survey(_ folder: FeedFolder, files: [String]) throws -> FeedLayout.Survey {
        var survey = FeedLayout.Survey()
        if files.contains(where: { $0.hasPrefix("security-support-") }) {
            survey.sources.append(FeedSource(feed: .debianSupport, kind: .debianSupport, path: folder.path))
        }
        let files = files.filter { !$0.hasPrefix("security-support-") && !isForPeople($0) }
        var sources: [FeedSource] = []
        for name in files.prefix(sampleSize) {
            if let source = try FeedSniffer.recognise(folder.file(name)) {
                sources.append(source)
            } else {
                survey.unknown.append(folder.file(name))
            }
        }
        if let whole = Self.whole(folder, sources, rest: files.count - sampleSize) {
            survey.sources.append(whole)
            // The loader names the files that it cannot use, the ones looked at here among them.
            survey.unknown = []
            return survey
        }
        for name in files.dropFirst(sampleSize) {
            if let source = try FeedSniffer.recognise(folder.file(name)) {
                sources.append(source)
            } else {
                survey.unknown.append(folder.file(name))
            }
        }
        survey.sources += sources
        return survey
    }

    /// Whether a file only tells people about the folder: nobody publishes advisories under such a name.
    private static func isForPeople(_ name: String) -> Bool {
        ["readme", "license", "licence", "copying", "notice"].contains(name.prefix { $0 != "." }.lowercased())
    }

    /// The folder as one source: when there are more files than were looked at, and those are of one kind that comes in folders.
    private static func whole(_ folder: FeedFolder, _ sample: [FeedSource], rest: Int) -> FeedSource? {
        guard rest > 0, let first = sample.first, sample.allSatisfy({ $0.kind == first.kind }) else { return nil }
        guard sample.count * 2 > sampleSize else { return nil }
        let kind: FeedSource.Kind
        switch first.kind {
        case .osvRecord: kind = .osvFolder
        case .csaf, .cveList, .nvd: kind = first.kind
        default: return nil
        }
        var tally: [FeedID: Int] = [:]
        for source in sample { tally[source.feed, default: 0] += 1 }
        let feed = tally.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? first.feed
        return FeedSource(feed: feed, kind: kind, path: folder.path)
    }
}
