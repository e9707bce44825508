import Foundation

/// Events as rows: a word for the kind, and JSON.
package enum StoredEvent {
    private struct Enrollment: Codable {
        let agent: AgentID
        let hostname: String
    }

    // The name is found here and not through `Event.name`: on a temporary event, swiftc 6.3.1 -O ends in "Found ownership error?!".
    /// Brings an event into its form.
    package static func encode(_ kind: Event.Kind) throws -> (Event.Name, String) {
        switch kind {
        case .agentEnrolled(let agent, let hostname):
            (.agentEnrolled, try StoredJSON.encode(Enrollment(agent: agent, hostname: hostname)))
        case .inventoryApplied(let change): (.inventoryApplied, try StoredJSON.encode(change))
        case .verdictsChanged(let change): (.verdictsChanged, try StoredJSON.encode(change))
        }
    }

    /// Reads an event.
    /// - Throws: ``StoreError/failed(_:)`` for what ``encode(_:)`` never writes.
    package static func event(id: Int64, milliseconds: Int64, name: String, data: String) throws -> Event {
        guard let name = Event.Name(rawValue: name) else { throw StoreError.failed("damaged event") }
        return Event(
            id: EventID(rawValue: id), at: Date(milliseconds: milliseconds), kind: try decode(name, data))
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
