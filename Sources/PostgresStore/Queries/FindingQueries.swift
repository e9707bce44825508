import Foundation
import PostgreSQL
import Stores

/// Findings: of a company from its counters, of an agent by joining its packages with their verdicts.
enum FindingQueries {
    /// Collects what a text binds.
    private struct Binding {
        var parameters: [any PostgresEncodable]

        mutating func bind(_ value: any PostgresEncodable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
    }

    /// One page of a company's vulnerabilities, with one row more than the page holds, and when the company was first affected by each.
    ///
    /// Serves from: company_vulnerabilities_by_risk or company_vulnerabilities_exploited, which are also the order; filters are checked on the way. The dates from
    /// verdicts_by_vulnerability and the primary key of package_date_blocks. `offset 0` keeps the planner from looking for a text through the
    /// vulnerabilities of all companies first.
    static func vulnerabilities(company: Int32, _ query: VulnerabilityQuery, after cursor: NumberKey?, limit: Int)
        -> PostgresStatement
    {
        var binding = Binding(parameters: [company, limit])
        var conditions = ["v.company_id = $1 and v.is_affected"]
        if let cursor {
            let risk = binding.bind(Int16(clamping: cursor.number))
            conditions.append(
                "v.risk <= \(risk) and (v.risk < \(risk) or v.name > \(binding.bind(cursor.tie.storable)))")
        }
        if let severity = query.minimumSeverity {
            conditions.append("v.severity >= \(binding.bind(Int16(clamping: severity.rank)))")
        }
        if query.exploitedOnly { conditions.append("v.exploited") }
        if query.fixableOnly { conditions.append("v.fixable_agents > 0") }
        if !query.search.isEmpty {
            conditions.append("n.search_key like \(binding.bind(containsPattern(query.search).storable))")
        }
        conditions += names(query, column: "v.name", &binding)
        return PostgresStatement(
            """
            select p.name, p.risk, p.agents, p.is_fixable, p.record, \(firstSeen("p.id")) from (
                select v.vulnerability_id as id, v.name, v.risk, v.agents, v.fixable_agents > 0 as is_fixable, n.record::text as record
                from company_vulnerabilities v cross join lateral (
                    select n.record, n.search_key from vulnerabilities n where n.id = v.vulnerability_id offset 0) n
                where \(conditions.joined(separator: " and "))
                order by v.risk desc, v.name limit $2) p
            order by p.risk desc, p.name
            """, binding.parameters)
    }

    private static func names(_ query: VulnerabilityQuery, column: String, _ binding: inout Binding) -> [String] {
        var conditions: [String] = []
        if let among = query.among { conditions.append("\(column) = any(\(binding.bind(among.sorted())))") }
        if !query.besides.isEmpty {
            conditions.append("\(column) <> all(\(binding.bind(query.besides.sorted())))")
        }
        return conditions
    }

    private static func firstSeen(_ vulnerability: String) -> String {
        let dated = HolderQueries.dated(
            "s.appeared_at", from: "verdicts s where s.vulnerability_id = \(vulnerability) and s.affected",
            package: "s.package_id")
        return "(select min(greatest(d.appeared_at, \(dated.date))) from \(dated.source) where \(dated.condition))"
    }

    /// Serves from: vulnerabilities_name, primary key; the date as above.
    static func vulnerability(company: Int32, name: String) -> PostgresStatement {
        PostgresStatement(
            """
            select v.name, v.risk, v.agents, v.fixable_agents > 0, n.record::text, \(firstSeen("v.vulnerability_id"))
            from vulnerabilities n join company_vulnerabilities v on v.company_id = $1 and v.vulnerability_id = n.id
            where n.name = $2 and v.agents > 0
            """, company, name.storable)
    }

