import Advisories
import Matching
import PackageIdentity
import Testing
import Versioning

@Suite struct EvaluationTests {
    /// Versions around each other, with equal spellings and one that does not parse.
    private static let versions = [
        "0", "0.1", "1.0", "1.0.0", "1.0.1", "1.1", "2", "2.0", "2.0.0", "2.1", "3.0", "3.0.1", "10.0", "??", "*",
    ]

    private static func randomEvent(_ generator: inout SeededGenerator) -> AffectedRange.Event {
        let text = versions.randomElement(using: &generator) ?? "0"
        switch Int.random(in: 0..<10, using: &generator) {
        case 9: return .introducedAfter(text == "*" ? "1.0" : text)
        case 0...3: return .introduced(text == "*" ? "0" : text)
        case 4...5: return .fixed(text == "*" ? "1.0" : text)
        case 6...7: return .lastAffected(text == "*" ? "1.0" : text)
        default: return .limit(text)
        }
    }

    @Test(
        "random ranges hold the versions that the specification's algorithm finds",
        arguments: ["PyPI", "Debian:12", "Go"])
    func matchesSpecification(scope: String) throws {
        var generator = SeededGenerator(seed: 23)
        let advisories = (0..<1500).map { number in
            let packages = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
                AffectedPackage(
                    scope: scope, name: "name\(number % 40)",
                    ranges: (0..<Int.random(in: 0...2, using: &generator)).map { _ in
                        AffectedRange(
                            kind: .ecosystem,
                            events: (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                                Self.randomEvent(&generator)
                            })
                    },
                    versions: (0..<Int.random(in: 0...1, using: &generator)).compactMap { _ in
                        Self.versions.randomElement(using: &generator)
                    })
            }
            return Advisory(id: "TEST-\(number)", feed: .osv("Test"), affected: packages)
        }
        try compare(advisories, scope: scope, versions: Self.versions.filter { $0 != "*" } + ["0~~", "1.0rc1", "99"])
    }

    private func compare(_ advisories: [Advisory], scope: String, versions: [String]) throws {
        let index = try makeIndex(advisories)
        let naive = OSVEvaluation(ordering: VersionOrdering(scope: scope))
        for advisory in advisories {
            for version in versions {
                let coordinates = AdvisoryCoordinates(scope: scope, name: advisory.affected[0].name, version: version)
                let explanation = index.explain(at: coordinates, purl: nil, vulnerability: advisory.id)
                let expected = naive.answer(version, advisory.affected)
                #expect(Self.answer(explanation.status) == expected, "\(version) \(advisory.affected)")
                if Self.answer(explanation.status) != expected { return }
            }
        }
        for name in Set(advisories.map(\.affected[0].name)) {
            for version in versions {
                try agree(index, AdvisoryCoordinates(scope: scope, name: name, version: version), advisories)
            }
        }
    }

    /// What is listed and what is explained must be the same answer.
    private func agree(_ index: AdvisoryIndex, _ coordinates: AdvisoryCoordinates, _ advisories: [Advisory]) throws {
        let listed = Dictionary(
            uniqueKeysWithValues: index.verdicts(at: coordinates, purl: nil).map { ($0.vulnerability, $0) })
        for advisory in advisories where advisory.affected[0].name == coordinates.name {
            let explanation = index.explain(at: coordinates, purl: nil, vulnerability: advisory.id)
            let isReported = explanation.status == .affected || explanation.status == .undetermined
            let verdict = listed[advisory.id]
            #expect((verdict != nil) == isReported)
            guard let verdict else { continue }
            #expect(verdict.status == explanation.status)
            #expect(verdict.reason == explanation.reason)
            #expect(verdict.fixedVersion == explanation.fixedVersion)
        }
    }

    static func answer(_ status: VerdictStatus) -> OSVEvaluation.Answer {
        switch status {
        case .affected: .affected
        case .fixed, .notAffected: .notAffected
        case .undetermined: .undetermined
        }
    }
}
