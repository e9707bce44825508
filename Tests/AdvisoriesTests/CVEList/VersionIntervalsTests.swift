import SeededRandom
import Testing
import Versioning

@testable import Advisories

@Suite struct VersionIntervalsTests {
    private typealias Cut = VersionIntervals.Cut

    private func cut(_ version: Int, isAfter: Bool) throws -> Cut {
        Cut(text: "\(version)", key: try VersionOrdering.generic.key("\(version)"), isAfter: isAfter)
    }

    private func random(_ random: inout SplitMix) throws -> VersionIntervals.Interval {
        func end(_ random: inout SplitMix) throws -> Cut? {
            let version = Int.random(in: 0...24, using: &random)
            return version > 20 ? nil : try cut(version, isAfter: Bool.random(using: &random))
        }
        return VersionIntervals.Interval(lower: try end(&random), upper: try end(&random))
    }

    private func holds(_ interval: VersionIntervals.Interval, _ version: Int) throws -> Bool {
        let before = try cut(version, isAfter: false)
        let after = try cut(version, isAfter: true)
        let isAbove = interval.lower.map { !Cut.precedes(before, $0) } ?? true
        let isBelow = interval.upper.map { !Cut.precedes($0, after) } ?? true
        return isAbove && isBelow
    }

    @Test func `union and difference hold what they should, whatever the intervals`() throws {
        var generator = SplitMix(seed: 20)
        for _ in 0..<500 {
            let affected = try (0..<Int.random(in: 0...5, using: &generator)).map { _ in try random(&generator) }
            let unaffected = try (0..<Int.random(in: 0...5, using: &generator)).map { _ in try random(&generator) }
            let set = VersionIntervals(affected).subtracting(VersionIntervals(unaffected))
            for version in -1...22 {
                let version = max(0, version)
                let expected =
                    try affected.contains { try holds($0, version) } && !unaffected.contains { try holds($0, version) }
                #expect(try set.intervals.contains { try holds($0, version) } == expected)
            }
            #expect(set.intervals.allSatisfy { !$0.isEmpty })
        }
    }
}
