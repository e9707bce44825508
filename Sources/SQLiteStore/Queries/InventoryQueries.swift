/// Inventories and the packages of agents.
enum InventoryQueries {
    /// Serves from: unique index on uuid.
    static let agent = """
        select a.id, a.company_id, a.hostname, a.received_id, a.applied_id
        from agents a join companies c on c.id = a.company_id where a.uuid = ? and c.uuid = ?
        """
    /// Serves from: primary key.
    static let byRow = """
        select id, digest, content, package_ids, package_count, risk,
            critical, high, medium, low, unknown, exploited, fixable, undetermined
        from inventories where id = ?
        """
    /// Serves from: unique index on (company_id, digest).
    static let rowByDigest = "select id from inventories where company_id = ? and digest = ?"
    /// Serves from: unique index on (company_id, digest).
    static let contentByDigest = "select content, package_ids from inventories where company_id = ? and digest = ?"
    static let insertReceived = """
        insert into inventories (company_id, digest, content, package_count) values (?, ?, ?, ?)
        """
    /// Waiting starts when received and applied begin to differ, and goes on when yet another inventory arrives.
    static let setReceived = """
        update agents set received_id = :received, received_at = :now,
            waiting_since = iif(applied_id is :received, null, coalesce(waiting_since, :now))
        where id = :id
        """
    /// Serves from: agents_by_received, agents_by_applied.
    static let isReferenced = """
        select exists (select 1 from agents where received_id = :id)
            or exists (select 1 from agents where applied_id = :id)
        """
    /// Others that refer to an inventory. Serves from: agents_by_received, agents_by_applied.
    static let isReferencedByOthers = """
        select exists (select 1 from agents where received_id = :id and id <> :agent)
            or exists (select 1 from agents where applied_id = :id and id <> :agent)
        """
    /// Serves from: primary key.
    static let packagesOfRow = "select company_id, package_ids from inventories where id = ?"
    static let delete = "delete from inventories where id = ?"

    /// Companies with waiting agents, longest waiting first. Serves from: agents_waiting, without the table; there are few companies to
    /// sort.
    static let pendingCompanies = """
        select c.uuid, w.agents from (
            select company_id, count(*) as agents, min(waiting_since) as since
            from agents where waiting_since is not null group by company_id) w
        join companies c on c.id = w.company_id
        order by w.since, c.id limit ?
        """
    /// Serves from: agents_waiting, which is also the order but among those that began to wait in the same millisecond.
    static let pendingAgents = """
        select uuid, waiting_since from agents
        where company_id = :company and waiting_since is not null and (waiting_since, uuid) > (:since, :uuid)
        order by waiting_since, uuid limit :limit
        """
    /// Serves from: unique index on uuid.
    static let pendingInventory = """
        select i.content, i.package_ids from agents a join inventories i on i.id = a.received_id
        where a.uuid = ? and a.company_id = ? and a.waiting_since is not null
        """

    /// Rows and evaluation of purls. Serves from: unique index on purl.
    static let packagesByPURL = """
        select p.id, p.evaluated_at is not null from json_each(?) wanted cross join packages p on p.purl = wanted.value
        """
    /// Serves from: primary key.
    static let purlsByID = "select p.purl from json_each(?) wanted cross join packages p on p.id = wanted.value"

    private static let stateColumns = """
        v.vulnerability_id, v.affected, v.affected = 1 and v.fixed_version is not null, n.severity, n.risk, n.exploited
        """
    /// Serves from: primary keys of verdicts and vulnerabilities.
    static let verdictsOfPackages = """
        select \(stateColumns) from json_each(?) held
        cross join verdicts v on v.package_id = held.value
        cross join vulnerabilities n on n.id = v.vulnerability_id
        """
    /// Serves from: primary key of verdicts, verdicts_by_vulnerability, primary key of vulnerabilities. All verdicts of all
    /// vulnerabilities that these packages have, also those of other packages.
    static let verdictsSharedWithPackages = """
        select \(stateColumns), v.package_id
        from (select distinct c.vulnerability_id from json_each(?) held
            cross join verdicts c on c.package_id = held.value) named
        cross join verdicts v indexed by verdicts_by_vulnerability on v.vulnerability_id = named.vulnerability_id
        cross join vulnerabilities n on n.id = v.vulnerability_id
        """
    /// Serves from: primary keys of verdicts and vulnerabilities.
    static let highestRisk = """
        select coalesce(max(n.risk), 0) from json_each(?) held
        cross join verdicts v on v.package_id = held.value
        cross join vulnerabilities n on n.id = v.vulnerability_id
        where v.affected = 1
        """
    /// Serves from: primary key.
    static let summary = """
        select package_ids, risk, critical, high, medium, low, unknown, exploited, fixable, undetermined
        from inventories where id = ? and package_ids is not null
        """
    static let setSummary = """
        update inventories set critical = :critical, high = :high, medium = :medium, low = :low, unknown = :unknown,
            exploited = :exploited, fixable = :fixable, undetermined = :undetermined, risk = :risk
        where id = :id
        """

    /// The first application of an inventory: rows take the place of text.
    static let setPackages = """
        update inventories set content = null, package_ids = :ids, package_count = :count where id = :id
        """
    /// An inventory that nobody else refers to becomes the next one of its agent.
    static let rename = """
        update inventories set digest = :digest, package_ids = :ids, package_count = :count where id = :id
        """
    /// The agent whose inventory it becomes stops waiting by it. Serves from: agents_by_received.
    static let moveReceived = """
        update agents set received_id = :new, waiting_since = iif(applied_id is :new, null, waiting_since)
        where received_id = :old
        """
    static let insertPackages = """
        insert into inventory_packages (package_id, company_id, inventory_id)
        select value, :company, :inventory from json_each(:ids) order by value
        """
    /// Serves from: primary key.
    static let deletePackages = """
        delete from inventory_packages
        where package_id in (select value from json_each(:ids)) and company_id = :company and inventory_id = :inventory
        """
    static let setApplied = """
        update agents set applied_id = :applied, applied_at = :now, first_applied_at = coalesce(first_applied_at, :now),
            waiting_since = null, risk = (select risk from inventories where id = :applied)
        where id = :id
        """
    static let insertSince = """
        insert or replace into agent_package_since (agent_id, package_id, since)
        select :agent, value, :now from json_each(:ids) order by value
        """
    /// Serves from: primary key.
    static let deleteSince = """
        delete from agent_package_since
        where agent_id = :agent and package_id in (select value from json_each(:ids))
        """
    /// The riskiest of these vulnerabilities. Serves from: primary key.
    static let riskiestNames = """
        select n.name from json_each(?) wanted cross join vulnerabilities n on n.id = wanted.value
        order by n.risk desc, n.name limit 10
        """
}
