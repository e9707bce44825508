import Foundation
import Stores

/// The place after the last row of a page: which list it belongs to and the sort key of that row.
///
/// The text is base64url of JSON. It holds nothing that the page itself did not show.
struct PageCursor<Key: Codable>: Codable {
    let list: String
    let key: Key

    var text: String {
        get throws {
            Data(try StoredJSON.encode(self).utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }
    }

    /// Reads a cursor of this list.
    /// - Returns: `nil` for no cursor.
    /// - Throws: ``StoreError/invalidCursor`` for anything that this list did not give out.
    static func key(_ text: String?, list: String) throws -> Key? {
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
struct NumberKey: Codable {
    let number: Int64
    let tie: String
}

/// The key of lists that are ordered by a text and then by another.
struct TextKey: Codable {
    let text: String
    let tie: String
}

extension Page {
    /// Makes a page of at most `limit` of the rows; the caller asked the database for one more than that.
    init<Row, Key: Codable>(
        rows: [Row], limit: Int, list: String, key: (Row) -> Key, item: (Row) throws -> Item
    ) throws {
        let shown = rows.prefix(limit)
        let hasMore = rows.count > limit
        let cursor = try hasMore ? shown.last.map { try PageCursor(list: list, key: key($0)).text } : nil
        self.init(items: try shown.map(item), nextCursor: cursor)
    }
}
