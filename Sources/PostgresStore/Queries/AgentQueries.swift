import Foundation
import Inventory
import PostgreSQL
import Stores

/// Agents.
enum AgentQueries {
    /// Makes an agent with what belongs to it.
    static func insert(
        _ agent: AgentID, company: Int32, token: UUID, _ facts: StoredFacts, _ scan: StoredScanCost?, at now: Date
    ) -> [PostgresStatement] {
        let costs = scan.map { scan in
            PostgresStatement(
                """
                insert into scan_costs (company_id, agent_id, reported_at, cpu_seconds, wall_seconds, paused_seconds, peak_memory, cost)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """, company, agent.uuid, now, scan.cpuSeconds, scan.wallSeconds, scan.pausedSeconds, scan.peakMemory,
                scan.json.storableJSON)
        }
        return [
            PostgresStatement(
                """
                insert into agents (company_id, id, enrollment_token_id, hostname, hostname_key, os, agent_version, enrolled_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                """, company, agent.uuid, token, facts.hostname.storable, facts.hostname.lowercased().storable,
                facts.os?.storableJSON, facts.agentVersion.storable, now),
            PostgresStatement(
                "insert into agent_presence (company_id, agent_id, last_seen_at) values ($1, $2, $3)", company,
                agent.uuid, now),
            PostgresStatement(
                "insert into agent_facts (company_id, agent_id, facts) values ($1, $2, $3)", company, agent.uuid,
                facts.json.storableJSON),
        ] + [costs].compactMap(\.self)
    }

    /// Writes what a heartbeat says and answers what is held; all of it in one statement, as it is the most frequent of all. Whether the cost of the
    /// scan is a new one is looked up before it is written: a conflict that changes nothing would lock the row all the same.
    ///
    /// Serves from: primary keys.
    static func heartbeat(
        _ agent: AgentID, company: Int32, _ facts: StoredFacts, _ scan: StoredScanCost?, at now: Date
    ) -> PostgresStatement {
        PostgresStatement(
            """
            with known as (
                select facts <> $4 as differs, case when facts <> $4 then facts::text end as before, running_digest
                from agent_facts where company_id = $1 and agent_id = $2
            ), seen as (
                update agent_presence set last_seen_at = $3 where company_id = $1 and agent_id = $2 and last_seen_at < $3
            ), named as (
                update agents set hostname = $5, hostname_key = $6, os = $7, agent_version = $8
                where company_id = $1 and id = $2 and (select differs from known)
            ), said as (
                update agent_facts set facts = $4 where company_id = $1 and agent_id = $2 and (select differs from known)
            ), scanned as (
                insert into scan_costs as s
                    (company_id, agent_id, reported_at, cpu_seconds, wall_seconds, paused_seconds, peak_memory, cost)
                select $1, $2, $3, $9, $10, $11, $12, $13 from known
                where $13::jsonb is not null
                    and not exists (select from scan_costs where company_id = $1 and agent_id = $2 and cost = $13)
                on conflict (company_id, agent_id) do update set reported_at = excluded.reported_at,
                    cpu_seconds = excluded.cpu_seconds, wall_seconds = excluded.wall_seconds,
                    paused_seconds = excluded.paused_seconds, peak_memory = excluded.peak_memory, cost = excluded.cost
                returning 1
            )
            select a.waiting_digest, i.digest, (select before from known), exists (select from scanned),
                (select running_digest from known)
            from agents a left join inventories i on i.company_id = $1 and i.number = a.applied_inventory
            where a.company_id = $1 and a.id = $2
            """, company, agent.uuid, now, facts.json.storableJSON, facts.hostname.storable,
            facts.hostname.lowercased().storable, facts.os?.storableJSON, facts.agentVersion.storable,
            scan?.cpuSeconds, scan?.wallSeconds, scan?.pausedSeconds, scan?.peakMemory, scan?.json.storableJSON)
    }

