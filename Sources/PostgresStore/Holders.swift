import Foundation
import PostgreSQL
import Stores

/// Sets of inventories by package, read for a while and written back where they changed; under the company's lock.
struct Holders: Sendable {
    private let company: Int32
    /// Numbers within the segment.
    private var sets: [HolderPlace: HolderSet] = [:]
    private var changed: Set<HolderPlace> = []
    /// Sets that are stored, and whether each is short: that says where it stands.
    private var isShort: [HolderPlace: Bool] = [:]

    /// Bytes of a set up to which it stands in a block with those of other packages; `holder_blocks` in migration 17 says why.
    static let shortSize = 48

    /// Asks for what ``init(company:_:)`` reads: the segments of these inventory numbers for these packages.
    static func query(company: Int32, packages: [Int64], numbers: [Int32]) -> PostgresStatement {
        let segments = Set(numbers.map { $0 / Int32(HolderSet.segmentSize) }).sorted()
        return HolderQueries.segments(company: company, packages: packages, among: segments)
    }

    /// Reads segments.
    init(company: Int32, _ rows: PostgresResult) throws {
        self.company = company
        try rows.forEach { row in
            let place = HolderPlace(package: try row.get(0), segment: try row.get(1))
            let bytes = try row.get(2, as: Data.self)
            sets[place] = try HolderSet(segment: bytes)
            isShort[place] = bytes.count <= Self.shortSize
        }
    }

    /// Notes that an inventory holds packages, or holds them no longer.
    mutating func set(_ packages: [Int64], in number: Int32, held: Bool) {
        let (segment, position) = (number / Int32(HolderSet.segmentSize), Int(number) % HolderSet.segmentSize)
        for package in packages.rows {
            let place = HolderPlace(package: package, segment: segment)
            if held { sets[place, default: HolderSet()].insert(position) } else { sets[place]?.remove(position) }
            changed.insert(place)
        }
    }

    /// What writes the changes; a set that is empty is no row, and one that got longer or shorter may stand elsewhere than before.
    func statements() -> [PostgresStatement] {
        var (long, short): ([(place: HolderPlace, holders: Data)], [(place: HolderPlace, holders: Data)]) = ([], [])
        var (left, cleared): ([HolderPlace], [HolderPlace]) = ([], [])
        for place in changed.sorted() {
            let bytes = sets[place]?.encoded() ?? Data()
            let becomesShort = bytes.isEmpty ? nil : bytes.count <= Self.shortSize
            let wasShort = isShort[place]
            if wasShort == false, becomesShort != false { left.append(place) }
            if becomesShort == true {
                short.append((place, bytes))
            } else {
                if wasShort == true { cleared.append(place) }
                if becomesShort == false { long.append((place, bytes)) }
            }
        }
        short += cleared.map { ($0, Data()) }
        var statements: [PostgresStatement] = []
        if !left.isEmpty { statements.append(HolderQueries.delete(company: company, left)) }
        if !short.isEmpty { statements.append(HolderQueries.putShort(company: company, short)) }
        if !cleared.isEmpty { statements.append(HolderQueries.deleteEmptyBlocks(company: company, cleared)) }
        if !long.isEmpty { statements.append(HolderQueries.put(company: company, long)) }
        return statements
    }

    /// The whole sets of these packages.
    static func fetch(company: Int32, packages: some Collection<Int64>, _ transaction: PostgresTransaction) async throws
        -> [Int64: HolderSet]
    {
        guard !packages.isEmpty else { return [:] }
        return try sets(try await transaction.query(HolderQueries.all(company: company, packages: Array(packages))))
    }

    /// Reads rows of package, segment and holders.
    static func sets(_ rows: PostgresResult) throws -> [Int64: HolderSet] {
        var sets: [Int64: HolderSet] = [:]
        try rows.forEach { row in
            try sets[try row.get(0, as: Int64.self), default: HolderSet()].add(segment: try row.get(1), try row.get(2))
        }
        return sets
    }
}

/// Where a set is stored.
struct HolderPlace: Hashable, Comparable, Sendable {
    /// Row of the catalogue, or a number of such rows.
    let package: Int32
    let segment: Int32

    static func < (one: HolderPlace, other: HolderPlace) -> Bool {
        (one.package, one.segment) < (other.package, other.segment)
    }
}
