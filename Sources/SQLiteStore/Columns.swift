import Foundation
import GRDB
import Inventory
import PackageIdentity
import Scoring
import Stores

/// How values look in columns.

extension Date {
    /// Whole milliseconds since 1970. Dates that no calendar uses are brought to the nearest end.
    var milliseconds: Int64 {
        let value = (timeIntervalSince1970 * 1000).rounded()
        return value.isNaN ? 0 : Int64(min(max(value, -1e15), 1e15))
    }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

extension Identifier {
    /// The 16 bytes of the UUID.
    var blob: Data { withUnsafeBytes(of: uuid.uuid) { Data($0) } }

    /// Reads a `uuid` column, whose length the schema guarantees.
    init(blob: Data) throws {
        guard blob.count == 16 else { throw StoreError.unavailable("damaged identifier") }
        let bytes = [UInt8](blob)
        self.init(uuid: bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) })
    }
}

extension SecretHash {
    var blob: Data { Data(bytes) }
}

extension InventoryDigest {
    var blob: Data { Data(bytes) }

    /// Reads a `digest` column, whose length the schema guarantees.
    init(blob: Data) throws {
        let digits = blob.map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }
        guard let digest = InventoryDigest(hex: digits.joined()) else {
            throw StoreError.unavailable("damaged digest")
        }
        self = digest
    }
}

extension Severity {
    /// Its place in the order, 0…5.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Risk {
    /// The value is a multiple of 0.1, so that this loses nothing.
    var tenths: Int { Int((min(max(value, 0), 100) * 10).rounded()) }
}

/// JSON as stored: keys sorted, so that equal values have equal texts.
enum StoredJSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// A JSON array of numbers, the way lists of rows are bound: `json_each(?)`.
    static func array(_ ids: some Sequence<Int64>) -> String {
        "[" + ids.map(String.init).joined(separator: ",") + "]"
    }
}

extension PackageURL {
    /// Reads a `purl` column.
    init(stored text: String) throws {
        do { try self.init(text) } catch { throw StoreError.unavailable("damaged package URL") }
    }
}

/// A pattern for `like … escape '\'` that finds the text anywhere, without regard to case in columns named `…_key`.
func containsPattern(_ text: String) -> String {
    let escaped = text.lowercased().map { "\\%_".contains($0) ? "\\\($0)" : String($0) }
    return "%" + escaped.joined() + "%"
}
