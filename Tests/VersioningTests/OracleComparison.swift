import Testing
import Versioning

/// Checks an ordering against the tool it claims to follow.
struct OracleComparison {
    let ordering: VersionOrdering
    let oracle: Oracle
    /// Whether the ordering may take versions that the tool refuses.
    var mayTakeMore: (String) -> Bool = { _ in false }

    /// Asks the tool about each pair and expects the same order, and the same refusals. Answers how many pairs were both
    /// accepted.
    @discardableResult
    func expectSameOrder(_ pairs: [(String, String)], sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
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
    func expectSameSequence(_ versions: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
        let keyed = versions.compactMap { version in (try? ordering.key(version)).map { (version, $0) } }
        let sorted = keyed.sorted { $0.1 < $1.1 }.map(\.0)
        return try expectSameOrder(Array(zip(sorted, sorted.dropFirst())), sourceLocation: sourceLocation)
    }

    private func text(_ order: Int?) -> String { order.map(String.init) ?? "refuses" }
}

/// Checks on an ordering that need no tool.
struct OrderingProperties {
    let ordering: VersionOrdering
    let pieces: [String]

    /// Compares pairs both ways, and triples through keys; equal versions have equal keys.
    func expectConsistency() throws {
        var generator = VersionGenerator(seed: 11, pieces: pieces)
        for _ in 0..<1_500 {
            let (a, b) = generator.pair()
            guard let left = try? ordering.key(a), let right = try? ordering.key(b) else { continue }
            let forward = try ordering.compare(a, b)
            #expect(forward == -(try ordering.compare(b, a)), "\(a) \(b)")
            #expect((forward == 0) == (left == right), "\(a) \(b)")
            #expect((forward < 0) == (left < right), "\(a) \(b)")
            #expect(left == VersionKey(bytes: left.bytes))
            #expect(left.bytes.count <= 5 * a.utf8.count + 16, "\(a)")
        }
    }

    /// Feeds bytes of all kinds, long numbers and long texts.
    func expectNoTraps() {
        var generator = VersionGenerator(seed: 13, pieces: pieces)
        for _ in 0..<2_000 { _ = try? ordering.key(generator.garbage()) }
        for piece in pieces + ["9", "0", "a", "~", "-", "\u{0}", "ä"] {
            for prefix in ["", "1", "1.", "1-"] {
                _ = try? ordering.key(prefix + String(repeating: piece, count: 300))
                _ = try? ordering.key(prefix + String(repeating: piece, count: 5_000))
            }
        }
    }
}
