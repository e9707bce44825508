import Stores

/// Endpoints and the outbox.
enum NotificationQueries {
    private static let endpointColumns = """
        select uuid, kind, target, label, minimum_severity, exploited_only, created_by, created_at, id from notification_endpoints
        """
    static let insertEndpoint = """
        insert into notification_endpoints (
            uuid, company_id, kind, target, label, minimum_severity, exploited_only, secret, created_by, created_at
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Serves from: notification_endpoints_by_company, which is also the order.
    static let endpoints = endpointColumns + " where company_id = ? order by created_at desc, uuid"
    /// Serves from: unique index on uuid.
    static let endpoint = endpointColumns + " where uuid = ? and company_id = ?"
    /// Serves from: primary key.
    static let deleteEndpoint = "delete from notification_endpoints where id = ?"

    static let insert = """
        insert into notifications (uuid, company_id, endpoint_id, type, dedupe_key, payload, created_at, due_at)
        select :uuid, e.company_id, e.id, :type, :key, :payload, :now, :now from notification_endpoints e where e.uuid = :endpoint
        on conflict (endpoint_id, dedupe_key) do nothing
        """
    /// Serves from: primary key.
    static let names = """
        select n.id, n.name from json_each(?) w cross join vulnerabilities n on n.id = w.value
        """
    /// Serves from: agents_by_applied.
    static let agents = "select uuid, hostname from agents where applied_id = ?"

    static let secrets = """
        select e.id, e.secret, c.uuid from notification_endpoints e join companies c on c.id = e.company_id order by e.id
        """
    static let setSecret = "update notification_endpoints set secret = ? where id = ?"
    static let endpointsOfAll = "select id, uuid, company_id from notification_endpoints order by id"
    /// Agents of whose silence an endpoint was not told. Serves from: agents_by_last_seen, which is also the order, and notifications_once.
    static let silent = """
        select a.uuid, a.hostname, a.last_seen_at from agents a indexed by agents_by_last_seen
        where a.company_id = :company and a.last_seen_at >= :from and a.last_seen_at < :until and a.barred is null
            and not exists (
                select 1 from notifications n where n.endpoint_id = :endpoint
                    and n.dedupe_key = :prefix || lower(hex(a.uuid)) || ' ' || a.last_seen_at)
        order by a.last_seen_at limit :limit
        """

    /// Companies with something that is due. Serves from: notifications_waiting, without the table.
    static let companies = """
        select distinct company_id from notifications where state = 'waiting' and due_at <= ?
        """
    /// Serves from: notifications_waiting, which is also the order.
    static let due = """
        select n.id, n.uuid, e.uuid, e.kind, e.target, e.secret, n.payload, n.attempts + 1
        from notifications n indexed by notifications_waiting join notification_endpoints e on e.id = n.endpoint_id
        where n.company_id = :company and n.state = 'waiting' and n.due_at <= :now order by n.due_at limit :limit
        """
    /// Serves from: primary key.
    static let claim = "update notifications set attempts = attempts + 1, due_at = ? where id = ?"
    /// Serves from: unique index on uuid.
    static let finish = """
        update notifications set state = :state, due_at = :due, failure = coalesce(:failure, failure), ended_at = :ended
        where uuid = :uuid and company_id = :company and attempts = :attempt and state = 'waiting'
        """
    /// Serves from: unique index on uuid.
    static let state = "select state from notifications where uuid = ? and company_id = ?"
    /// Serves from: unique index on uuid.
    static let retry = """
        update notifications set state = 'waiting', attempts = iif(state = 'dead', 0, attempts), due_at = ?, ended_at = null
        where uuid = ?
        """
    /// Serves from: notifications_ended.
    static let forget = """
        delete from notifications where id in (
            select id from notifications where ended_at is not null and ended_at < ? order by ended_at limit ?)
        """

    /// Serves from: notifications_by_company, which is also the order; filters are checked on the way.
    static func page(_ query: NotificationQuery, hasCursor: Bool) -> String {
        var conditions = ["n.company_id = :company"]
        if hasCursor { conditions.append("n.created_at <= :number and (n.created_at < :number or n.uuid > :tie)") }
        if query.state != nil { conditions.append("n.state = :state") }
        if query.endpoint != nil { conditions.append("e.uuid = :endpoint") }
        return """
            select n.uuid, e.uuid, n.type, n.state, n.created_at, n.attempts, n.due_at, n.failure, n.ended_at
            from notifications n indexed by notifications_by_company cross join notification_endpoints e on e.id = n.endpoint_id
            where \(conditions.joined(separator: " and "))
            order by n.created_at desc, n.uuid limit :limit
            """
    }
}