    /// Serves from: primary keys.
    static func agent(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select a.first_applied_at, i.package_ids, d.dates from agents a
            left join inventories i on i.company_id = $1 and i.number = a.applied_inventory
            left join agent_dates d on d.company_id = $1 and d.agent_id = a.id
            where a.company_id = $1 and a.id = $2
            """, company, agent.uuid)
    }

    /// One page of an agent's packages, of which `ids` are the rows. There are as many to sort as the agent has.
    ///
    /// Serves from: primary key.
    static func packages(_ ids: [Int64], after cursor: String?, search: String, limit: Int) -> PostgresStatement {
        var binding = Binding(parameters: [ids.rows, limit])
        var conditions: [String] = []
        if let cursor { conditions.append("p.purl > \(binding.bind(cursor.storable))") }
        if !search.isEmpty { conditions.append("p.search_key like \(binding.bind(containsPattern(search).storable))") }
        let condition = conditions.isEmpty ? "" : " where " + conditions.joined(separator: " and ")
        return PostgresStatement(
            "select p.id, p.purl from unnest($1::int4[]) w (id) join packages p on p.id = w.id\(condition) order by p.purl limit $2",
            binding.parameters)
    }

    /// Serves from: primary keys.
    static func states(ofEach packages: [Int64]) -> PostgresStatement {
        PostgresStatement(
            """
            select v.package_id, v.affected, v.affected and v.fixed_version is not null, n.severity, n.risk, n.exploited
            from unnest($1::int4[]) w (id) join verdicts v on v.package_id = w.id join vulnerabilities n on n.id = v.vulnerability_id
            """, packages.rows)
    }

    /// One page of an agent's vulnerabilities, with one row more than the page holds. There are as many to group and sort as the agent
    /// has; a search looks at the names of its packages as well.
    ///
    /// Serves from: primary keys.
    static func agentFindings(_ ids: [Int64], _ query: VulnerabilityQuery, after cursor: NumberKey?, limit: Int)
        -> PostgresStatement
    {
        var binding = Binding(parameters: [ids.rows, limit])
        var conditions = [query.undetermined ? "not f.affected" : "f.affected"]
        if let cursor {
            let risk = binding.bind(Int16(clamping: cursor.number))
            conditions.append(
                "n.risk <= \(risk) and (n.risk < \(risk) or n.name > \(binding.bind(cursor.tie.storable)))")
        }
        if let severity = query.minimumSeverity {
            conditions.append("n.severity >= \(binding.bind(Int16(clamping: severity.rank)))")
        }
        if query.exploitedOnly { conditions.append("n.exploited") }
        if query.fixableOnly { conditions.append("f.fixable") }
        conditions += names(query, column: "n.name", &binding)
        var (matches, packages) = ("", "")
        if !query.search.isEmpty {
            let pattern = binding.bind(containsPattern(query.search).storable)
            conditions.append("(f.matches or n.search_key like \(pattern))")
            matches = ", bool_or(p.search_key like \(pattern)) as matches"
            packages = " join packages p on p.id = v.package_id"
        }
        return PostgresStatement(
            """
            select p.id, p.name, p.risk, (select r.record::text from vulnerabilities r where r.id = p.id) from (
                select n.id, n.name, n.risk from (
                    select v.vulnerability_id as id, bool_or(v.affected) as affected,
                        bool_or(v.affected and v.fixed_version is not null) as fixable\(matches)
                    from unnest($1::int4[]) w (id) join verdicts v on v.package_id = w.id\(packages)
                    group by v.vulnerability_id) f
                join vulnerabilities n on n.id = f.id
                where \(conditions.joined(separator: " and "))
                order by n.risk desc, n.name limit $2) p
            order by p.risk desc, p.name
            """, binding.parameters)
    }

    /// The verdicts of some vulnerabilities in some packages. Serves from: primary keys.
    static func verdicts(vulnerabilities: [Int64], packages: [Int64], isAffected: Bool) -> PostgresStatement {
        PostgresStatement(
            """
            select v.vulnerability_id, v.package_id, p.purl, v.affected, v.fixed_version, v.reason, v.urgency, v.advisories, v.appeared_at
            from unnest($2::int4[]) w (id) join verdicts v on v.package_id = w.id join packages p on p.id = w.id
            where v.vulnerability_id = any($1) and v.affected = $3
            order by p.purl
            """, vulnerabilities.rows, packages.rows, isAffected)
    }

    /// Who holds the packages that a vulnerability affects. Serves from: vulnerabilities_name, verdicts_by_vulnerability, primary keys.
    static func holders(company: Int32, vulnerability name: String) -> PostgresStatement {
        PostgresStatement(
            """
            select h.package_id, h.segment, h.holders, n.id from vulnerabilities n
            join verdicts v on v.vulnerability_id = n.id and v.affected
            join package_holders h on h.company_id = $1 and h.package_id = v.package_id
            where n.name = $2
            union all
            select v.package_id, b.segment, b.holders[(v.package_id & 31) + 1], v.id
            from (select n.id, s.package_id, s.package_id >> 5 as block from vulnerabilities n
                join verdicts s on s.vulnerability_id = n.id and s.affected where n.name = $2 offset 0) v
            join holder_blocks b on b.company_id = $1 and b.block = v.block
            where b.holders[(v.package_id & 31) + 1] is not null
            """, company, name.storable)
    }

    /// One page of the agents that have one of these inventories, by host name.
    ///
    /// Serves from: agents_by_hostname, which is also the order, when many have one; agents_by_inventory when few do.
    static func affectedAgents(company: Int32, inventories: [Int32], after cursor: HostKey?, limit: Int)
        -> PostgresStatement
    {
        var binding = Binding(parameters: [company, inventories, limit])
        var condition = ""
        if let cursor {
            let key = binding.bind(cursor.hostname.storable)
            condition =
                " and a.hostname_key >= \(key) and (a.hostname_key > \(key) or a.id > \(binding.bind(cursor.tie.uuid)))"
        }
        return PostgresStatement(
            """
            select \(AgentQueries.summaryColumns), a.hostname_key, a.applied_inventory, a.first_applied_at, d.dates
            from agents a join agent_presence s on s.company_id = a.company_id and s.agent_id = a.id
            join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
            left join agent_dates d on d.company_id = a.company_id and d.agent_id = a.id
            where a.company_id = $1 and s.company_id = $1 and i.company_id = $1 and a.applied_inventory = any($2)\(condition)
            order by a.hostname_key, a.id limit $3
            """, binding.parameters)
    }
}
