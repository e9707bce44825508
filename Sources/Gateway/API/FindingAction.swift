import Reports
import Stores

/// One line that says what to do about a finding: what ``Reports/Remedy`` says of each package that carries it.
enum FindingAction {
    /// How many things one line names.
    private static let named = 3

    /// - Parameter packages: All packages that carry one vulnerability on one agent.
    static func sentence(for packages: [FindingPackage]) -> String {
        let affected = packages.filter { $0.verdict.status == .affected }
        let lines = (affected.isEmpty ? packages : affected)
            .map { Remedy.line(for: $0.purl, verdict: $0.verdict) }
            .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let rest = lines.count > named ? ["and \(lines.count - named) more"] : []
        return (lines.prefix(named) + rest).joined(separator: "; ")
    }
}
