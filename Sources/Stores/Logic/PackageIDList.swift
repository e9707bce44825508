import Foundation

/// Catalogue rows in ascending order as bytes: each as the difference to the one before, in LEB128.
///
/// - Source: DWARF 5 section 7.6, <https://dwarfstd.org/doc/DWARF5.pdf>
package enum PackageIDList {
    /// Writes a list.
    /// - Parameter ids: Positive, strictly ascending.
    package static func encode(_ ids: [Int64]) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 2)
        var previous: Int64 = 0
        for id in ids {
            var rest = UInt64(bitPattern: id - previous)
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
            previous = id
        }
        return Data(bytes)
    }

    /// Reads a list.
    /// - Throws: ``StoreError/failed(_:)`` for bytes that ``encode(_:)`` never writes.
    package static func decode(_ data: Data) throws -> [Int64] {
        var ids: [Int64] = []
        ids.reserveCapacity(data.count)
        var previous: Int64 = 0
        var difference: UInt64 = 0
        var shift: UInt64 = 0
        for byte in data {
            guard shift < 63 else { throw damaged }
            difference |= UInt64(byte & 0x7f) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            let (id, overflow) = previous.addingReportingOverflow(Int64(bitPattern: difference))
            guard !overflow, id > previous else { throw damaged }
            ids.append(id)
            (previous, difference, shift) = (id, 0, 0)
        }
        guard shift == 0 else { throw damaged }
        return ids
    }

    private static var damaged: StoreError { .failed("damaged inventory") }

    /// What is in one ascending list and not in the other.
    package static func difference(from old: [Int64], to new: [Int64]) -> (added: [Int64], removed: [Int64]) {
        var (added, removed): ([Int64], [Int64]) = ([], [])
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if j == new.count || (i < old.count && old[i] < new[j]) {
                removed.append(old[i])
                i += 1
            } else if i == old.count || new[j] < old[i] {
                added.append(new[j])
                j += 1
            } else {
                (i, j) = (i + 1, j + 1)
            }
        }
        return (added, removed)
    }
}
