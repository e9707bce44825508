import Stores

/// Findings: of a company from its counters, of an agent by joining its packages with their verdicts.
enum FindingQueries {
    /// One page of a company's vulnerabilities, with one row more than the page holds.
    ///
    /// Serves from: company_vulnerabilities_by_risk, which is also the order; filters are checked on the way.
    static func vulnerabilities(_ query: VulnerabilityQuery, hasCursor: Bool) -> String {
        var conditions = ["v.company_id = :company and v.agents > 0"]
        if hasCursor { conditions.append("v.risk <= :risk and (v.risk < :risk or v.name > :name)") }
        if query.minimumSeverity != nil { conditions.append("v.severity >= :severity") }
        if query.exploitedOnly { conditions.append("v.exploited = 1") }
        if query.fixableOnly { conditions.append("v.fixable_agents > 0") }
        if !query.search.isEmpty { conditions.append("n.search_key like :search escape '\\'") }
        conditions += names(query, column: "v.name")
        return """
            select v.vulnerability_id, v.name, v.risk, v.agents, v.fixable_agents > 0, n.record
            from company_vulnerabilities v indexed by company_vulnerabilities_by_risk
            cross join vulnerabilities n on n.id = v.vulnerability_id
            where \(conditions.joined(separator: " and "))
            order by v.risk desc, v.name limit :limit
            """
    }

    private static func names(_ query: VulnerabilityQuery, column: String) -> [String] {
        (query.among == nil ? [] : ["\(column) in (select value from json_each(:among))"])
            + (query.besides.isEmpty ? [] : ["\(column) not in (select value from json_each(:besides))"])
    }

    /// Serves from: unique index on name, primary key.
    static let vulnerability = """
        select v.vulnerability_id, v.name, v.risk, v.agents, v.fixable_agents > 0, n.record
        from vulnerabilities n cross join company_vulnerabilities v on v.company_id = :company and v.vulnerability_id = n.id
        where n.name = :name and v.agents > 0
        """

    /// When the company was first affected. Serves from: verdicts_by_vulnerability, primary key of company_packages.
    static let firstSeen = """
        select min(max(v.appeared_at, p.first_seen_at))
        from verdicts v indexed by verdicts_by_vulnerability
        cross join company_packages p on p.company_id = :company and p.package_id = v.package_id
        where v.vulnerability_id = :vulnerability and v.affected = 1
        """

    /// Serves from: unique index on uuid.
    static let agent = """
        select a.id, a.applied_id, a.first_applied_at, a.company_id, i.package_ids
        from agents a join companies c on c.id = a.company_id left join inventories i on i.id = a.applied_id
        where a.uuid = ? and c.uuid = ?
        """

    /// One page of an agent's packages, of which `:ids` are the rows. There are as many to sort as the agent has.
    ///
    /// Serves from: primary keys.
    static func packages(hasCursor: Bool, hasSearch: Bool) -> String {
        let cursor = hasCursor ? " and p.purl > :purl" : ""
        let search = hasSearch ? " and p.search_key like :search escape '\\'" : ""
        return """
            select p.id, p.purl, s.since from json_each(:ids) held
            cross join packages p on p.id = held.value
            left join agent_package_since s on s.agent_id = :agent and s.package_id = p.id
            where true\(cursor)\(search)
            order by p.purl limit :limit
            """
    }

    /// Serves from: primary keys.
    static let statesByPackage = """
        select v.package_id, v.affected, v.affected = 1 and v.fixed_version is not null, n.severity, n.risk, n.exploited
        from json_each(?) held
        cross join verdicts v on v.package_id = held.value
        cross join vulnerabilities n on n.id = v.vulnerability_id
        """

    /// One page of an agent's vulnerabilities, with one row more than the page holds. There are as many to group and sort as the agent
    /// has; a search looks at the names of its packages as well.
    ///
    /// Serves from: primary keys.
    static func agentFindings(_ query: VulnerabilityQuery, hasCursor: Bool) -> String {
        let hasSearch = !query.search.isEmpty
        var conditions = [query.undetermined ? "f.affected = 0" : "f.affected = 1"]
        if hasCursor { conditions.append("n.risk <= :risk and (n.risk < :risk or n.name > :name)") }
        if query.minimumSeverity != nil { conditions.append("n.severity >= :severity") }
        if query.exploitedOnly { conditions.append("n.exploited = 1") }
        if query.fixableOnly { conditions.append("f.fixable = 1") }
        conditions += names(query, column: "n.name")
        if hasSearch { conditions.append("(f.matches = 1 or n.search_key like :search escape '\\')") }
        let matches = hasSearch ? ", max(p.search_key like :search escape '\\') as matches" : ""
        let packages = hasSearch ? " cross join packages p on p.id = v.package_id" : ""
        return """
            select n.id, n.name, n.risk from (
                select v.vulnerability_id as id, max(v.affected) as affected,
                    max(v.affected = 1 and v.fixed_version is not null) as fixable\(matches)
                from json_each(:ids) held cross join verdicts v on v.package_id = held.value\(packages)
                group by v.vulnerability_id) f
            cross join vulnerabilities n on n.id = f.id
            where \(conditions.joined(separator: " and "))
            order by n.risk desc, n.name limit :limit
            """
    }

    /// The verdicts of some vulnerabilities in an agent's packages. Serves from: primary keys.
    static let agentVerdicts = """
        select v.vulnerability_id, p.purl, s.since, v.affected, v.fixed_version, v.reason, v.urgency, v.advisories, v.appeared_at
        from json_each(:vulnerabilities) wanted
        cross join verdicts v indexed by verdicts_by_vulnerability on v.vulnerability_id = wanted.value and v.affected = :affected
        cross join inventory_packages h
            on h.package_id = v.package_id and h.company_id = :company and h.inventory_id = :inventory
        cross join packages p on p.id = v.package_id
        left join agent_package_since s on s.agent_id = :agent and s.package_id = v.package_id
        order by p.purl
        """
    /// Serves from: primary key.
    static let record = "select record from vulnerabilities where id = ?"
    /// Serves from: unique index on name.
    static let rowByName = "select id from vulnerabilities where name = ?"

    /// One page of the agents that a vulnerability affects, by host name.
    ///
    /// Serves from: agents_by_hostname, which is also the order; whether an agent is affected is looked up in the set of affected
    /// inventories, which comes from verdicts_by_vulnerability and the primary key of inventory_packages.
    static func affectedAgents(hasCursor: Bool) -> String {
        let cursor =
            hasCursor ? " and a.hostname_key >= :text and (a.hostname_key > :text or a.uuid > :tie)" : ""
        return """
            select \(AgentQueries.summaryColumns), a.hostname_key, a.id, a.applied_id, a.first_applied_at
            from agents a indexed by agents_by_hostname join inventories i on i.id = a.applied_id
            where a.company_id = :company\(cursor) and +a.applied_id in (
                select h.inventory_id from verdicts v indexed by verdicts_by_vulnerability
                cross join inventory_packages h on h.package_id = v.package_id and h.company_id = :company
                where v.vulnerability_id = :vulnerability and v.affected = 1)
            order by a.hostname_key, a.uuid limit :limit
            """
    }
}
