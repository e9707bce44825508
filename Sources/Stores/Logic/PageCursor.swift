import Foundation

/// The place after the last row of a page: which list it belongs to and the sort key of that row.
///
/// The text is base64url of JSON. It holds nothing that the page itself did not show.
package struct PageCursor<Key: Codable>: Codable {
    /// Which list gave it out.
    package let list: String
    /// The sort key of the last row shown.
    package let key: Key

    /// Makes one from its parts.
    package init(list: String, key: Key) {
        self.list = list
        self.key = key
    }

    /// What the caller gets.
    package var text: String {
        get throws {
            Data(try StoredJSON.encode(self).utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }
    }

    /// Reads a cursor of this list.
    /// - Returns: `nil` for no cursor.
    /// - Throws: ``StoreError/invalidCursor`` for anything that this list did not give out.
    package static func key(_ text: String?, list: String) throws -> Key? {
        guard let text else { return nil }
        guard text.utf8.count <= 16_384 else { throw StoreError.invalidCursor }
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let cursor = try? JSONDecoder().decode(Self.self, from: data),
            cursor.list == list
        else { throw StoreError.invalidCursor }
        return cursor.key
    }
}

/// The key of lists that are ordered by a number and then by a text.
package struct NumberKey: Codable {
    /// The number.
    package let number: Int64
    /// What decides among equal numbers.
    package let tie: String

    /// Makes one from its parts.
    package init(number: Int64, tie: String) {
        self.number = number
        self.tie = tie
    }
}

/// The key of lists that are ordered by host name.
package struct HostKey: Codable {
    /// The lowercased host name.
    package let hostname: String
    /// What decides among equal names.
    package let tie: AgentID

    /// Makes one from its parts.
    package init(hostname: String, tie: AgentID) {
        self.hostname = hostname
        self.tie = tie
    }
}

/// The key of the lists of agents.
package enum AgentKey: Sendable {
    /// Of lists that are ordered by risk in tenths or by the time last seen in milliseconds.
    case number(Int64, tie: AgentID)
    /// Of the list by host name.
    case text(String, tie: AgentID)

    /// The id of the agent, which decides among equals.
    package var tie: AgentID {
        switch self {
        case .number(_, let tie), .text(_, let tie): tie
        }
    }

    /// What cursors of agents hold.
    private struct Stored: Codable {
        let number: Int64?
        let text: String?
        let tie: AgentID
    }

    /// What the cursors of this order call their list.
    private static func list(_ sort: AgentQuery.Sort) -> String { "agents.\(sort.rawValue)" }

    /// Reads a cursor of the list in this order.
    /// - Returns: `nil` for no cursor.
    /// - Throws: ``StoreError/invalidCursor`` for anything that this list did not give out.
    package static func read(_ text: String?, sort: AgentQuery.Sort) throws -> AgentKey? {
        guard let key = try PageCursor<Stored>.key(text, list: list(sort)) else { return nil }
        switch sort {
        case .risk, .lastSeen:
            guard let number = key.number else { throw StoreError.invalidCursor }
            return .number(number, tie: key.tie)
        case .hostname:
            guard let text = key.text else { throw StoreError.invalidCursor }
            return .text(text, tie: key.tie)
        }
    }

    /// Makes a page of agents in this order; the caller asked the database for one row more than `limit`.
    package static func page<Row>(
        of rows: [Row], limit: Int, sort: AgentQuery.Sort, key: (Row) -> AgentKey, item: (Row) -> AgentSummary
    ) throws -> Page<AgentSummary> {
        try Page(rows: rows, limit: limit, list: list(sort)) { row in
            switch key(row) {
            case .number(let number, let tie): Stored(number: number, text: nil, tie: tie)
            case .text(let text, let tie): Stored(number: nil, text: text, tie: tie)
            }
        } item: {
            item($0)
        }
    }
}

extension Page {
    /// Makes a page of at most `limit` of the rows; the caller asked the database for one more than that.
    package init<Row, Key: Codable>(
        rows: [Row], limit: Int, list: String, key: (Row) -> Key, item: (Row) throws -> Item
    ) throws {
        let shown = rows.prefix(limit)
        let hasMore = rows.count > limit
        let cursor = try hasMore ? shown.last.map { try PageCursor(list: list, key: key($0)).text } : nil
        self.init(items: try shown.map(item), nextCursor: cursor)
    }
}

extension RiskException {
    /// Its place in the list of exceptions.
    package var cursorKey: NumberKey { NumberKey(number: request.at.milliseconds, tie: id.description) }
}

extension Identifier {
    /// Reads the tie of a cursor.
    /// - Throws: ``StoreError/invalidCursor``.
    package init(cursor text: String) throws {
        guard let id = Self(text) else { throw StoreError.invalidCursor }
        self = id
    }
}
