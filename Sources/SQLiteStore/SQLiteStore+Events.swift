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

    /// See ``EventStore/fetchNewestEvents(scope:limit:)``.
    public func fetchNewestEvents(scope: CompanyScope, limit: Int) async throws -> [Event] {
        try await read("fetch newest events") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(EventQueries.newest, [company, max(0, limit)]) { try EventLog.event(row: $0) }
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
    private struct Enrollment: Codable {
        let agent: AgentID
        let hostname: String
    }

    /// Appends an event in the transaction of the change it tells of.
    static func append(_ kind: Event.Kind, company: Int64, at now: Date, _ db: Database) throws -> Event {
        let (name, data) = try encode(kind)
        let id = try db.insert(EventQueries.insert, [company, now.milliseconds, name.rawValue, data])
        return Event(id: EventID(rawValue: id), at: Date(milliseconds: now.milliseconds), kind: kind)
    }

    /// Reads id, at, kind and data.
    static func event(row: Row) throws -> Event {
        guard let name = Event.Name(rawValue: row[2]) else { throw StoreError.unavailable("damaged event") }
        return Event(
            id: EventID(rawValue: row[0]), at: Date(milliseconds: row[1]), kind: try decode(name, row[3]))
    }

    // The name is found here and not through `Event.name`: on a temporary event, swiftc 6.3.1 -O ends in "Found ownership error?!".
    private static func encode(_ kind: Event.Kind) throws -> (Event.Name, String) {
        switch kind {
        case .agentEnrolled(let agent, let hostname):
            (.agentEnrolled, try StoredJSON.encode(Enrollment(agent: agent, hostname: hostname)))
        case .inventoryApplied(let change): (.inventoryApplied, try StoredJSON.encode(change))
        case .verdictsChanged(let change): (.verdictsChanged, try StoredJSON.encode(change))
        }
    }

    private static func decode(_ name: Event.Name, _ data: String) throws -> Event.Kind {
        switch name {
        case .agentEnrolled:
            let enrollment = try StoredJSON.decode(Enrollment.self, data)
            return .agentEnrolled(agent: enrollment.agent, hostname: enrollment.hostname)
        case .inventoryApplied: return .inventoryApplied(try StoredJSON.decode(InventoryChange.self, data))
        case .verdictsChanged: return .verdictsChanged(try StoredJSON.decode(VerdictsChange.self, data))
        }
    }
}
