/// The event log.
enum EventQueries {
    static let insert = "insert into events (company_id, at, kind, data) values (?, ?, ?, ?)"
    /// Serves from: events_by_company, which is also the order.
    static let after = "select id, at, kind, data from events where company_id = ? and id > ? order by id limit ?"
    /// Serves from: events_by_company, backwards.
    static let newest = "select id, at, kind, data from events where company_id = ? order by id desc limit ?"
    /// Serves from: events_by_company, without the table.
    static let latestID = "select coalesce(max(id), 0) from events where company_id = ?"
}
