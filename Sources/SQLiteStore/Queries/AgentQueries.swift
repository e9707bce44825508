import Stores

/// Agents.
enum AgentQueries {
    static let insert = """
        insert into agents (uuid, company_id, enrollment_token_id, public_key, hostname, hostname_key, os, agent_version,
            enrolled_at, last_seen_at)
        values (:uuid, :company, :token, :key, :hostname, :hostname_key, :os, :version, :now, :now)
        """
    static let insertFacts = "insert into agent_facts (agent_id, facts) values (?, ?)"
    /// Serves from: unique index on (company_id, public_key).
    static let credentialByKey = """
        select a.uuid, c.uuid, c.name, a.public_key, a.barred from agents a join companies c on c.id = a.company_id
        where a.company_id = ? and a.public_key = ?
        """
    /// Serves from: unique index on uuid.
    static let credentialByID = """
        select a.uuid, c.uuid, c.name, a.public_key from agents a join companies c on c.id = a.company_id
        where a.uuid = ? and a.barred is null
        """
    /// Serves from: unique index on uuid.
    static let key = "select id, public_key, hostname from agents where uuid = ? and company_id = ? and barred is null"
    static let setKey = "update agents set public_key = ? where id = ?"
    /// Serves from: unique index on uuid.
    static let standing = "select barred from agents where uuid = ? and company_id = ?"
    /// Serves from: unique index on uuid.
    static let setStanding = """
        update agents set barred = ?, barred_at = ?, barred_reason = ? where uuid = ? and company_id = ?
        """
    /// Serves from: agents_barred_by_company, backwards.
    static let barred = """
        select uuid, hostname, barred, barred_reason, barred_at from agents
        where company_id = ? and barred_at is not null order by barred_at desc, uuid
        """
    /// Serves from: agents_barred_by_time.
    static let barredSince = "select uuid from agents where barred_at >= ?"

    /// What a heartbeat compares. Serves from: unique index on uuid, then primary keys.
    static let forHeartbeat = """
        select a.id, f.facts, r.digest, p.digest, f.running_digest from agents a
        join companies c on c.id = a.company_id
        join agent_facts f on f.agent_id = a.id
        left join inventories r on r.id = a.received_id
        left join inventories p on p.id = a.applied_id
        where a.uuid = ? and c.uuid = ?
        """
    static let touch = "update agents set last_seen_at = max(last_seen_at, ?) where id = ?"
    static let updateFacts = """
        update agents set hostname = :hostname, hostname_key = :hostname_key, os = :os, agent_version = :version
        where id = :id
        """
    static let replaceFacts = "update agent_facts set facts = ? where agent_id = ?"
    /// Writes nothing when that cost is known. Serves from: primary key.
    static let replaceScanCost = """
        insert into scan_costs (agent_id, reported_at, cpu_seconds, wall_seconds, paused_seconds, peak_memory, cost)
        values (?, ?, ?, ?, ?, ?, ?)
        on conflict (agent_id) do update set reported_at = excluded.reported_at, cpu_seconds = excluded.cpu_seconds,
            wall_seconds = excluded.wall_seconds, paused_seconds = excluded.paused_seconds,
            peak_memory = excluded.peak_memory, cost = excluded.cost
        where cost <> excluded.cost
        """
    /// How many told what their last scan cost, and eight percentiles: of n values the one at place ceil(n · percent / 100), as PostgreSQL's
    /// `percentile_disc` has it. Every row of the company is read, as every one counts.
    ///
    /// Serves from: an index of agents that begins with the company, then primary key of scan_costs.
    static let scanCost = """
        with told as (
            select s.cpu_seconds as cpu, s.wall_seconds as wall, s.paused_seconds as paused, s.peak_memory as memory
            from agents a cross join scan_costs s on s.agent_id = a.id
            where a.company_id = :company and s.reported_at >= :since
        ), placed as (
            select *, row_number() over (order by cpu) as cpu_place, row_number() over (order by wall) as wall_place,
                row_number() over (order by paused) as paused_place,
                row_number() over (order by memory nulls last) as memory_place
            from told
        ), counted as (
            select count(*) as agents, (count(*) * 50 + 99) / 100 as half, (count(*) * 99 + 99) / 100 as most,
                (count(memory) * 50 + 99) / 100 as memory_half, (count(memory) * 99 + 99) / 100 as memory_most
            from told
        )
        select c.agents, max(case when cpu_place = half then cpu end), max(case when cpu_place = most then cpu end),
            max(case when wall_place = half then wall end), max(case when wall_place = most then wall end),
            max(case when paused_place = half then paused end), max(case when paused_place = most then paused end),
            max(case when memory_place = memory_half then memory end),
            max(case when memory_place = memory_most then memory end)
        from counted c left join placed on true
        """

