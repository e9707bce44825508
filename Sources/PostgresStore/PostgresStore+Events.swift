import Foundation
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``EventStore/fetchEvents(scope:after:limit:)``.
    public func fetchEvents(scope: CompanyScope, after: EventID, limit: Int) async throws -> [Event] {
        guard let company = try await row(scope) else { return [] }
        return try await read(
            "fetch events", company: company, EventQueries.after(company: company, after, limit: limit)
        )
        .map { try Event($0) }
    }

    /// See ``EventStore/fetchNewestEvents(scope:before:limit:)``.
    public func fetchNewestEvents(scope: CompanyScope, before: EventID?, limit: Int) async throws -> [Event] {
        guard let company = try await row(scope) else { return [] }
        return try await read(
            "fetch newest events", company: company,
            EventQueries.newest(company: company, before: before, limit: limit)
        )
        .map { try Event($0) }
    }

    /// See ``EventStore/fetchLatestEventID(scope:)``.
    public func fetchLatestEventID(scope: CompanyScope) async throws -> EventID {
        guard let company = try await row(scope) else { return EventID(rawValue: 0) }
        let result = try await read("fetch latest event", company: company, EventQueries.latestID(company: company))
        return EventID(rawValue: try result.value())
    }
}

extension Event {
    /// Reads id, at, kind and data.
    fileprivate init(_ row: PostgresRow) throws {
        self = try StoredEvent.event(
            id: try row.get(0), milliseconds: try row.get(1, as: Date.self).milliseconds, name: try row.get(2),
            data: try row.get(3))
    }
}
