import Foundation
import Scoring
import SeededRandom
import Testing

@testable import Advisories

/// An index built with the help of the one before has the bytes of one built without.
@Suite struct PreviousBuildTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("previous-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    /// One advisory of its number, with everything that the file has a place for.
    private static func advisory(_ number: Int, using generator: inout SplitMix) -> Advisory {
        func pick<Choice>(_ choices: [Choice]) -> Choice {
            choices[Int.random(in: 0..<choices.count, using: &generator)]
        }
        let versions = ["1.0", "1.0.0", "1.5-1.module+el8", "2.0.0", "2.1.0-3.cloud", "??", "3.0.0", "0"]
        let scope = pick(["PyPI", "npm", "Debian:12", "Go", "AlmaLinux:9", "crates.io", "cpe:a"])
        let condition = pick([
            nil, nil, nil, Condition(moduleStream: "nodejs:18"), Condition(architectures: ["x86_64"]),
            Condition(criteria: "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*"),
        ])
        let packages = (0..<pick([1, 1, 1, 3])).map { _ in
            let name = "name\(Int.random(in: 0..<40, using: &generator))"
            return AffectedPackage(
                scope: scope, name: name, spelling: pick([nil, nil, nil, name.uppercased(), "N\(name.dropFirst())"]),
                ranges: pick([0, 1, 2]) == 0
                    ? []
                    : [
                        AffectedRange(
                            kind: pick([.semver, .ecosystem]),
                            events: [
                                .introduced(pick(versions)),
                                pick([.fixed(pick(versions)), .lastAffected(pick(versions))]),
                            ])
                    ],
                versions: pick([[], [pick(versions)], [pick(versions), pick(versions)]]),
                state: pick([.unspecified, .unfixed, .fixed, .notAffected, .ignored]),
                urgency: pick([nil, "low", "unimportant", "end-of-life", "unmaintained"]), condition: condition)
        }
        return Advisory(
            id: pick([
                "GHSA-\(number)", "PYSEC-\(number)", "DEBIAN-CVE-2024-\(1000 + number)", "CVE-2024-\(1000 + number)",
            ]),
            feed: pick([.osv("PyPI"), .osv("npm"), .debianTracker, .nvd]),
            aliases: pick([
                [], ["CVE-2024-\(1000 + number % 70)"], ["GHSA-\(number / 2)", "CVE-2024-\(1000 + number)"],
            ]),
            upstream: pick([[], [], ["CVE-2024-\(1000 + number / 3)", "CVE-2024-1001"]]),
            summary: "summary \(number % 7)",
            details: pick(["", "details \(number % 13)"]), published: Int64(number), modified: pick([nil, 9, 99]),
            withdrawn: pick([nil, nil, nil, nil, 5]),
            severities: pick([
                [], [SeverityStatement(vector: nil, word: .high, origin: .vendor)],
                [SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", word: nil, origin: .nvd)],
            ]),
            references: ["https://example.org/\(number % 19)"], affected: packages)
    }

    private func builder(_ advisories: [Advisory], shuffledBy generator: inout SplitMix) throws -> IndexBuilder {
        var builder = IndexBuilder()
        for advisory in advisories.shuffled(using: &generator) { try builder.add(advisory) }
        return builder
    }

    @Test(
        "through seeded changes, additions and removals, each build with the one before has the bytes of a full one",
        arguments: [1, 2, 3, 4])
    func equalsFullBuild(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        var advisories = (0..<150).map { Self.advisory($0, using: &generator) }
        var previous: PreviousBuild?
        var reused = 0
        for round in 0..<12 {
            let full = try builder(advisories, shuffledBy: &generator).write(to: path("full"))
            let next = PreviousBuild(index: path("index\(round)"), notes: path("notes\(round)"))
            let quick = try builder(advisories, shuffledBy: &generator).write(
                to: next.index, notes: next.notes, previous: previous)
            #expect(try bytes("index\(round)") == bytes("full"), "round \(round)")
            #expect(quick.unreadableRanges == full.unreadableRanges, "round \(round)")
            #expect(quick.unreadableVersions == full.unreadableVersions, "round \(round)")
            #expect(full.reusedNames == 0)
            reused += quick.reusedNames
            previous = next
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                let place = Int.random(in: 0..<advisories.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: advisories.remove(at: place)
                case 1: advisories.append(Self.advisory(200 + round * 10 + place % 10, using: &generator))
                default: advisories[place] = Self.advisory(place, using: &generator)
                }
            }
        }
        // Each change touches some; most others are taken over, those with conditions among them.
        #expect(reused > 400)
    }

    @Test("one changed advisory leaves all other names to be taken over")
    func takesOver() throws {
        func advisory(_ number: Int, fixed: String) -> Advisory {
            Advisory(
                id: "GHSA-\(number)", feed: .osv("npm"), aliases: ["CVE-2024-\(1000 + number)"],
                affected: [
                    AffectedPackage(
                        scope: "npm", name: "name\(number)",
                        ranges: [AffectedRange(kind: .semver, events: [.introduced("0"), .fixed(fixed)])])
                ])
        }
        let first = PreviousBuild(index: path("first"), notes: path("first.notes"))
        var builder = IndexBuilder()
        for number in 0..<50 { try builder.add(advisory(number, fixed: "1.\(number)")) }
        _ = try builder.write(to: first.index, notes: first.notes)
        for (fixed, reused) in [("1.7", 50), ("9.9", 49)] {
            var builder = IndexBuilder()
            for number in 0..<50 { try builder.add(advisory(number, fixed: number == 7 ? fixed : "1.\(number)")) }
            #expect(try builder.write(to: path("next"), previous: first).reusedNames == reused)
        }
    }

    @Test("an index or notes that are missing, damaged or of another build are no help and no harm")
    func fallsBack() throws {
        var generator = SplitMix(seed: 5)
        let advisories = (0..<60).map { Self.advisory($0, using: &generator) }
        let good = PreviousBuild(index: path("good"), notes: path("good.notes"))
        _ = try builder(advisories, shuffledBy: &generator).write(to: good.index, notes: good.notes)
        let other = PreviousBuild(index: path("other"), notes: path("other.notes"))
        _ = try builder(Array(advisories.dropFirst()), shuffledBy: &generator).write(
            to: other.index, notes: other.notes)
        let (index, notes) = (try bytes("good"), try bytes("good.notes"))
        #expect(try builder(advisories, shuffledBy: &generator).write(to: path("next"), previous: good).reusedNames > 0)

        func expectFull(_ previous: PreviousBuild, _ what: String) throws {
            var generator = SplitMix(seed: 6)
            let summary = try builder(advisories, shuffledBy: &generator).write(to: path("next"), previous: previous)
            #expect(summary.reusedNames == 0, "\(what)")
            #expect(try bytes("next") == index, "\(what)")
        }
        try expectFull(PreviousBuild(index: path("none"), notes: good.notes), "no index")
        try expectFull(PreviousBuild(index: good.index, notes: path("none")), "no notes")
        try expectFull(PreviousBuild(index: good.index, notes: other.notes), "notes on another index")
        try expectFull(PreviousBuild(index: good.notes, notes: good.notes), "notes in place of an index")
        for (name, whole) in [("index", index), ("notes", notes)] {
            for place in (0..<24).map({ whole.count * $0 / 24 }) + [whole.count - 1] {
                let cut = whole[..<place]
                var changed = whole
                changed[place] ^= 0x10
                for bad in [cut, changed] {
                    try bad.write(to: URL(fileURLWithPath: path("bad")))
                    let previous =
                        name == "index"
                        ? PreviousBuild(index: path("bad"), notes: good.notes)
                        : PreviousBuild(index: good.index, notes: path("bad"))
                    try expectFull(previous, "\(name) at \(place)")
                }
            }
        }
    }
}
