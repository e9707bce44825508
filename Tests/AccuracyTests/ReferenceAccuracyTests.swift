import Advisories
import Foundation
import Matching
import PackageIdentity
import Testing

/// The same pairs against the published feeds themselves: what the corpus leaves out of the records must change no
/// answer, but for those that `reference-baseline.tsv` lists.
@Suite struct ReferenceAccuracyTests {
    @Test(.enabled(if: ReferenceFolder.path != nil, "reference feeds are missing"))
    func `no further label changes when all reference feeds speak`() throws {
        let corpus = try Corpus.drawn()
        var sink = NamesSink(
            names: Set(corpus.advisories.flatMap(\.affected).map { AdvisoryName(scope: $0.scope, name: $0.name) }))
        for source in try FeedLayout.discover(try #require(ReferenceFolder.path)) where source.holdsAdvisories {
            _ = try source.readAdvisories(into: &sink)
        }
        try Corpus.withIndex(of: sink.kept) { index in
            let report = Report(corpus.pairs, by: index)
            print("drawn pairs against all reference feeds: \(corpus.pairs.count)\n\(report.table)")
            for mistake in report.mistakes + report.slips { print("  \(mistake)") }
            if Baseline.isWriting { try Baseline.write(report, file: "reference-baseline.tsv") }
            #expect(try Baseline(file: "reference-baseline.tsv").regressions(of: report) == [])
        }
    }
}

/// `$ZEROTRACE_FEEDS`, else `../shared/feeds` beside the package.
enum ReferenceFolder {
    static let path: String? = {
        let beside = Corpus.folder.appendingPathComponent("../../../../shared/feeds").standardizedFileURL.path
        let path = ProcessInfo.processInfo.environment["ZEROTRACE_FEEDS"] ?? beside
        return FileManager.default.fileExists(atPath: "\(path)/osv") ? path : nil
    }()
}

/// Keeps what is said of some packages, and of every other advisory the ids that link it to them.
private struct NamesSink: AdvisorySink {
    let names: Set<AdvisoryName>
    private(set) var kept: [Advisory] = []

    init(names: Set<AdvisoryName>) {
        self.names = names
    }

    mutating func receive(_ advisory: Advisory) {
        var advisory = advisory
        advisory.affected.removeAll { !names.contains(AdvisoryName(scope: $0.scope, name: $0.name)) }
        advisory.references = []
        if !advisory.affected.isEmpty || !advisory.aliases.isEmpty { kept.append(advisory) }
    }

    mutating func setAside(_ issue: FeedRecordIssue) {}
}
