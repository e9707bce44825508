import Foundation
import Stores

/// Which inventories of a company hold a package: numbers from 0, in segments that are stored each as a row of their own.
struct HolderSet: Equatable, Sendable {
    /// Numbers in a segment; a bitmap of one has a kilobyte.
    static let segmentSize = 8192

    /// 64 numbers a word.
    private var words: [UInt64] = []

    init() {}

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    func contains(_ number: Int) -> Bool {
        let word = number >> 6
        return word < words.count && words[word] & (1 << UInt64(number & 63)) != 0
    }

    mutating func insert(_ number: Int) {
        let word = number >> 6
        if word >= words.count { words += [UInt64](repeating: 0, count: word + 1 - words.count) }
        words[word] |= 1 << UInt64(number & 63)
    }

    mutating func remove(_ number: Int) {
        let word = number >> 6
        if word < words.count { words[word] &= ~(1 << UInt64(number & 63)) }
    }

    mutating func formUnion(_ other: HolderSet) {
        if other.words.count > words.count {
            words += [UInt64](repeating: 0, count: other.words.count - words.count)
        }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// Ascending.
    var numbers: [Int] {
        var result: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                result.append(index << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return result
    }

    // MARK: - Stored segments

    /// Whether a row says the numbers or shows them as bits.
    private enum Form: UInt8 {
        case list = 0
        case bitmap = 1
    }

    /// A segment's bytes, in the shorter of the two forms; empty when no number is in it.
    func encoded() -> Data {
        let list = PackageIDList.encode(numbers.map { Int64($0) + 1 })
        guard !list.isEmpty else { return Data() }
        var bitmap = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        while bitmap.last == 0 { bitmap.removeLast() }
        return list.count <= bitmap.count ? Data([Form.list.rawValue]) + list : Data([Form.bitmap.rawValue]) + bitmap
    }

    /// Reads a segment, whose numbers come out as within it.
    /// - Throws: ``StoreError/failed(_:)`` for bytes that ``encoded()`` never makes.
    init(segment bytes: Data) throws {
        guard let first = bytes.first, let form = Form(rawValue: first) else { throw Self.damaged }
        let rest = Data(bytes.dropFirst())
        switch form {
        case .list:
            for number in try PackageIDList.decode(rest) {
                guard number <= Self.segmentSize else { throw Self.damaged }
                insert(Int(number) - 1)
            }
        case .bitmap:
            guard rest.count <= Self.segmentSize / 8 else { throw Self.damaged }
            for (place, byte) in rest.enumerated() {
                for bit in 0..<8 where byte & (1 << UInt8(bit)) != 0 { insert(place << 3 | bit) }
            }
        }
    }

    /// Adds the numbers of a stored segment.
    mutating func add(segment: Int, _ bytes: Data) throws {
        let part = try HolderSet(segment: bytes)
        let offset = segment * Self.segmentSize >> 6
        guard segment >= 0, segment < 1 << 16 else { throw Self.damaged }
        if offset + part.words.count > words.count {
            words += [UInt64](repeating: 0, count: offset + part.words.count - words.count)
        }
        for index in part.words.indices { words[offset + index] |= part.words[index] }
    }

    private static var damaged: StoreError { .failed("damaged set of inventories") }
}
