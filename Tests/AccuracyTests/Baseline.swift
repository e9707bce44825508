import Foundation

/// What the matcher is known to reach; CI lets nothing below it pass.
///
/// A file of lines `ECOSYSTEM ⇥ F1`, `missed ⇥ PAIR` (a false negative that is known) and `slip ⇥ SENTENCE` (a right answer of a known
/// wrong kind). Written anew by a run with `ZEROTRACE_ACCURACY_BASELINE=write`.
struct Baseline {
    private(set) var f1: [String: Double] = [:]
    private(set) var missed: Set<String> = []
    private(set) var slips: Set<String> = []

    init(file: String) throws {
        for line in try Corpus.lines(file) {
            let fields = line.split(separator: "\t").map(String.init)
            guard fields.count == 2 else { throw CorpusError(description: "no line of a baseline: \(line)") }
            switch fields[0] {
            case "missed": missed.insert(fields[1])
            case "slip": slips.insert(fields[1])
            default: f1[fields[0]] = Double(fields[1])
            }
        }
    }

    /// What a report does worse; empty when it may pass.
    func regressions(of report: Report) -> [String] {
        var found = report.falseNegatives.filter { !missed.contains($0) }.map { "new false negative: \($0)" }
        found += report.slips.filter { !slips.contains($0) }
        for (ecosystem, score) in report.scores.sorted(by: { $0.key < $1.key }) {
            guard let known = f1[ecosystem] else {
                found.append("\(ecosystem) has no baseline")
                continue
            }
            if score.f1 < known - 0.00005 { found.append("\(ecosystem): F1 \(score.f1) is below \(known)") }
        }
        return found + f1.keys.filter { report.scores[$0] == nil }.sorted().map { "\($0) has no pairs any more" }
    }

    /// Whether this run writes baselines instead of holding to them.
    static let isWriting = ProcessInfo.processInfo.environment["ZEROTRACE_ACCURACY_BASELINE"] == "write"

    static func write(_ report: Report, file: String) throws {
        let rows = report.scores.sorted { $0.key < $1.key }.map { "\($0.key)\t\(String(format: "%.4f", $0.value.f1))" }
        let missed = report.falseNegatives.sorted().map { "missed\t\($0)" }
        let slips = report.slips.sorted().map { "slip\t\($0)" }
        let text = (rows + missed + slips).map { $0 + "\n" }.joined()
        try text.write(to: Corpus.folder.appendingPathComponent(file), atomically: true, encoding: .utf8)
    }
}
