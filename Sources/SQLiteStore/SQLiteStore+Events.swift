import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// See ``EventStore/fetchEvents(scope:after:limit:)``.
    public func fetchEvents(scope: CompanyScope, after: EventID, limit: Int) async throws -> [Event] {
        try await read("fetch events") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(EventQueries.after, [company, after.rawValue, max(0, limit)]) {
                try EventLog.event(row: $0)
            }
        }
    }

    /// See ``EventStore/fetchNewestEvents(scope:before:limit:)``.
    public func fetchNewestEvents(scope: CompanyScope, before: EventID?, limit: Int) async throws -> [Event] {
        try await read("fetch newest events") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(EventQueries.newest, [company, before?.rawValue ?? .max, max(0, limit)]) {
                try EventLog.event(row: $0)
            }
        }
    }

    /// See ``EventStore/fetchLatestEventID(scope:)``.
    public func fetchLatestEventID(scope: CompanyScope) async throws -> EventID {
        try await read("fetch latest event") { db in
            let company = try scope.row(db)
            return EventID(rawValue: try db.first(EventQueries.latestID, [company]) { $0[0] } ?? 0)
        }
    }
}

/// Events as rows.
enum EventLog {
    /// Appends an event in the transaction of the change it tells of.
    static func append(_ kind: Event.Kind, company: Int64, at now: Date, _ db: Database) throws -> Event {
        let (name, data) = try StoredEvent.encode(kind)
        let id = try db.insert(EventQueries.insert, [company, now.milliseconds, name.rawValue, data])
        return Event(id: EventID(rawValue: id), at: Date(milliseconds: now.milliseconds), kind: kind)
    }

    /// Reads id, at, kind and data.
    static func event(row: Row) throws -> Event {
        try StoredEvent.event(id: row[0], milliseconds: row[1], name: row[2], data: row[3])
    }
}