    /// Writes what is in use, or null. Serves from: unique index on uuid, then primary keys.
    static let setRunning = """
        update agent_facts set
            running_since = case when running_digest = :digest then running_since when :digest is not null then :now end,
            running_digest = :digest, running = :running
        where agent_id = (
            select a.id from agents a join companies c on c.id = a.company_id where a.uuid = :agent and c.uuid = :company)
        """
    /// Serves from: unique index on uuid, then primary keys.
    static let running = """
        select f.running_digest, f.running, f.running_since from agents a
        join companies c on c.id = a.company_id
        join agent_facts f on f.agent_id = a.id
        where a.uuid = ? and c.uuid = ? and f.running_digest is not null
        """

    /// The columns that `AgentSummary.init(row:)` reads, in its order.
    static let summaryColumns = """
        a.uuid, a.hostname, a.os, a.agent_version, a.enrolled_at, a.last_seen_at,
        a.received_id is null, a.received_id is a.applied_id, a.risk, coalesce(i.package_count, 0),
        coalesce(i.critical, 0), coalesce(i.high, 0), coalesce(i.medium, 0), coalesce(i.low, 0), coalesce(i.unknown, 0),
        coalesce(i.exploited, 0), coalesce(i.fixable, 0), coalesce(i.undetermined, 0)
        """

    /// One page of the list, with one row more than the page holds.
    ///
    /// Serves from: agents_by_risk, agents_by_hostname or agents_by_last_seen, which are also the orders; filters are checked on the way.
    static func page(
        sort: AgentQuery.Sort, hasCursor: Bool, hasSearch: Bool, state: InventoryState?, seenBefore: Bool = false,
        seenSince: Bool = false
    ) -> String {
        var conditions = ["a.company_id = :company"]
        let order: String
        switch sort {
        case .risk:
            order = "a.risk desc, a.uuid"
            if hasCursor { conditions.append("a.risk <= :number and (a.risk < :number or a.uuid > :tie)") }
        case .hostname:
            order = "a.hostname_key, a.uuid"
            if hasCursor {
                conditions.append("a.hostname_key >= :text and (a.hostname_key > :text or a.uuid > :tie)")
            }
        case .lastSeen:
            order = "a.last_seen_at, a.uuid"
            if hasCursor {
                conditions.append("a.last_seen_at >= :number and (a.last_seen_at > :number or a.uuid > :tie)")
            }
        }
        if seenBefore { conditions.append("a.last_seen_at < :before") }
        if seenSince { conditions.append("a.last_seen_at >= :since") }
        if hasSearch { conditions.append("a.hostname_key like :search escape '\\'") }
        // Written as expressions: a partial index would serve the filter but not the order.
        switch state {
        case nil: break
        case .some(.none): conditions.append("(a.received_id is null) = 1")
        case .pending: conditions.append("(a.waiting_since is null) = 0")
        case .current: conditions.append("(a.received_id is null) = 0 and (a.waiting_since is null) = 1")
        }
        return """
            select \(summaryColumns), a.hostname_key
            from agents a left join inventories i on i.id = a.applied_id
            where \(conditions.joined(separator: " and "))
            order by \(order) limit :limit
            """
    }

    /// Serves from: unique index on uuid, then primary keys.
    static let detail = """
        select \(summaryColumns), f.facts, r.digest, i.digest, a.applied_at, s.cost, s.reported_at, f.running_digest
        from agents a
        join companies c on c.id = a.company_id
        join agent_facts f on f.agent_id = a.id
        left join scan_costs s on s.agent_id = a.id
        left join inventories r on r.id = a.received_id
        left join inventories i on i.id = a.applied_id
        where a.uuid = ? and c.uuid = ?
        """

    /// Counts of a company. Serves from: agents_by_hostname, agents_without_inventory and agents_waiting, each without the table.
    static let counts = """
        select (select count(*) from agents where company_id = :company),
            (select count(*) from agents where company_id = :company and received_id is null),
            (select count(*) from agents where company_id = :company and waiting_since is not null)
        """

    /// Agents per applied inventory. Serves from: agents_by_applied.
    static let countByInventory = """
        select i.value, (select count(*) from agents a where a.applied_id = i.value) from json_each(?) i
        """
    /// Serves from: agents_by_applied.
    static let setRisk = "update agents set risk = :risk where applied_id = :inventory and risk <> :risk"
}
