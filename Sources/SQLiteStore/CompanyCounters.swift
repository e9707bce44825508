import Foundation
import GRDB
import Stores

/// Moves the counters of a company; always in the transaction of the change that moves them.
enum CompanyCounters {
    static func move(company: Int64, by differences: [Int64: CounterDifference], _ db: Database) throws {
        for (vulnerability, difference) in differences where difference != CounterDifference() {
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

    /// Writes what the counts are into the hour of `now`, and forgets what the trend no longer keeps.
    static func recordHour(company: Int64, at now: Date, _ db: Database) throws {
        let counts = try counts(company: company, db).counts
        let agents = try db.first(AgentQueries.counts, ["company": company]) { $0[0] as Int } ?? 0
        let hour = TrendHour.of(now)
        try db.run(
            CounterQueries.recordHour,
            [
                company, hour, counts.critical, counts.high, counts.medium, counts.low, counts.unknown,
                counts.exploited, counts.fixable, counts.undetermined, agents,
            ])
        try db.run(
            CounterQueries.deleteHours,
            [
                "company": company, "remembered": hour - TrendHour.remembered, "kept": hour - TrendHour.kept,
                "thinned": hour - TrendHour.kept - TrendHour.thinned,
            ])
    }
}
