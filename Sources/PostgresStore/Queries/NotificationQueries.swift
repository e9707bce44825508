import Foundation
import PostgreSQL
import Scoring
import Stores

/// Endpoints and the outbox.
enum NotificationQueries {
    private static let endpointColumns = """
        select id, kind, target, label, minimum_severity, exploited_only, created_by, created_at from notification_endpoints
        """
    static func insert(_ endpoint: NotificationEndpoint, secret: [UInt8], company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into notification_endpoints (
                id, company_id, kind, target, label, minimum_severity, exploited_only, secret, created_by, created_at
            ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, endpoint.id.uuid, company, endpoint.kind.rawValue, endpoint.target.storable, endpoint.label.storable,
            Int16(clamping: endpoint.minimumSeverity?.rank ?? 0), endpoint.exploitedOnly, Data(secret),
            endpoint.createdBy, endpoint.createdAt)
    }
    /// Serves from: notification_endpoints_of_company; there are few to sort.
    static func endpoints(company: Int32) -> PostgresStatement {
        PostgresStatement(endpointColumns + " where company_id = $1 order by created_at desc, id", company)
    }
    /// Serves from: primary key.
    static func lockEndpoint(_ id: EndpointID, company: Int32) -> PostgresStatement {
        PostgresStatement(endpointColumns + " where id = $1 and company_id = $2 for update", id.uuid, company)
    }
    /// Serves from: primary key.
    static func delete(_ id: EndpointID, company: Int32) -> PostgresStatement {
        PostgresStatement("delete from notification_endpoints where id = $1 and company_id = $2", id.uuid, company)
    }

