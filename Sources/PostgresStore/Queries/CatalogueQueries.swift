import Foundation
import Matching
import PostgreSQL
import Stores

/// Packages, vulnerabilities and verdicts.
enum CatalogueQueries {
    // MARK: - Packages

    /// Serves from: packages_purl_key.
    static func rows(_ purls: [String]) -> PostgresStatement {
        PostgresStatement(
            """
            select p.purl, p.id
            from unnest($1::text[]) w (purl) join packages p on p.purl_key = md5(w.purl)::uuid and p.purl = w.purl
            """, purls)
    }

    /// A row to make.
    struct Entry: Sendable {
        let purl: String
        let searchKey: String
        let scope: String?
        let name: String?
    }

    /// In one order everywhere, so that two who make the same rows do not wait for each other.
    static func insert(_ entries: [Entry], at now: Date) -> PostgresStatement {
        let entries = entries.sorted { $0.purl < $1.purl }
        return PostgresStatement(
            """
            insert into packages (purl, search_key, scope, advisory_name, first_seen_at)
            select purl, search_key, nullif(scope, ''), case when scope <> '' then name end, $5
            from unnest($1::text[], $2::text[], $3::text[], $4::text[]) e (purl, search_key, scope, name)
            on conflict (purl_key) do nothing
            """, entries.map(\.purl), entries.map(\.searchKey), entries.map { $0.scope ?? "" },
            entries.map { $0.name ?? "" },
            now)
    }
    /// Serves from: primary key.
    static func unevaluated(_ ids: [Int32]) -> PostgresStatement {
        PostgresStatement(
            "select id, purl from packages where id = any($1) and evaluated_at is null order by id", ids)
    }
    /// Serves from: packages_by_advisory_name, once per name. The rows of all names are sorted, as they are one list.
    static func named(_ names: [AdvisoryName], after: Int64, limit: Int) -> PostgresStatement {
        PostgresStatement(
            """
            select distinct p.id, p.purl
            from unnest($1::text[], $2::text[]) w (scope, name)
            join packages p on md5(p.scope || chr(10) || p.advisory_name) = md5(w.scope || chr(10) || w.name)
                and p.scope = w.scope and p.advisory_name = w.name and p.scope is not null and p.id > $3
            order by p.id limit $4
            """, names.map(\.scope.storable), names.map(\.name.storable), after, max(0, limit))
    }
    /// Serves from: primary key, which is also the order.
    static func all(after: Int64, limit: Int) -> PostgresStatement {
        PostgresStatement("select id, purl from packages where id > $1 order by id limit $2", after, max(0, limit))
    }
    /// Of two who record the same package for the first time the second waits here and then finds it matched. In one order everywhere.
    /// Serves from: primary key.
    static func lockUnevaluated(_ ids: [Int32]) -> PostgresStatement {
        PostgresStatement(
            "select id from packages where id = any($1) and evaluated_at is null order by id for no key update", ids)
    }
    /// Serves from: primary key.
    static func evaluated(_ ids: [Int32]) -> PostgresStatement {
        PostgresStatement("select id from packages where id = any($1) and evaluated_at is not null", ids)
    }
    /// Serves from: primary key.
    static func markEvaluated(_ ids: [Int32], at now: Date) -> PostgresStatement {
        PostgresStatement("update packages set evaluated_at = $2 where id = any($1)", ids, now)
    }

    // MARK: - Vulnerabilities

    /// What is known of vulnerabilities, and whether their records are these. Serves from: vulnerabilities_name.
    static func known(_ records: [(name: String, json: JSONB)]) -> PostgresStatement {
        PostgresStatement(
            """
            select n.id, n.name, n.severity, n.risk, n.exploited, n.record = w.record
            from unnest($1::text[], $2::jsonb[]) w (name, record) join vulnerabilities n on n.name = w.name
            """, records.map(\.name), records.map(\.json))
    }
    /// Serves from: vulnerabilities_name.
    static func vulnerabilityRows(_ names: [String]) -> PostgresStatement {
        PostgresStatement("select name, id from vulnerabilities where name = any($1)", names)
    }

    /// A vulnerability to write.
    struct Vulnerability: Sendable {
        let record: VulnerabilityRecord
        let json: JSONB
        var name: String { record.id.storable }
        var weight: VulnerabilityWeight { VulnerabilityWeight(record) }

        init(_ record: VulnerabilityRecord) throws {
            self.record = record
            json = try StoredJSON.encode(record).storableJSON
        }
    }

