/// The event log.
enum EventQueries {
    static let insert = "insert into events (company_id, at, kind, data) values (?, ?, ?, ?)"
    /// Serves from: events_by_company, which is also the order.
    static let after = "select id, at, kind, data from events where company_id = ? and id > ? order by id limit ?"
    /// Serves from: events_by_company, backwards.
    static let newest = "select id, at, kind, data from events where company_id = ? and id < ? order by id desc limit ?"
    /// All but the newest up to one. Serves from: events_by_company.
    static let delete = """
        delete from events where company_id = :company and id <= :id
            and id < (select max(id) from events where company_id = :company)
        """
    static let retention = "select event_days from retention_policies where company_id = ?"
    static let setRetention = """
        insert into retention_policies (company_id, event_days) values (?, ?)
        on conflict (company_id) do update set event_days = excluded.event_days
        """
    /// Serves from: events_by_company, without the table.
    static let latestID = "select coalesce(max(id), 0) from events where company_id = ?"
}
