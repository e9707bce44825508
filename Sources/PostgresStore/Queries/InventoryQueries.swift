import Foundation
import Inventory
import PostgreSQL
import Stores

/// Inventories and the packages of agents.
enum InventoryQueries {
    // MARK: - Receiving

    /// What follows sees the agent as it is then: another change of it is waited for. Serves from: primary key.
    static func lockAgent(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select hostname, waiting_digest, first_applied_at
            from agents where company_id = $1 and id = $2 for no key update
            """, company, agent.uuid)
    }
    /// Keeps an inventory as the one the agent waits for, unless it is the one that is applied: then nothing waits any longer. Waiting
    /// goes on when yet another inventory arrives. Serves from: primary keys.
    static func receive(
        _ agent: AgentID, company: Int32, digest: InventoryDigest, content: Data, at now: Date
    ) -> PostgresStatement {
        PostgresStatement(
            """
            with held as (
                select a.id, coalesce(i.digest = $3, false) as is_applied
                from agents a left join inventories i on i.company_id = $1 and i.number = a.applied_inventory
                where a.company_id = $1 and a.id = $2
            ), dropped as (
                delete from uploads u using held h where h.is_applied and u.company_id = $1 and u.agent_id = h.id
            ), kept as (
                insert into uploads as u (company_id, agent_id, digest, content)
                select $1, h.id, $3, $4 from held h where not h.is_applied
                on conflict (company_id, agent_id) do update set digest = excluded.digest, content = excluded.content
                where u.digest <> excluded.digest
            )
            update agents a
            set waiting_digest = case when h.is_applied then null else $3 end,
                waiting_since = case when h.is_applied then null else coalesce(a.waiting_since, $5) end
            from held h where a.company_id = $1 and a.id = h.id
            returning a.applied_inventory is not null
            """, company, agent.uuid, Data(digest.bytes), content, now)
    }
    /// Serves from: inventories_digest, uploads_by_digest.
    static func byDigest(_ digest: InventoryDigest, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select package_ids, null::bytea from inventories where company_id = $1 and digest = $2
            union all
            (select null::bytea, content from uploads where company_id = $1 and digest = $2 limit 1)
            """, company, Data(digest.bytes))
    }
    /// How many agents of a company wait, and since when. Serves from: agents_waiting, without the table.
    static func pendingCount(company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select count(*), min(waiting_since) from agents where company_id = $1 and waiting_since is not null",
            company)
    }
    /// Serves from: agents_waiting, which is also the order but among those that began to wait in the same millisecond.
    static func pending(company: Int32, after: PendingAgent?, limit: Int) -> PostgresStatement {
        PostgresStatement(
            """
            select id, waiting_since from agents
            where company_id = $1 and waiting_since is not null and (waiting_since, id) > ($2, $3)
            order by waiting_since, id limit $4
            """, company, after?.waitingSince ?? .distantPast,
            after?.agentID.uuid ?? UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            max(0, limit))
    }
    /// Serves from: primary keys.
    static func pending(_ agents: [AgentID], company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select a.id, u.content from agents a join uploads u on u.company_id = a.company_id and u.agent_id = a.id
            where a.company_id = $1 and a.id = any($2) and a.waiting_since is not null
            """, company, agents.map(\.uuid))
    }

    // MARK: - Applying

    /// The columns that `StoredInventory.init(_:)` reads.
    static let columns = """
        number, package_ids, risk, critical, high, medium, low, unknown, exploited, fixable, undetermined
        """
    /// Serves from: primary key.
    static func byNumber(_ numbers: [Int32], company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select \(columns) from inventories where company_id = $1 and number = any($2) order by number", company,
            numbers)
    }
    /// The one that an agent has. Serves from: primary keys.
    static func applied(of agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select \(columns) from inventories
            where company_id = $1 and number = (select applied_inventory from agents where company_id = $1 and id = $2)
            """, company, agent.uuid)
    }
    /// Serves from: inventories_digest.
    static func applied(_ digest: Data, company: Int32) -> PostgresStatement {
        PostgresStatement("select \(columns) from inventories where company_id = $1 and digest = $2", company, digest)
    }
    /// Serves from: primary key.
    static func upload(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement("select content from uploads where company_id = $1 and agent_id = $2", company, agent.uuid)
    }
    /// Serves from: primary key.
    static func dates(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement("select dates from agent_dates where company_id = $1 and agent_id = $2", company, agent.uuid)
    }
    /// Whether others have the inventory that this agent has. Serves from: agents_by_inventory.
    static func isShared(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select exists (select from agents a join agents b on b.company_id = $1 and b.applied_inventory = a.applied_inventory
                where a.company_id = $1 and a.id = $2 and b.id <> $2)
            """, company, agent.uuid)
    }
    /// Rows of those of these packages that have verdicts. Serves from: packages_purl_key.
    static func evaluated(_ purls: [String]) -> PostgresStatement {
        PostgresStatement(
            """
            select w.purl, p.id
            from unnest($1::text[]) w (purl) join packages p on p.purl_key = md5(w.purl)::uuid and p.purl = w.purl
            where p.evaluated_at is not null
            """, purls)
    }
    /// Serves from: primary key.
    static func purls(_ ids: [Int64]) -> PostgresStatement {
        PostgresStatement("select p.id, p.purl from unnest($1::int4[]) w (id) join packages p on p.id = w.id", ids.rows)
    }

    private static let stateColumns = """
        v.vulnerability_id, v.affected, v.affected and v.fixed_version is not null, n.severity, n.risk, n.exploited
        """
    /// Serves from: primary keys of verdicts and vulnerabilities.
    static func states(packages ids: [Int64]) -> PostgresStatement {
        PostgresStatement(
            """
            select \(stateColumns) from unnest($1::int4[]) w (id)
            join verdicts v on v.package_id = w.id join vulnerabilities n on n.id = v.vulnerability_id
            """, ids.rows)
    }
    /// What the packages of two inventories say of the vulnerabilities that the difference between them has. Serves from: primary key of
    /// verdicts, verdicts_by_vulnerability, primary key of vulnerabilities.
    static func states(sharedWith touched: [Int64], among held: [Int64]) -> PostgresStatement {
        PostgresStatement(
            """
            select \(stateColumns), v.package_id
            from (select distinct c.vulnerability_id
                from unnest($1::int4[]) w (id) join verdicts c on c.package_id = w.id) named
            join verdicts v on v.vulnerability_id = named.vulnerability_id
            join vulnerabilities n on n.id = v.vulnerability_id
            where v.package_id + 0 = any($2)
            """, touched.rows, held.rows)
    }
    /// Serves from: primary keys of verdicts and vulnerabilities.
    static func highestRisk(packages ids: [Int64]) -> PostgresStatement {
        PostgresStatement(
            """
            select coalesce(max(n.risk), 0) from unnest($1::int4[]) w (id)
            join verdicts v on v.package_id = w.id and v.affected join vulnerabilities n on n.id = v.vulnerability_id
            """, ids.rows)
    }

    /// A number that is free, or the next one. Serves from: primary keys.
    static func allocateNumber(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            with free as (
                delete from free_inventory_numbers where company_id = $1 and number = (
                    select min(number) from free_inventory_numbers where company_id = $1)
                returning number
            ), fresh as (
                update company_totals set next_inventory = next_inventory + 1
                where company_id = $1 and not exists (select from free) returning next_inventory - 1 as number
            )
            select number from free union all select number from fresh
            """, company)
    }
    static func insert(company: Int32, number: Int32, digest: Data, packages: [Int64], _ summary: InventorySummary)
        -> PostgresStatement
    {
        let counts = summary.counts
        return PostgresStatement(
            """
            insert into inventories (company_id, number, digest, package_ids, package_count, risk,
                critical, high, medium, low, unknown, exploited, fixable, undetermined)
            values ($1, $2, $3, $4, $5::int8, $6, $7::int8, $8::int8, $9::int8, $10::int8, $11::int8, $12::int8, $13::int8, $14::int8)
            """, company, number, digest, PackageIDList.encode(packages), packages.count, Int16(clamping: summary.risk),
            counts.critical, counts.high, counts.medium, counts.low, counts.unknown, counts.exploited, counts.fixable,
            counts.undetermined)
    }
    /// An inventory that nobody else has becomes the next one of its agent. Serves from: primary key.
    static func rename(company: Int32, number: Int32, digest: Data, packages: [Int64], _ summary: InventorySummary)
        -> PostgresStatement
    {
        let counts = summary.counts
        return PostgresStatement(
            """
            update inventories set digest = $3, package_ids = $4, package_count = $5::int8, risk = $6,
                critical = $7::int8, high = $8::int8, medium = $9::int8, low = $10::int8, unknown = $11::int8,
                exploited = $12::int8, fixable = $13::int8, undetermined = $14::int8
            where company_id = $1 and number = $2
            """, company, number, digest, PackageIDList.encode(packages), packages.count, Int16(clamping: summary.risk),
            counts.critical, counts.high, counts.medium, counts.low, counts.unknown, counts.exploited, counts.fixable,
            counts.undetermined)
    }
    /// Serves from: primary key.
    static func setSummaries(company: Int32, _ summaries: [(number: Int32, summary: InventorySummary)])
        -> PostgresStatement
    {
        func column(_ value: (InventorySummary) -> Int) -> [Int32] {
            summaries.map { Int32(clamping: value($0.summary)) }
        }
        return PostgresStatement(
            """
            update inventories i set risk = s.risk, critical = s.critical, high = s.high, medium = s.medium, low = s.low,
                unknown = s.unknown, exploited = s.exploited, fixable = s.fixable, undetermined = s.undetermined
            from unnest($2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int4[], $8::int4[], $9::int4[], $10::int4[],
                $11::int4[])
                s (number, risk, critical, high, medium, low, unknown, exploited, fixable, undetermined)
            where i.company_id = $1 and i.number = s.number
            """, company, summaries.map(\.number), column(\.risk), column(\.counts.critical), column(\.counts.high),
            column(\.counts.medium), column(\.counts.low), column(\.counts.unknown), column(\.counts.exploited),
            column(\.counts.fixable), column(\.counts.undetermined))
    }
    /// Serves from: primary key.
    static func delete(company: Int32, number: Int32) -> [PostgresStatement] {
        [
            PostgresStatement("delete from inventories where company_id = $1 and number = $2", company, number),
            PostgresStatement(
                "insert into free_inventory_numbers (company_id, number) values ($1, $2)", company, number),
        ]
    }
    /// Makes an inventory the agent's, which waits no longer. Serves from: primary keys.
    static func setApplied(_ agent: AgentID, company: Int32, number: Int32, at now: Date) -> [PostgresStatement] {
        [
            PostgresStatement(
                """
                update agents set applied_inventory = $3, applied_at = $4, first_applied_at = coalesce(first_applied_at, $4),
                    waiting_digest = null, waiting_since = null,
                    risk = (select risk from inventories where company_id = $1 and number = $3)
                where company_id = $1 and id = $2
                """, company, agent.uuid, number, now),
            PostgresStatement("delete from uploads where company_id = $1 and agent_id = $2", company, agent.uuid),
        ]
    }
    /// Serves from: primary key.
    static func setDates(_ dates: PackageDates, of agent: AgentID, company: Int32) -> PostgresStatement {
        let bytes = dates.encoded()
        if bytes.isEmpty {
            return PostgresStatement(
                "delete from agent_dates where company_id = $1 and agent_id = $2", company, agent.uuid)
        }
        return PostgresStatement(
            """
            insert into agent_dates (company_id, agent_id, dates) values ($1, $2, $3)
            on conflict (company_id, agent_id) do update set dates = excluded.dates
            """, company, agent.uuid, bytes)
    }
}