    /// Writes when agents were seen that say what they said before, and answers what is held of those that do. Rows are locked in one order
    /// everywhere, so that two gateways do not wait for each other.
    ///
    /// Serves from: primary keys.
    static func presence(_ notes: [PresenceNote], company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            with noted as (
                select w.id, w.seen, f.running_digest from unnest($2::uuid[], $3::timestamptz[], $4::jsonb[]) w (id, seen, facts)
                join agent_facts f on f.company_id = $1 and f.agent_id = w.id and f.facts = w.facts
            ), locked as (
                select p.agent_id, n.seen from noted n join agent_presence p on p.company_id = $1 and p.agent_id = n.id
                where p.last_seen_at < n.seen order by p.agent_id for no key update of p
            ), seen as (
                update agent_presence p set last_seen_at = l.seen from locked l
                where p.company_id = $1 and p.agent_id = l.agent_id
            )
            select a.id, a.waiting_digest, i.digest, n.running_digest
            from noted n join agents a on a.company_id = $1 and a.id = n.id
            left join inventories i on i.company_id = $1 and i.number = a.applied_inventory
            """, company, notes.map(\.agentID.uuid), notes.map { $0.seenAt.inWholeMilliseconds },
            notes.map(\.facts.json.storableJSON))
    }

    /// Writes what is in use, or null; no row when there is no such agent. Serves from: primary key.
    static func setRunning(
        _ agent: AgentID, company: Int32, _ digest: RunningDigest?, _ running: String?, at now: Date
    ) -> PostgresStatement {
        PostgresStatement(
            """
            update agent_facts set running = $4, running_digest = $3,
                running_since = case when running_digest = $3 then running_since when $3 is not null then $5 end
            where company_id = $1 and agent_id = $2 returning 1
            """, company, agent.uuid, digest.map { Data($0.bytes) }, running?.storableJSON, now)
    }

    /// Serves from: primary key.
    static func running(_ agents: [AgentID], company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select agent_id, running_digest, running::text, running_since from agent_facts
            where company_id = $1 and agent_id = any($2) and running is not null
            """, company, agents.map(\.uuid))
    }

    /// The columns that `AgentSummary.init(_:)` reads, in its order.
    static let summaryColumns = """
        a.id, a.hostname, a.os::text, a.agent_version, a.enrolled_at, s.last_seen_at,
        a.waiting_digest is not null, a.applied_inventory is not null, a.risk, coalesce(i.package_count, 0),
        coalesce(i.critical, 0), coalesce(i.high, 0), coalesce(i.medium, 0), coalesce(i.low, 0), coalesce(i.unknown, 0),
        coalesce(i.exploited, 0), coalesce(i.fixable, 0), coalesce(i.undetermined, 0)
        """

    /// One page of the list, with one row more than the page holds.
    ///
    /// Serves from: agents_by_risk, agents_by_hostname or agent_presence_by_last_seen, which are also the orders; the rest from primary
    /// keys. Filters are checked on the way; where hardly anybody waits, or is without inventory, the planner takes those few from
    /// agents_waiting or agents_without_inventory and sorts them.
    static func page(company: Int32, _ query: AgentQuery, after cursor: AgentKey?, limit: Int) -> PostgresStatement {
        var parameters: [any PostgresEncodable] = [company, limit]
        func bind(_ value: any PostgresEncodable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        var conditions = ["a.company_id = $1", "s.company_id = $1"]
        let key: String
        switch query.sort {
        case .risk: key = "a.risk desc"
        case .hostname: key = "a.hostname_key"
        case .lastSeen: key = "s.last_seen_at"
        }
        let tie = query.sort == .lastSeen ? "s.agent_id" : "a.id"
        if let cursor {
            let column = String(key.prefix { $0 != " " })
            let sign = query.sort == .risk ? "<" : ">"
            let value =
                switch cursor {
                case .number(let number, _) where query.sort == .risk: bind(Int16(clamping: number))
                case .number(let number, _): bind(Date(milliseconds: number))
                case .text(let text, _): bind(text)
                }
            conditions.append(
                "\(column) \(sign)= \(value) and (\(column) \(sign) \(value) or \(tie) > \(bind(cursor.tie.uuid)))")
        }
        if !query.search.isEmpty {
            conditions.append("a.hostname_key like \(bind(containsPattern(query.search).storable))")
        }
        if let before = query.seenBefore { conditions.append("s.last_seen_at < \(bind(before))") }
        if let since = query.seenSince { conditions.append("s.last_seen_at >= \(bind(since))") }
        switch query.state {
        case nil: break
        case .some(.none): conditions.append("a.waiting_digest is null and a.applied_inventory is null")
        case .pending: conditions.append("a.waiting_since is not null")
        case .current: conditions.append("a.waiting_digest is null and a.applied_inventory is not null")
        }
        return PostgresStatement(
            """
            select \(summaryColumns), a.hostname_key
            from agents a join agent_presence s on s.company_id = a.company_id and s.agent_id = a.id
            left join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
            where \(conditions.joined(separator: " and "))
            order by \(key), \(tie) limit $2
            """, parameters)
    }

    /// Serves from: primary keys.
    static func detail(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select \(summaryColumns), f.facts::text, coalesce(a.waiting_digest, i.digest), i.digest, a.applied_at,
                c.cost::text, c.reported_at, f.running_digest
            from agents a
            join agent_presence s on s.company_id = a.company_id and s.agent_id = a.id
            join agent_facts f on f.company_id = a.company_id and f.agent_id = a.id
            left join scan_costs c on c.company_id = a.company_id and c.agent_id = a.id
            left join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
            where a.company_id = $1 and a.id = $2
            """, company, agent.uuid)
    }

    /// How many told what their last scan cost, and eight percentiles. Every row of the company is read, as every one counts.
    ///
    /// Serves from: primary key of scan_costs.
    static func scanCost(company: Int32, since: Date) -> PostgresStatement {
        PostgresStatement(
            """
            select agents, cpu[1], cpu[2], wall[1], wall[2], paused[1], paused[2], memory[1], memory[2]
            from (
                select count(*) as agents,
                    percentile_disc(array[0.5, 0.99]) within group (order by cpu_seconds) as cpu,
                    percentile_disc(array[0.5, 0.99]) within group (order by wall_seconds) as wall,
                    percentile_disc(array[0.5, 0.99]) within group (order by paused_seconds) as paused,
                    percentile_disc(array[0.5, 0.99]) within group (order by peak_memory) as memory
                from scan_costs where company_id = $1 and reported_at >= $2
            ) c
            """, company, since)
    }

    /// Agents without inventory and agents that wait. Serves from: agents_without_inventory and agents_waiting, each without the table.
    static func waitingCounts(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select (select count(*) from agents where company_id = $1 and waiting_digest is null and applied_inventory is null),
                (select count(*) from agents where company_id = $1 and waiting_since is not null)
            """, company)
    }

    /// Agents per applied inventory. Serves from: agents_by_inventory.
    static func count(company: Int32, inventories: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            select applied_inventory, count(*) from agents
            where company_id = $1 and applied_inventory = any($2) group by applied_inventory
            """, company, inventories)
    }
    /// Serves from: agents_by_inventory.
    static func setRisks(company: Int32, _ risks: [(inventory: Int32, risk: Int)]) -> PostgresStatement {
        PostgresStatement(
            """
            update agents a set risk = r.risk from unnest($2::int4[], $3::int2[]) r (inventory, risk)
            where a.company_id = $1 and a.applied_inventory = r.inventory and a.risk <> r.risk
            """, company, risks.map(\.inventory), risks.map { Int16(clamping: $0.risk) })
    }
}