    static func insert(_ notices: [Notice], company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            insert into notifications (id, company_id, endpoint_id, type, dedupe_key, payload, created_at, due_at)
            select n.id, $1, n.endpoint, n.type, n.key, n.payload, $2, $2
            from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[]) n (id, endpoint, type, key, payload)
            on conflict (company_id, endpoint_id, dedupe_key) do nothing
            """, company, now.inWholeMilliseconds, notices.map(\.id.uuid), notices.map(\.endpoint.uuid),
            notices.map(\.type), notices.map(\.key.storable),
            notices.map { $0.payload.replacing(#"\u0000"#, with: #"\ufffd"#) })
    }
    /// Serves from: primary key.
    static func names(_ vulnerabilities: Set<Int64>) -> PostgresStatement {
        PostgresStatement("select id, name from vulnerabilities where id = any($1)", vulnerabilities.rows)
    }
    /// Serves from: agents_by_inventory.
    static func agents(company: Int32, inventories: [Int32]) -> PostgresStatement {
        PostgresStatement(
            "select applied_inventory, id, hostname from agents where company_id = $1 and applied_inventory = any($2)",
            company, inventories)
    }

    /// Serves from: notification_endpoints_of_company.
    static func lockSecrets(company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select id, secret from notification_endpoints where company_id = $1 for update", company)
    }
    /// Serves from: primary key.
    static func setSecret(_ id: EndpointID, _ secret: [UInt8], company: Int32) -> PostgresStatement {
        PostgresStatement(
            "update notification_endpoints set secret = $3 where id = $1 and company_id = $2", id.uuid, company,
            Data(secret))
    }
    /// Agents of whose silence an endpoint was not told. Serves from: agent_presence_by_last_seen, which is also the order, primary keys and
    /// notifications_once.
    static func silent(company: Int32, endpoint: EndpointID, lastSeen: Range<Date>, limit: Int) -> PostgresStatement {
        PostgresStatement(
            """
            select s.agent_id, a.hostname, s.last_seen_at
            from agent_presence s join agents a on a.company_id = s.company_id and a.id = s.agent_id
            join agent_keys k on k.agent_id = s.agent_id and k.barred is null
            where s.company_id = $1 and s.last_seen_at >= $2 and s.last_seen_at < $3 and not exists (
                select from notifications n where n.company_id = $1 and n.endpoint_id = $4
                    and n.dedupe_key = $5::text || replace(s.agent_id::text, '-', '') || ' '
                        || (extract(epoch from s.last_seen_at) * 1000)::int8)
            order by s.last_seen_at limit $6
            """, company, lastSeen.lowerBound, lastSeen.upperBound, endpoint.uuid, Notice.silenceKey, limit)
    }

    /// Of all companies, in the installation's transaction. Serves from: notifications_waiting.
    static func companies(at now: Date) -> PostgresStatement {
        PostgresStatement(
            "select distinct company_id from notifications where state = 'waiting' and due_at <= $1",
            now.inWholeMilliseconds)
    }
    /// Of those who claim at once, each gets others. Serves from: notifications_waiting, which is also the order.
    static func claim(company: Int32, at now: Date, until: Date, limit: Int) -> PostgresStatement {
        PostgresStatement(
            """
            with due as (
                select id from notifications where company_id = $1 and state = 'waiting' and due_at <= $2
                order by due_at limit $4 for update skip locked)
            update notifications n set attempts = n.attempts + 1, due_at = $3
            from due, notification_endpoints e
            where n.id = due.id and n.company_id = $1 and e.company_id = $1 and e.id = n.endpoint_id
            returning n.id, e.id, e.kind, e.target, e.secret, n.payload, n.attempts
            """, company, now.inWholeMilliseconds, until.inWholeMilliseconds, limit)
    }
    /// Serves from: primary key.
    static func finish(_ claim: ClaimedNotification, _ outcome: DeliveryOutcome, company: Int32, at now: Date)
        -> PostgresStatement
    {
        let columns = outcome.columns(at: now.inWholeMilliseconds)
        return PostgresStatement(
            """
            update notifications set state = $4, due_at = $5, failure = coalesce($6, failure), ended_at = $7
            where id = $1 and company_id = $2 and attempts = $3 and state = 'waiting'
            """, claim.id.uuid, company, claim.attempt, columns.state.rawValue, columns.due.inWholeMilliseconds,
            columns.failure?.storable, columns.ended)
    }
    /// Serves from: primary key.
    static func lock(_ id: NotificationID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select state from notifications where id = $1 and company_id = $2 for update", id.uuid, company)
    }
    /// Serves from: primary key.
    static func retry(_ id: NotificationID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            update notifications set state = 'waiting', due_at = $3, ended_at = null,
                attempts = case state when 'dead' then 0 else attempts end
            where id = $1 and company_id = $2
            """, id.uuid, company, now.inWholeMilliseconds)
    }
    /// Serves from: notifications_ended.
    static func forget(company: Int32, before: Date, limit: Int) -> PostgresStatement {
        PostgresStatement(
            """
            delete from notifications where company_id = $1 and id in (
                select id from notifications where company_id = $1 and ended_at < $2 order by ended_at limit $3)
            """, company, before.inWholeMilliseconds, limit)
    }

    /// Serves from: notifications_by_company, or notifications_not_delivered for the states that few are in, which are also the order; the
    /// endpoint is checked on the way.
    static func page(company: Int32, _ query: NotificationQuery, after cursor: NumberKey?, limit: Int) throws
        -> PostgresStatement
    {
        var (conditions, parameters): ([String], [any PostgresEncodable]) = (["company_id = $1"], [company, limit])
        func bind(_ value: any PostgresEncodable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        if let cursor {
            let time = bind(Date(milliseconds: cursor.number))
            let tie = bind(try NotificationID(cursor: cursor.tie).uuid)
            conditions.append("created_at <= \(time) and (created_at < \(time) or id > \(tie))")
        }
        // A word of ours, and not bound: only so is it seen that the index of those that were not delivered has it.
        if let state = query.state { conditions.append("state = '\(state.rawValue)'") }
        if let endpoint = query.endpoint { conditions.append("endpoint_id = \(bind(endpoint.uuid))") }
        return PostgresStatement(
            """
            select id, endpoint_id, type, state, created_at, attempts, due_at, failure, ended_at from notifications
            where \(conditions.joined(separator: " and ")) order by created_at desc, id limit $2
            """, parameters)
    }
}
