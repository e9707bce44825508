import Advisories
import Enrichment
import JSONDocuments

extension FuzzTargets {
    /// Small limits, so that they are met.
    static let limits = FeedLimits(recordBytes: 1 << 20, feedBytes: 4 << 20, records: 1000)

    /// Feeds of advisories. Each also goes into an index, which must then answer for what it was told.
    static let feeds: [FuzzTarget] = [
        feed("osv", dictionary: "osv") { input, sink in
            let reading = try OSVFeed.read(
                file: TemporaryPlace.file("record.json", input), feed: .osv("PyPI"), limits: limits, into: &sink)
            require(reading.records + reading.setAside == 1, "a file is one record, read or set aside")
            return reading
        },
        feed("debian-tracker", dictionary: "debian") { input, sink in
            try DebianTrackerFeed.read(TemporaryPlace.file("tracker.json", input), limits: limits, into: &sink)
        },
        feed("debian-list", form: .bytes, dictionary: "debian") { input, sink in
            try DebianSecurityListFeed.parse(input, feed: FeedID(rawValue: "debian-dsa"), into: &sink)
        },
        feed("alpine-secdb", dictionary: "alpine") { input, sink in
            try AlpineSecdbFeed.parse(input, feed: .alpine("v3.18/main"), into: &sink)
        },
        feed("csaf", dictionary: "csaf") { input, sink in
            let reading = try CSAFFeed.parse(input, feed: .csaf("redhat/vex"), into: &sink)
            require(reading.records + reading.setAside > 0, "a document gives an advisory, or is set aside")
            return reading
        },
        feed("cve-list", dictionary: "cve") { input, sink in
            let reading = try CVEListFeed.read(bytes: input, into: &sink)
            require(reading.records + reading.setAside > 0, "a record is read or set aside")
            let path = TemporaryPlace.file("CVE-2024-0001.json", input)
            let decisions = try CVEListFeed.readIntelligence(path, limits: limits).intelligence.ssvc
            require(decisions.count <= 1, "a record is of one vulnerability")
            return reading
        },
        feed("nvd", dictionary: "nvd") { input, sink in
            let reading = try NVDFeed.read(bytes: input, limits: limits, into: &sink)
            let head = try NVDFeed.head(ofPage: input, limits: limits)
            require(reading.records + reading.setAside >= head.records, "each record of a page is read or set aside")
            return reading
        },
        feed("apt-changelog", form: .bytes, dictionary: "debian") { input, sink in
            let changelog = input.text
            let source = String(changelog.prefix { $0 != " " })
            // Whoever asks for a changelog knows its source.
            guard !source.isEmpty else { return FeedReading(feed: .aptChangelog) }
            return try AptChangelogFeed.read(
                changelog: changelog, source: source, installed: "1.0-1", scope: "Debian:12", into: &sink)
        },
        FuzzTarget("osv-modified-list", dictionary: "osv") { input in
            let list = OSVModifiedList.read(input)
            let lines = input.split(separator: UInt8(ascii: "\n")).filter { $0 != [UInt8(ascii: "\r")] }
            require(list.entries.count + list.malformed == lines.count, "each line is an entry or malformed")
        },
        FuzzTarget("change-times", maximumLength: 256, dictionary: "osv") { input in
            let times = input.lines(limit: 3).compactMap(ChangeTime.init)
            require(times.sorted() == times.reversed().sorted(), "times have one order")
        },
        FuzzTarget("feed-layout", maximumLength: 8192, form: .json, dictionary: "feeds") { try checkSource($0) },
    ]

    private static func feed(
        _ name: String, form: FuzzTarget.Form = .json, dictionary: String,
        _ read: @escaping @Sendable ([UInt8], inout CollectedAdvisories) throws -> FeedReading
    ) -> FuzzTarget {
        FuzzTarget(name, maximumLength: 8192, form: form, dictionary: dictionary) { input in
            var sink = CollectedAdvisories()
            let reading = try read(input, &sink)
            check(reading, sink)
            try IndexCheck.check(sink.advisories)
        }
    }

    private static func check(_ reading: FeedReading, _ sink: CollectedAdvisories) {
        require(reading.records == sink.advisories.count, "what is counted as read was handed over")
        require(reading.setAside == sink.issues.count, "what is counted as set aside was named")
        for issue in sink.issues {
            require(!issue.record.isEmpty && !issue.reason.isEmpty, "a record set aside has a name and a reason")
        }
    }

    /// A file of any kind, recognised by its content.
    private static func checkSource(_ input: [UInt8]) throws {
        for source in try FeedLayout.discover(TemporaryPlace.file("feed", input)) {
            var sink = CollectedAdvisories()
            check(try source.readAdvisories(limits: limits, into: &sink), sink)
            _ = try source.readIntelligence(limits: limits)
        }
    }
}
