import Foundation

/// How far the counters of one vulnerability in one company move.
package struct CounterDifference: Hashable, Sendable {
    /// Agents that are affected.
    package var agents = 0
    /// Of these, how many have a package with a fix in its own release.
    package var fixable = 0
    /// Agents for which no answer can be given, and which are not affected through another package.
    package var undetermined = 0

    /// Not at all.
    package init() {}

    /// Makes one from its parts.
    package init(agents: Int, fixable: Int, undetermined: Int) {
        self.agents = agents
        self.fixable = fixable
        self.undetermined = undetermined
    }

    /// Adds a change that this many agents go through.
    package mutating func add(_ change: StateChange, agents count: Int) {
        add(change.new, count)
        add(change.old, -count)
    }

    private mutating func add(_ state: VulnerabilityState?, _ count: Int) {
        guard let state else { return }
        if state.isAffected { agents += count } else { undetermined += count }
        if state.isFixable { fixable += count }
    }

    /// The differences that these changes of one agent make, by vulnerability.
    package static func of(_ changes: [StateChange]) -> [Int64: CounterDifference] {
        var differences: [Int64: CounterDifference] = [:]
        differences.add(changes)
        return differences
    }
}

extension [Int64: CounterDifference] {
    /// Adds changes of one agent, by vulnerability.
    package mutating func add(_ changes: [StateChange]) {
        for change in changes { self[change.vulnerability, default: .init()].add(change, agents: 1) }
    }
}

/// The hours of the trend.
package enum TrendHour {
    /// How many hours back each is kept; before that the last of each day.
    package static let kept: Int64 = 168
    /// How many hours back the trend reaches.
    package static let remembered: Int64 = 400 * 24
    /// How far before ``kept`` days are thinned out with every change: as a change comes in every other day at least, or nothing is thinned out, this
    /// leaves a few hours too many at most.
    package static let thinned: Int64 = 48

    /// Hours since 1970 UTC; rounds towards the past also before that.
    package static func of(_ date: Date) -> Int64 {
        Int64((Double(date.milliseconds) / 3_600_000).rounded(.down))
    }
}

/// What new verdicts change in one company.
package struct CompanyChange: Sendable {
    /// How the counters move, by vulnerability.
    package private(set) var differences: [Int64: CounterDifference] = [:]
    /// Agents whose findings change.
    package private(set) var agents = 0
    /// Vulnerabilities that an agent gains.
    package private(set) var opened: Set<Int64> = []
    /// Vulnerabilities that an agent loses.
    package private(set) var resolved: Set<Int64> = []

    /// Nothing.
    package init() {}

    /// Adds the changes that this many agents go through.
    package mutating func add(_ changes: [StateChange], agents count: Int) {
        agents += count
        for change in changes {
            differences[change.vulnerability, default: .init()].add(change, agents: count)
            if change.isOpening { opened.insert(change.vulnerability) }
            if change.isResolution { resolved.insert(change.vulnerability) }
        }
    }
}
