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
    static func newest(company: Int32, limit: Int) -> PostgresStatement {
        PostgresStatement(
            "select id, at, kind, data::text from events where company_id = $1 order by id desc limit $2", company,
            max(0, limit))
    }
    /// Serves from: primary key, without the table.
    static func latestID(company: Int32) -> PostgresStatement {
        PostgresStatement("select coalesce(max(id), 0) from events where company_id = $1", company)
    }
}
