import Testing
import Versioning

/// Checks an ordering against the tool it claims to follow.
struct OracleComparison {
    let ordering: VersionOrdering
    let oracle: Oracle
    /// Whether the ordering may take a version that the tool refuses.
    var mayTakeMore: (String) -> Bool = { _ in false }
    /// Whether the tool's answers about a version are not wanted.
    var isOutside: (String) -> Bool = { _ in false }

    /// Asks the tool about each pair and expects the same order, and the same refusals. Answers how many pairs were both
    /// accepted.
    @discardableResult
    func expectSameOrder(_ pairs: [(String, String)], sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
        let pairs = pairs.filter { !isOutside($0) && !isOutside($1) }
        var accepted = 0
        var wrong: [String] = []
        for ((a, b), answer) in zip(pairs, try oracle.ask(pairs)) {
            let own = try? ordering.compare(a, b)
            accepted += answer == nil ? 0 : 1
            if own != answer, answer != nil || !(mayTakeMore(a) || mayTakeMore(b)) {
                wrong.append("\(a) ? \(b): tool \(text(answer)), key \(text(own))")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(pairs.count): \(wrong.prefix(12))", sourceLocation: sourceLocation)
        return accepted
    }

    /// Sorts versions by their keys and expects the tool to agree with every neighbourhood. As the tool's order is
    /// transitive, it then agrees about every pair of them.
    @discardableResult
    func expectSameSequence(
        _ versions: [String], reading: VersionReading = .strict, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Int {
        let keyed = versions.compactMap { version in
            (try? ordering.key(version, reading: reading)).map { (version, $0) }
        }
        let sorted = keyed.sorted { $0.1 < $1.1 }.map(\.0)
        return try expectSameOrder(Array(zip(sorted, sorted.dropFirst())), sourceLocation: sourceLocation)
    }

    private func text(_ order: Int?) -> String { order.map(String.init) ?? "refuses" }
}