    private static let columns = """
        unnest($1::text[], $2::int2[], $3::int2[], $4::bool[], $5::text[], $6::jsonb[])
            w (name, severity, risk, exploited, search_key, record)
        """
    /// Serves from: vulnerabilities_name.
    static func insert(_ vulnerabilities: [Vulnerability], at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            insert into vulnerabilities (name, severity, risk, exploited, search_key, record, updated_at)
            select name, severity, risk, exploited, search_key, record, $7 from \(columns)
            on conflict (name) do nothing
            """, arguments(vulnerabilities.sorted { $0.name < $1.name }, now))
    }
    /// Serves from: vulnerabilities_name.
    static func update(_ vulnerabilities: [Vulnerability], at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            update vulnerabilities n set severity = w.severity, risk = w.risk, exploited = w.exploited,
                search_key = w.search_key, record = w.record, updated_at = $7
            from \(columns) where n.name = w.name
            """, arguments(vulnerabilities, now))
    }
    private static func arguments(_ vulnerabilities: [Vulnerability], _ now: Date) -> [any PostgresEncodable] {
        [
            vulnerabilities.map(\.name), vulnerabilities.map { Int16(clamping: $0.weight.severity) },
            vulnerabilities.map { Int16(clamping: $0.weight.risk) }, vulnerabilities.map(\.weight.isExploited),
            vulnerabilities.map(\.record.searchKey.storable), vulnerabilities.map(\.json), now,
        ]
    }
    /// Copies what lists of a company sort by; answers which of them the company has. Serves from: primary key.
    static func copyWeights(company: Int32, _ weights: [(id: Int32, weight: VulnerabilityWeight)]) -> PostgresStatement
    {
        PostgresStatement(
            """
            update company_vulnerabilities c set severity = w.severity, risk = w.risk, exploited = w.exploited
            from unnest($2::int4[], $3::int2[], $4::int2[], $5::bool[]) w (id, severity, risk, exploited)
            where c.company_id = $1 and c.vulnerability_id = w.id returning c.vulnerability_id
            """, company, weights.map(\.id), weights.map { Int16(clamping: $0.weight.severity) },
            weights.map { Int16(clamping: $0.weight.risk) }, weights.map(\.weight.isExploited))
    }

    // MARK: - Verdicts

    /// Serves from: primary key of verdicts, primary key of vulnerabilities.
    static func standing(packages: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            select v.package_id, v.vulnerability_id, n.name, v.affected, v.fixed_version, v.reason, v.urgency, v.advisories, v.appeared_at
            from verdicts v join vulnerabilities n on n.id = v.vulnerability_id where v.package_id = any($1)
            """, packages)
    }
    /// What is said of these vulnerabilities in any package. Serves from: verdicts_by_vulnerability.
    static func said(vulnerabilities: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            select v.vulnerability_id, v.package_id, v.affected, v.affected and v.fixed_version is not null
            from verdicts v where v.vulnerability_id = any($1)
            """, vulnerabilities)
    }
    /// Serves from: primary key.
    static func weights(vulnerabilities: [Int32]) -> PostgresStatement {
        PostgresStatement(
            "select id, severity, risk, exploited from vulnerabilities where id = any($1)", vulnerabilities)
    }
    static func put(_ puts: [VerdictPlan.Put]) throws -> PostgresStatement {
        PostgresStatement(
            """
            insert into verdicts
                (package_id, vulnerability_id, affected, fixed_version, reason, urgency, advisories, appeared_at)
            select package, vulnerability, affected, case when has_fix then fixed end, reason, case when has_urgency then urgency end,
                array(select jsonb_array_elements_text(advisories)), appeared
            from unnest($1::int4[], $2::int4[], $3::bool[], $4::bool[], $5::text[], $6::text[], $7::bool[], $8::text[], $9::jsonb[],
                $10::timestamptz[])
                p (package, vulnerability, affected, has_fix, fixed, reason, has_urgency, urgency, advisories, appeared)
            on conflict (package_id, vulnerability_id) do update set affected = excluded.affected,
                fixed_version = excluded.fixed_version, reason = excluded.reason, urgency = excluded.urgency,
                advisories = excluded.advisories, appeared_at = excluded.appeared_at
            """, puts.map(\.package).rows, puts.map(\.vulnerability).rows, puts.map(\.verdict.isAffected),
            puts.map { $0.verdict.fixedVersion != nil }, puts.map { $0.verdict.fixedVersion?.storable ?? "" },
            puts.map(\.verdict.reason.storable), puts.map { $0.verdict.urgency != nil },
            puts.map { $0.verdict.urgency?.storable ?? "" }, puts.map(\.verdict.advisories.storableJSON),
            puts.map { Date(milliseconds: $0.verdict.appearedAt) })
    }
    /// Serves from: primary key.
    static func delete(_ deletions: [VerdictPlan.Deletion]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from verdicts v using unnest($1::int4[], $2::int4[]) d (package, vulnerability)
            where v.package_id = d.package and v.vulnerability_id = d.vulnerability
            """, deletions.map(\.package).rows, deletions.map(\.vulnerability).rows)
    }

    /// Serves from: primary key.
    static let verdictBasis = PostgresStatement("select value from meta where key = 'verdict_basis'")
    /// Serves from: primary key.
    static func setVerdictBasis(_ basis: String) -> PostgresStatement {
        PostgresStatement(
            """
            insert into meta (key, value) values ('verdict_basis', $1) on conflict (key) do update set value = excluded.value
            """, basis.storable)
    }
}
