import Foundation
import PostgreSQL
import Stores

/// Sets of inventories by package, read for a while and written back where they changed; under the company's lock.
struct Holders: Sendable {
    private let company: Int32
    /// Numbers within the segment.
    private var sets: [Place: HolderSet] = [:]
    private var changed: Set<Place> = []

    private struct Place: Hashable {
        let package: Int32
        let segment: Int32
    }

    /// Reads the segments of these inventory numbers for these packages.
    init(company: Int32, packages: [Int64], numbers: [Int32], _ transaction: PostgresTransaction) async throws {
        self.company = company
        guard !packages.isEmpty, !numbers.isEmpty else { return }
        let segments = Array(Set(numbers.map { $0 / Int32(HolderSet.segmentSize) })).sorted()
        let rows = try await transaction.query(
            HolderQueries.segments(company: company, packages: packages, among: segments))
        try rows.forEach { row in
            sets[Place(package: try row.get(0), segment: try row.get(1))] = try HolderSet(segment: try row.get(2))
        }
    }

    /// Notes that an inventory holds packages, or holds them no longer.
    mutating func set(_ packages: [Int64], in number: Int32, held: Bool) {
        let (segment, position) = (number / Int32(HolderSet.segmentSize), Int(number) % HolderSet.segmentSize)
        for package in packages.rows {
            let place = Place(package: package, segment: segment)
            if held { sets[place, default: HolderSet()].insert(position) } else { sets[place]?.remove(position) }
            changed.insert(place)
        }
    }

    /// What writes the changes; a set that is empty is no row.
    func statements() -> [PostgresStatement] {
        var puts: [(package: Int32, segment: Int32, holders: Data)] = []
        var deletions: [(package: Int32, segment: Int32)] = []
        for place in changed.sorted(by: { ($0.package, $0.segment) < ($1.package, $1.segment) }) {
            let bytes = sets[place]?.encoded() ?? Data()
            if bytes.isEmpty {
                deletions.append((place.package, place.segment))
            } else {
                puts.append((place.package, place.segment, bytes))
            }
        }
        return (puts.isEmpty ? [] : [HolderQueries.put(company: company, puts)])
            + (deletions.isEmpty ? [] : [HolderQueries.delete(company: company, deletions)])
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
