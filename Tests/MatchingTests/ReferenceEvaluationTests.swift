import Advisories
import Matching
import PackageIdentity
import Testing
import Versioning

/// Published records of every ecosystem, judged by the index and by the plain algorithm.
@Suite struct ReferenceEvaluationTests {
    private struct Name: Hashable {
        let scope: String
        let name: String
    }

    @Test(
        "the engine and the plain algorithm agree on random packages and published advisories",
        .enabled(if: ReferenceFeeds.path != nil, "reference feeds are missing"),
        arguments: (try? ReferenceFeeds.sources()) ?? [])
    func agree(source: FeedSource) throws {
        let advisories = try Self.sample(source, limit: 400)
        let index = try makeIndex(advisories)
        let orderings = Self.orderings(advisories)
        var generator = SeededGenerator(seed: 97)
        var pairs = 0
        var differences: [String] = []
        for advisory in advisories {
            for (name, packages) in Dictionary(
                grouping: advisory.affected, by: { Name(scope: $0.scope, name: $0.name) })
            {
                guard let ordering = orderings[name] else { continue }
                for version in Self.versions(packages, &generator) {
                    pairs += 1
                    let expected = Self.expected(advisory, packages, version, ordering)
                    let actual = Self.actual(index, advisory, name, version)
                    if actual != expected {
                        differences.append(
                            "\(advisory.id) \(name) \(version): \(expected) expected, engine \(actual as Any)")
                    }
                }
            }
        }
        print("\(source.feed): \(pairs) pairs, \(differences.count) differences")
        #expect(differences.prefix(10) == [])
    }

    /// One statement per advisory id and feed: the tracker's many records of one CVE are joined, as the index does.
    private static func sample(_ source: FeedSource, limit: Int) throws -> [Advisory] {
        var sink = SamplingSink(limit: limit)
        do {
            try source.readAdvisories(into: &sink)
        } catch is SamplingSink.Enough {}
        var joined: [String: Advisory] = [:]
        for advisory in sink.kept {
            joined[advisory.id, default: advisory].affected += joined[advisory.id] == nil ? [] : advisory.affected
        }
        return joined.values.sorted { $0.id < $1.id }
    }

    private static func orderings(_ advisories: [Advisory]) -> [Name: VersionOrdering] {
        var ranges: [Name: [AffectedRange.Kind]] = [:]
        for package in advisories.flatMap(\.affected) {
            ranges[Name(scope: package.scope, name: package.name), default: []] += package.ranges.map(\.kind).filter {
                $0 != .git
            }
        }
        return Dictionary(
            uniqueKeysWithValues: ranges.map { name, kinds in
                let ordering = VersionOrdering(scope: name.scope)
                let isSemantic = !kinds.isEmpty && kinds.allSatisfy { $0 == .semver }
                return (name, ordering == .generic && isSemantic ? .semver : ordering)
            })
    }

    /// Versions that the advisory names, and neighbours of them.
    private static func versions(_ packages: [AffectedPackage], _ generator: inout SeededGenerator) -> [String] {
        let named = packages.flatMap { package in
            package.versions + package.ranges.filter { $0.kind != .git }.flatMap(\.events).map(OSVEvaluation.text)
        }
        let neighbours = named.flatMap { ["\($0)", "\($0)1", "\($0).1", "\($0)-1", "\($0)~1", "0\($0)", "\($0)-rc1"] }
        return Array(Set(neighbours).sorted().shuffled(using: &generator).prefix(12))
    }

    /// RustSec's notices say that a crate is unmaintained or unsound; they are no vulnerabilities.
    private static func isInformational(_ package: AffectedPackage) -> Bool {
        package.scope == "crates.io" && ["unmaintained", "unsound", "notice"].contains(package.urgency)
    }

    private static func expected(
        _ advisory: Advisory, _ packages: [AffectedPackage], _ version: String, _ ordering: VersionOrdering
    ) -> OSVEvaluation.Answer {
        let isRejected = ["** REJECT **", "REJECTED", "Rejected reason:"].contains {
            advisory.details.hasPrefix($0) || advisory.summary.hasPrefix($0)
        }
        if advisory.withdrawn != nil || isRejected { return .notAffected }
        let evaluation = OSVEvaluation(ordering: ordering)
        // Statements with different states or urgencies stay apart; one "affected" is enough, then one doubt.
        let answers = Dictionary(grouping: packages) { "\($0.state) \($0.urgency ?? "")" }.values.map { group in
            group[0].state == .notAffected || isInformational(group[0])
                ? .notAffected : evaluation.answer(version, group)
        }
        return answers.contains(.affected) ? .affected : answers.contains(.undetermined) ? .undetermined : .notAffected
    }

    private static func actual(
        _ index: AdvisoryIndex, _ advisory: Advisory, _ name: Name, _ version: String
    ) -> OSVEvaluation.Answer? {
        let explanation = index.explain(
            at: AdvisoryCoordinates(scope: name.scope, name: name.name, version: version), purl: nil,
            vulnerability: advisory.id)
        let answers = explanation.evidence.filter { $0.advisory == advisory.id }.map {
            EvaluationTests.answer($0.outcome)
        }
        if answers.contains(.affected) { return .affected }
        return answers.contains(.undetermined) ? .undetermined : answers.first
    }
}
