import Foundation
import PostgreSQL
import Stores

/// The counters of a company.
enum CounterQueries {
    /// Serves from: primary key.
    static func addAgent(company: Int32) -> PostgresStatement {
        PostgresStatement("update company_totals set agents = agents + 1 where company_id = $1", company)
    }
    /// Moves counters that are there, and answers where they stand then. Serves from: primary key.
    static func moveVulnerabilities(company: Int32, _ moves: [(key: Int64, value: CounterDifference)])
        -> PostgresStatement
    {
        PostgresStatement(
            """
            update company_vulnerabilities c
            set agents = c.agents + d.agents, fixable_agents = c.fixable_agents + d.fixable,
                undetermined_agents = c.undetermined_agents + d.undetermined
            from unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[]) d (id, agents, fixable, undetermined)
            where c.company_id = $1 and c.vulnerability_id = d.id
            returning c.vulnerability_id, c.agents, c.fixable_agents, c.undetermined_agents, c.severity, c.exploited
            """, arguments(company, moves))
    }
    /// Makes counters, and answers where they stand. Serves from: primary key of vulnerabilities.
    static func insertVulnerabilities(company: Int32, _ moves: [(key: Int64, value: CounterDifference)])
        -> PostgresStatement
    {
        PostgresStatement(
            """
            insert into company_vulnerabilities
                (company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited)
            select $1, n.id, d.agents, d.fixable, d.undetermined, n.name, n.severity, n.risk, n.exploited
            from unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[]) d (id, agents, fixable, undetermined)
            join vulnerabilities n on n.id = d.id
            returning vulnerability_id, agents, fixable_agents, undetermined_agents, severity, exploited
            """, arguments(company, moves))
    }
    private static func arguments(_ company: Int32, _ moves: [(key: Int64, value: CounterDifference)])
        -> [any PostgresEncodable]
    {
        [
            company, moves.map(\.key).rows, moves.map { Int32(clamping: $0.value.agents) },
            moves.map { Int32(clamping: $0.value.fixable) }, moves.map { Int32(clamping: $0.value.undetermined) },
        ]
    }
    /// Serves from: primary key.
    static func deleteVulnerabilities(company: Int32, _ ids: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from company_vulnerabilities
            where company_id = $1 and vulnerability_id = any($2) and agents = 0 and undetermined_agents = 0
            """, company, ids)
    }

    /// Serves from: primary key.
    static func moveTotals(company: Int32, _ counts: SeverityCounts, exposures: Int) -> PostgresStatement {
        PostgresStatement(
            """
            update company_totals
            set critical = critical + $2::int8, high = high + $3::int8, medium = medium + $4::int8, low = low + $5::int8,
                unknown = unknown + $6::int8, exploited = exploited + $7::int8, fixable = fixable + $8::int8,
                undetermined = undetermined + $9::int8, exposures = exposures + $10
            where company_id = $1
            """, company, counts.critical, counts.high, counts.medium, counts.low, counts.unknown, counts.exploited,
            counts.fixable, counts.undetermined, exposures)
    }
    /// Serves from: primary key.
    static func movePackages(company: Int32, by difference: Int) -> PostgresStatement {
        PostgresStatement(
            "update company_totals set packages = packages + $2::int8 where company_id = $1", company, difference)
    }
    private static let sums = """
        count(*) filter (where agents > 0 and severity = 5), count(*) filter (where agents > 0 and severity = 4),
        count(*) filter (where agents > 0 and severity = 3), count(*) filter (where agents > 0 and severity = 2),
        count(*) filter (where agents > 0 and severity < 2), count(*) filter (where agents > 0 and exploited),
        count(*) filter (where fixable_agents > 0), count(*) filter (where agents = 0), coalesce(sum(agents), 0)
        """
    /// Counts anew, after severities moved. Serves from: primary key, whose range of the company is read through.
    static func recomputeTotals(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            update company_totals set (critical, high, medium, low, unknown, exploited, fixable, undetermined, exposures) = (
                select \(sums) from company_vulnerabilities where company_id = $1)
            where company_id = $1
            """, company)
    }
    /// The counts in the order of `SeverityCounts.init(_:at:)`, pairs of agent and vulnerability, agents, packages. Serves from: primary key.
    static func totals(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select critical, high, medium, low, unknown, exploited, fixable, undetermined, exposures, agents, packages
            from company_totals where company_id = $1
            """, company)
    }
    /// The same counted anew, for `verify()`.
    static func recountedTotals(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select \(sums)::int8, (select count(*) from agents where company_id = $1),
                (select count(s.date) from package_date_blocks c cross join lateral unnest(c.first_seen) s (date) where c.company_id = $1)
            from company_vulnerabilities where company_id = $1
            """, company)
    }

    /// Writes what the counts are into the hour, and forgets what the trend no longer keeps. Serves from: primary keys.
    static func recordHour(company: Int32, at now: Date) -> [PostgresStatement] {
        let hour = TrendHour.of(now)
        return [
            PostgresStatement(
                """
                insert into company_hours
                    (company_id, hour, critical, high, medium, low, unknown, exploited, fixable, undetermined, agents)
                select company_id, $2, critical, high, medium, low, unknown, exploited, fixable, undetermined, agents
                from company_totals where company_id = $1
                on conflict (company_id, hour) do update set critical = excluded.critical, high = excluded.high,
                    medium = excluded.medium, low = excluded.low, unknown = excluded.unknown, exploited = excluded.exploited,
                    fixable = excluded.fixable, undetermined = excluded.undetermined, agents = excluded.agents
                """, company, time(hour)),
            PostgresStatement(
                """
                delete from company_hours h where company_id = $1 and (hour < $2 or hour >= $3 and hour < $4 and exists (
                    select 1 from company_hours l where l.company_id = $1 and l.hour > h.hour
                        and l.hour < date_trunc('day', h.hour, 'UTC') + interval '24 hours'))
                """, company, time(hour - TrendHour.remembered), time(hour - TrendHour.kept - TrendHour.thinned),
                time(hour - TrendHour.kept)),
        ]
    }
    /// From the one in force at the first hour to the last. Serves from: primary key, which is also the order.
    static func hours(company: Int32, from first: Int64, through last: Int64) -> PostgresStatement {
        PostgresStatement(
            """
            select hour, agents, critical, high, medium, low, unknown, exploited, fixable, undetermined
            from company_hours where company_id = $1 and hour <= $3 and hour >= coalesce(
                (select max(hour) from company_hours where company_id = $1 and hour <= $2), $2)
            order by hour
            """, company, time(first), time(last))
    }
    private static func time(_ hour: Int64) -> Date { Date(milliseconds: hour * 3_600_000) }

    /// The ten riskiest of these vulnerabilities. Serves from: primary key.
    static func riskiestNames(_ vulnerabilities: some Sequence<Int64>) -> PostgresStatement {
        PostgresStatement(
            """
            select n.name from unnest($1::int4[]) w (id) join vulnerabilities n on n.id = w.id
            order by n.risk desc, n.name limit 10
            """, vulnerabilities.rows)
    }
}
