import Foundation
import SeededRandom

/// When agents arrive and when something changes on one of them, worked out before the run: what happens does not depend on how quickly the
/// server answers (an open model), and a latency counts from the moment given here. A server that stalls therefore shows all of
/// the waiting that it causes, and not one slow request in a pause (coordinated omission).
struct Schedule: Sendable {
    /// Something that is due.
    struct Entry: Sendable, Equatable {
        /// Since the start.
        let due: Duration
        let agent: Int
        let kind: Kind
    }

    enum Kind: Sendable, Equatable { case arrival, change }

    /// Ascending.
    let entries: [Entry]

    /// - Parameters:
    ///   - agents: How many arrive, evenly spread.
    ///   - arrivals: Time in which they do.
    ///   - changes: Changes a second of all agents together; their distances are those of a Poisson process, and each happens on an agent
    ///     that has arrived.
    ///   - after: The first change is after this.
    ///   - duration: The last change is before this.
    init(agents: Int, arrivals: Duration, changes: Double, after: Duration = .zero, duration: Duration, seed: UInt64) {
        var entries = (0..<agents).map { agent in
            Entry(due: arrivals * Double(agent) / Double(agents), agent: agent, kind: .arrival)
        }
        var generator = SplitMix(seed: seed)
        let step = arrivals / Double(max(1, agents))
        var due = after
        while changes > 0 {
            due += .seconds(Self.exponential(rate: changes, using: &generator))
            guard due < duration else { break }
            let arrived = step > .zero ? min(agents, Int(due / step) + 1) : agents
            entries.append(Entry(due: due, agent: Int.random(in: 0..<arrived, using: &generator), kind: .change))
        }
        self.entries = entries.sorted { $0.due < $1.due }
    }

    private static func exponential(rate: Double, using generator: inout SplitMix) -> Double {
        -log(Double.random(in: Double.leastNormalMagnitude..<1, using: &generator)) / rate
    }
}
