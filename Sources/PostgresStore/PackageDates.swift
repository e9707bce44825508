import Foundation
import Stores

/// When packages appeared on an agent, where that was after its first inventory: milliseconds since 1970 by row of the catalogue.
///
/// Packages that came together share a date, so they are stored in groups: `unpack_dates()` in migration 3 describes the bytes and reads
/// them in SQL.
struct PackageDates: Equatable, Sendable {
    var dates: [Int64: Int64] = [:]

    init(_ dates: [Int64: Int64] = [:]) { self.dates = dates }

    /// Reads a `dates` column.
    /// - Throws: ``StoreError/failed(_:)`` for bytes that ``encoded()`` never makes.
    init(stored bytes: Data?) throws {
        guard let bytes else { return }
        var reader = Reader(bytes: [UInt8](bytes))
        var time: Int64?
        while !reader.isAtEnd {
            let value = try reader.next()
            time = try time.map { try Self.sum($0, value) } ?? (Int64(value >> 1) ^ -Int64(value & 1))
            let count = try reader.next()
            var id: Int64 = 0
            guard count > 0, count <= UInt64(bytes.count) else { throw Self.damaged }
            for _ in 0..<count {
                id = try Self.sum(id, try reader.next())
                dates[id] = time
            }
        }
    }

    private static func sum(_ base: Int64, _ difference: UInt64) throws -> Int64 {
        guard let difference = Int64(exactly: difference) else { throw damaged }
        let (sum, overflow) = base.addingReportingOverflow(difference)
        guard !overflow else { throw damaged }
        return sum
    }

    /// Groups by date, oldest first; empty when there are none.
    func encoded() -> Data {
        var bytes: [UInt8] = []
        func append(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        var before: Int64?
        for (time, ids) in Dictionary(grouping: dates.keys, by: { dates[$0] ?? 0 }).sorted(by: { $0.key < $1.key }) {
            append(before.map { UInt64(time - $0) } ?? UInt64(bitPattern: time << 1 ^ time >> 63))
            before = time
            append(UInt64(ids.count))
            var previous: Int64 = 0
            for id in ids.sorted() {
                append(UInt64(id - previous))
                previous = id
            }
        }
        return Data(bytes)
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var isAtEnd: Bool { place == bytes.count }

        mutating func next() throws -> UInt64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while true {
                guard place < bytes.count, shift < 63 else { throw PackageDates.damaged }
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
        }
    }

    private static var damaged: StoreError { .failed("damaged dates") }
}
