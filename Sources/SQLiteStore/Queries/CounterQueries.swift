/// The counters of a company.
enum CounterQueries {
    /// Serves from: primary key.
    static let moveVulnerability = """
        update company_vulnerabilities set agents = agents + :agents, fixable_agents = fixable_agents + :fixable,
            undetermined_agents = undetermined_agents + :undetermined
        where company_id = :company and vulnerability_id = :vulnerability
        """
    static let insertVulnerability = """
        insert into company_vulnerabilities
            (company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited)
        select :company, id, :agents, :fixable, :undetermined, name, severity, risk, exploited
        from vulnerabilities where id = :vulnerability
        """
    /// Serves from: primary key.
    static let deleteVulnerabilityWithoutAgents = """
        delete from company_vulnerabilities
        where company_id = :company and vulnerability_id = :vulnerability and agents = 0 and undetermined_agents = 0
        """

    /// One agent more has these packages, since `now`. Serves from: primary key.
    static let addPackages = """
        insert into company_packages (company_id, package_id, agents, first_seen_at)
        select :company, value, 1, :now from json_each(:ids) where true
        on conflict (company_id, package_id) do update
        set agents = agents + 1, first_seen_at = min(first_seen_at, excluded.first_seen_at)
        """
    /// One agent less has these. Serves from: primary key.
    static let removePackages = """
        update company_packages set agents = agents - 1
        where company_id = :company and package_id in (select value from json_each(:ids))
        """
    static let deletePackagesWithoutAgents = """
        delete from company_packages
        where company_id = :company and package_id in (select value from json_each(:ids)) and agents = 0
        """
    /// Of these packages, the ones that came to the company with this agent. Serves from: primary keys.
    static let packagesFirstSeenOn = """
        select p.package_id from json_each(:ids) held
        cross join company_packages p on p.company_id = :company and p.package_id = held.value
        join agents a on a.id = :agent
        left join agent_package_since s on s.agent_id = a.id and s.package_id = p.package_id
        where p.first_seen_at >= coalesce(s.since, a.first_applied_at)
        """
    /// Serves from: primary keys of company_packages and inventory_packages, agents_by_applied, primary key of agent_package_since.
    static let recomputeFirstSeen = """
        update company_packages set first_seen_at = (
            select min(coalesce(s.since, a.first_applied_at))
            from inventory_packages h
            join agents a on a.applied_id = h.inventory_id
            left join agent_package_since s on s.agent_id = a.id and s.package_id = h.package_id
            where h.package_id = company_packages.package_id and h.company_id = company_packages.company_id)
        where company_id = :company and package_id in (select value from json_each(:ids))
        """

    /// The counts of a company in the order of `SeverityCounts.init(row:at:)`, then pairs of agent and vulnerability.
    /// Serves from: primary key, whose range of the company is read through.
    static let counts = """
        select coalesce(sum(agents > 0 and severity = 5), 0), coalesce(sum(agents > 0 and severity = 4), 0),
            coalesce(sum(agents > 0 and severity = 3), 0), coalesce(sum(agents > 0 and severity = 2), 0),
            coalesce(sum(agents > 0 and severity < 2), 0), coalesce(sum(agents > 0 and exploited = 1), 0),
            coalesce(sum(fixable_agents > 0), 0), coalesce(sum(agents = 0), 0), coalesce(sum(agents), 0)
        from company_vulnerabilities where company_id = ?
        """
    /// Serves from: primary key.
    static let packageCount = "select count(*) from company_packages where company_id = ?"
    static let recordHour = """
        insert or replace into company_hours
            (company_id, hour, critical, high, medium, low, unknown, exploited, fixable, undetermined, agents)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Those too old, and of the days between `thinned` and `kept` all but the last. Serves from: primary key.
    static let deleteHours = """
        delete from company_hours where company_id = :company and (hour < :remembered or hour >= :thinned and hour < :kept and exists (
            select 1 from company_hours l where l.company_id = :company and l.hour > company_hours.hour
                and l.hour < (company_hours.hour / 24 + 1) * 24))
        """
    /// From the one in force at the first hour to the last. Serves from: primary key, which is also the order.
    static let hours = """
        select hour, agents, critical, high, medium, low, unknown, exploited, fixable, undetermined
        from company_hours where company_id = :company and hour <= :last and hour >= coalesce(
            (select max(hour) from company_hours where company_id = :company and hour <= :first), :first)
        order by hour
        """
}
