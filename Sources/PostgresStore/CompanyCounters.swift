import Foundation
import PostgreSQL
import Stores

/// Moves the counters of a company; always under its lock, in the transaction of the change that moves them.
enum CompanyCounters {
    /// Where the counters of a vulnerability stand.
    private struct Standing {
        let vulnerability: Int64
        let difference: CounterDifference
        let severity: Int
        let isExploited: Bool

        init(_ row: PostgresRow) throws {
            vulnerability = try row.get(0)
            difference = CounterDifference(
                agents: try row.get(1), fixable: try row.get(2), undetermined: try row.get(3))
            severity = try row.get(4)
            isExploited = try row.get(5)
        }

        /// What it counts for in the company, with its counters as they are or as they were.
        func add(_ counters: CounterDifference, sign: Int, to counts: inout SeverityCounts) {
            guard counters.agents > 0 else {
                if counters.undetermined > 0 { counts.undetermined += sign }
                return
            }
            switch severity {
            case 5: counts.critical += sign
            case 4: counts.high += sign
            case 3: counts.medium += sign
            case 2: counts.low += sign
            default: counts.unknown += sign
            }
            if isExploited { counts.exploited += sign }
            if counters.fixable > 0 { counts.fixable += sign }
        }
    }

    /// Moves the counters of vulnerabilities and the totals that follow from them.
    static func move(
        company: Int32, by differences: [Int64: CounterDifference], _ transaction: PostgresTransaction
    ) async throws {
        let moves = differences.filter { $0.value != CounterDifference() }.sorted { $0.key < $1.key }
        guard !moves.isEmpty else { return }
        var standing = try await transaction.query(CounterQueries.moveVulnerabilities(company: company, moves))
            .map { try Standing($0) }
        let known = Set(standing.map(\.vulnerability))
        let new = moves.filter { !known.contains($0.key) }
        if !new.isEmpty {
            standing += try await transaction.query(CounterQueries.insertVulnerabilities(company: company, new))
                .map { try Standing($0) }
        }
        var counts = SeverityCounts()
        for row in standing {
            guard let moved = differences[row.vulnerability] else { continue }
            let now = row.difference
            let before = CounterDifference(
                agents: now.agents - moved.agents, fixable: now.fixable - moved.fixable,
                undetermined: now.undetermined - moved.undetermined)
            row.add(before, sign: -1, to: &counts)
            row.add(now, sign: 1, to: &counts)
        }
        let gone = standing.filter { $0.difference == CounterDifference() }.map(\.vulnerability)
        let exposures = moves.reduce(0) { $0 + $1.value.agents }
        var statements = [CounterQueries.moveTotals(company: company, counts, exposures: exposures)]
        if !gone.isEmpty { statements.append(CounterQueries.deleteVulnerabilities(company: company, gone.rows)) }
        try await transaction.run(statements)
    }

    /// Appends events, in their order, and writes the hour.
    ///
    /// - Parameter before: What is to be written before.
    static func record(
        _ kinds: [Event.Kind], company: Int32, at now: Date, after before: [PostgresStatement] = [],
        _ transaction: PostgresTransaction
    ) async throws -> [Event] {
        let insertions = try kinds.map { try EventQueries.insert($0, company: company, at: now) }
        let results = try await transaction.run(
            before + insertions + CounterQueries.recordHour(company: company, at: now))
        return try zip(kinds, results.dropFirst(before.count)).map { kind, result in
            Event(id: EventID(rawValue: try result.value()), at: now, kind: kind)
        }
    }

    /// The names of the ten riskiest of each list.
    static func examples(
        _ first: some Sequence<Int64>, _ second: some Sequence<Int64>, _ transaction: PostgresTransaction
    ) async throws -> ([String], [String]) {
        let (first, second) = (Array(first), Array(second))
        guard !(first.isEmpty && second.isEmpty) else { return ([], []) }
        let results = try await transaction.run([
            CounterQueries.riskiestNames(first), CounterQueries.riskiestNames(second),
        ])
        return (try results[0].map { try $0.get(0) }, try results[1].map { try $0.get(0) })
    }
}
