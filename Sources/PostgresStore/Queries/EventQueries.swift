import Foundation
import PostgreSQL
import Stores

/// The event log.
enum EventQueries {
    /// Answers the id. Only under the company's lock: ids are to grow in the order in which they can be seen.
    static func insert(_ kind: Event.Kind, company: Int32, at now: Date) throws -> PostgresStatement {
        let (name, data) = try StoredEvent.encode(kind)
        return PostgresStatement(
            "insert into events (company_id, id, at, kind, data) values ($1, nextval('event_ids'), $2, $3, $4) returning id",
            company, now, name.rawValue, data.storableJSON)
    }
    /// Serves from: primary key, which is also the order.
    static func after(company: Int32, _ event: EventID, limit: Int) -> PostgresStatement {
        PostgresStatement(
            "select id, at, kind, data::text from events where company_id = $1 and id > $2 order by id limit $3",
            company,
            event.rawValue, max(0, limit))
    }
    /// Serves from: primary key, backwards.
    static func newest(company: Int32, before event: EventID?, limit: Int) -> PostgresStatement {
        PostgresStatement(
            "select id, at, kind, data::text from events where company_id = $1 and id < $2 order by id desc limit $3",
            company, event?.rawValue ?? .max, max(0, limit))
    }
    /// All but the newest up to one. Serves from: primary key.
    static func delete(company: Int32, through id: EventID) -> PostgresStatement {
        PostgresStatement(
            """
            delete from events where company_id = $1 and id <= $2 and id < (
                select max(id) from events where company_id = $1)
            returning id
            """, company, id.rawValue)
    }

    /// Serves from: primary key.
    static func retention(company: Int32) -> PostgresStatement {
        PostgresStatement("select event_days from retention_policies where company_id = $1", company)
    }
    static func setRetention(_ policy: RetentionPolicy, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into retention_policies (company_id, event_days) values ($1, $2)
            on conflict (company_id) do update set event_days = excluded.event_days
            """, company, policy.eventDays.map { Int32(clamping: $0) })
    }
    /// Serves from: primary key, without the table.
    static func latestID(company: Int32) -> PostgresStatement {
        PostgresStatement("select coalesce(max(id), 0) from events where company_id = $1", company)
    }
}
