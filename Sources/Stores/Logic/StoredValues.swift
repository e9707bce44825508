import Foundation
import Inventory
import PackageIdentity
import Scoring

/// How values look in columns, whatever the database.

extension Date {
    /// Whole milliseconds since 1970. Dates that no calendar uses are brought to the nearest end.
    package var milliseconds: Int64 {
        let value = (timeIntervalSince1970 * 1000).rounded()
        return value.isNaN ? 0 : Int64(min(max(value, -1e15), 1e15))
    }

    /// The time this many milliseconds after 1970 began.
    package init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The time as a store keeps it.
    package var inWholeMilliseconds: Date { Date(milliseconds: milliseconds) }
}

extension InventoryDigest {
    /// Reads a `digest` column, whose length the schema guarantees.
    package init(stored bytes: some Sequence<UInt8>) throws {
        let digits = bytes.map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }
        guard let digest = InventoryDigest(hex: digits.joined()) else {
            throw StoreError.failed("damaged digest")
        }
        self = digest
    }
}

extension Role {
    /// Reads a `role` column, whose words the schema guarantees.
    package init(stored text: String) throws {
        guard let role = Role(rawValue: text) else { throw StoreError.failed("damaged role") }
        self = role
    }
}

extension AgentStanding {
    /// Reads a `barred` column.
    package init(stored text: String?) throws {
        guard let text else {
            self = .active
            return
        }
        guard let standing = AgentStanding(rawValue: text) else { throw StoreError.failed("damaged standing") }
        self = standing
    }

    /// What the audit log calls the way to it.
    package var action: AuditAction {
        switch self {
        case .active: .agentReleased
        case .quarantined: .agentQuarantined
        case .revoked: .agentRevoked
        }
    }
}

extension Risk {
    /// The value is a multiple of 0.1, so that this loses nothing.
    package var tenths: Int { Int((min(max(value, 0), 100) * 10).rounded()) }
}

/// JSON as stored: keys sorted, so that equal values have equal texts.
package enum StoredJSON {
    /// Writes a value.
    package static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Reads a value.
    package static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

extension PackageURL {
    /// Reads a `purl` column.
    package init(stored text: String) throws {
        do { try self.init(text) } catch { throw StoreError.failed("damaged package URL") }
    }

    /// What a search for packages looks through: the name and, where it differs, the name advisories use, one a line, lowercased.
    package var searchKey: String {
        let name = [namespace, self.name].compactMap(\.self).joined(separator: "/")
        let names = advisoryCoordinates.map { $0.name == name ? [name] : [name, $0.name] } ?? [name]
        return names.joined(separator: "\n").lowercased()
    }
}

/// A pattern for `like` with `\` as its escape that finds the text anywhere, without regard to case in columns named `…_key`.
package func containsPattern(_ text: String) -> String {
    let escaped = text.lowercased().map { "\\%_".contains($0) ? "\\\($0)" : String($0) }
    return "%" + escaped.joined() + "%"
}
