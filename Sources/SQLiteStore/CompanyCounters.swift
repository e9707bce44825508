import Foundation
import GRDB
import Stores

/// Moves the counters of a company; always in the transaction of the change that moves them.
enum CompanyCounters {
    /// How far the counters of one vulnerability move.
    struct Difference: Hashable {
        var agents = 0
        var fixable = 0
        var undetermined = 0

        /// Adds a change that this many agents go through.
        mutating func add(_ change: StateChange, agents count: Int) {
            add(change.new, count)
            add(change.old, -count)
        }

        private mutating func add(_ state: VulnerabilityState?, _ count: Int) {
            guard let state else { return }
            if state.isAffected { agents += count } else { undetermined += count }
            if state.isFixable { fixable += count }
        }
    }

    /// How many hours the trend reaches back.
    static let hoursKept: Int64 = 168

    static func move(company: Int64, by differences: [Int64: Difference], _ db: Database) throws {
        for (vulnerability, difference) in differences where difference != Difference() {
            let arguments: StatementArguments = [
                "company": company, "vulnerability": vulnerability, "agents": difference.agents,
                "fixable": difference.fixable, "undetermined": difference.undetermined,
            ]
            if try db.run(CounterQueries.moveVulnerability, arguments) == 0 {
                try db.run(CounterQueries.insertVulnerability, arguments)
            }
            if difference.agents < 0 || difference.undetermined < 0 {
                try db.run(CounterQueries.deleteVulnerabilityWithoutAgents, arguments)
            }
        }
    }

    /// The counts of the company as they are now, and its pairs of agent and vulnerability.
    static func counts(company: Int64, _ db: Database) throws -> (counts: SeverityCounts, exposures: Int) {
        let found = try db.first(CounterQueries.counts, [company]) { (SeverityCounts(row: $0, at: 0), $0[8] as Int) }
        return found ?? (SeverityCounts(), 0)
    }

    /// Writes what the counts are into the hour of `now`, and forgets hours that the trend no longer reaches.
    static func recordHour(company: Int64, at now: Date, _ db: Database) throws {
        let counts = try counts(company: company, db).counts
        let agents = try db.first(AgentQueries.counts, ["company": company]) { $0[0] as Int } ?? 0
        let hour = hour(of: now)
        try db.run(
            CounterQueries.recordHour,
            [
                company, hour, counts.critical, counts.high, counts.medium, counts.low, counts.unknown,
                counts.exploited, counts.fixable, counts.undetermined, agents,
            ])
        try db.run(CounterQueries.deleteHoursBefore, [company, hour - hoursKept])
    }

    static func hour(of date: Date) -> Int64 {
        // Rounds towards the past also before 1970.
        Int64((Double(date.milliseconds) / 3_600_000).rounded(.down))
    }
}
