import Foundation
import Matching

/// How a row of pairs was answered.
struct Score {
    var pairs = 0
    var truePositives = 0
    var falsePositives = 0
    var falseNegatives = 0
    var trueNegatives = 0

    /// Of what was reported, how much is right; 1 when nothing was.
    var precision: Double { ratio(truePositives, falsePositives) }
    /// Of what is to be reported, how much was; 1 when nothing is.
    var recall: Double { ratio(truePositives, falseNegatives) }
    /// The harmonic mean of both.
    var f1: Double {
        precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }

    private func ratio(_ part: Int, _ rest: Int) -> Double {
        part + rest == 0 ? 1 : Double(part) / Double(part + rest)
    }

    /// Counts a pair. "Undetermined" counts as reported: people see it; but reported for what is affected it hides that fact, so
    /// it must be the very status.
    mutating func count(_ label: VerdictStatus, answered status: VerdictStatus) {
        pairs += 1
        let isPositive = label == .affected || label == .undetermined
        if status == label || (!isPositive && (status == .fixed || status == .notAffected)) {
            if isPositive { truePositives += 1 } else { trueNegatives += 1 }
        } else if isPositive {
            falseNegatives += 1
        } else {
            falsePositives += 1
        }
    }
}

/// All rows, and every pair that was answered wrongly.
struct Report {
    private(set) var scores: [String: Score] = [:]
    /// Pairs that are to be reported and were not, or not with that status.
    private(set) var falseNegatives: [String] = []
    /// Every wrong answer, for people.
    private(set) var mistakes: [String] = []
    /// Right answers of a wrong kind: another fixed version, `fixed` for `not_affected`, or a list that contradicts the explanation.
    private(set) var slips: [String] = []

    init(_ pairs: [LabelledPair], by index: AdvisoryIndex) {
        for pair in pairs { count(pair, Answer(pair, by: index)) }
    }

    private mutating func count(_ pair: LabelledPair, _ answer: Answer) {
        var score = scores[pair.ecosystem, default: Score()]
        let before = (score.falsePositives, score.falseNegatives)
        score.count(pair.label, answered: answer.status)
        scores[pair.ecosystem] = score
        let sentence =
            "\(pair.text): \(pair.label.rawValue) (\(pair.why)), answered \(answer.status.rawValue) (\(answer.reason))"
        if score.falseNegatives > before.1 { falseNegatives.append(pair.text) }
        if (score.falsePositives, score.falseNegatives) != before {
            mistakes.append(sentence)
        } else if answer.status != pair.label {
            slips.append(sentence)
        } else if pair.label == .affected, !(answer.fix.map(pair.fixes.contains) ?? pair.fixes.isEmpty) {
            let wanted = pair.fixes.isEmpty ? "none" : pair.fixes.joined(separator: " or ")
            slips.append("\(pair.text): repaired by \(wanted) (\(pair.why)), answered \(answer.fix ?? "none")")
        }
        if !answer.isConsistent { slips.append("\(pair.text): list and explanation differ (\(answer.reason))") }
    }

    /// The table for people.
    var table: String {
        let title = "ecosystem           pairs    TP    FP    FN    TN  precision  recall      F1"
        let rows = scores.sorted { $0.key < $1.key }.map { name, score in
            name.padding(toLength: 18, withPad: " ", startingAt: 0)
                + [score.pairs, score.truePositives, score.falsePositives, score.falseNegatives, score.trueNegatives]
                .map { "      \($0)".suffix(6) }.joined()
                + String(format: "     %.4f  %.4f  %.4f", score.precision, score.recall, score.f1)
        }
        return ([title] + rows).joined(separator: "\n")
    }
}
