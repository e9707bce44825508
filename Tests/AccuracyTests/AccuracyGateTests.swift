import Advisories
import Foundation
import Matching
import Testing

/// The accuracy gate: pairs of package versions and vulnerabilities whose right answer is known.
@Suite struct AccuracyGateTests {
    @Test func `drawn pairs are answered no worse than before`() throws {
        try hold(try Corpus.drawn(), title: "drawn pairs", to: "baseline.tsv")
    }

    @Test func `hard cases are answered no worse than before`() throws {
        try hold(try Corpus.hard(), title: "hard cases", to: "hard-baseline.tsv")
    }

    @Test func `the corpus is large, of both kinds, and of every ecosystem`() throws {
        let pairs = try Corpus.drawn().pairs + Corpus.hard().pairs
        let affected = pairs.filter { $0.label == .affected }.count
        #expect(pairs.count >= 3000)
        #expect(affected * 3 > pairs.count && affected * 3 < pairs.count * 2)
        #expect(Set(pairs.map(\.ecosystem)).count >= 25)
    }

    @Test func `the gate fails on a wrong label of either kind`() throws {
        let corpus = try Corpus.drawn()
        let baseline = try Baseline(file: "baseline.tsv")
        try corpus.withIndex { index in
            for (label, wrong) in [(.affected, .fixed), (.fixed, .affected)] as [(VerdictStatus, VerdictStatus)] {
                var pairs = corpus.pairs
                let place = try #require(pairs.firstIndex { $0.label == label && $0.ecosystem == "PyPI" })
                pairs[place] = LabelledPair(pairs[place], label: wrong)
                #expect(!baseline.regressions(of: Report(pairs, by: index)).isEmpty)
            }
        }
    }

    private func hold(_ corpus: Corpus, title: String, to baseline: String) throws {
        let report = try corpus.withIndex { Report(corpus.pairs, by: $0) }
        print("\(title): \(corpus.pairs.count)\n\(report.table)")
        for mistake in report.mistakes + report.slips { print("  \(mistake)") }
        if Baseline.isWriting { try Baseline.write(report, file: baseline) }
        #expect(try Baseline(file: baseline).regressions(of: report) == [])
    }
}
