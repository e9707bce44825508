import Advisories
import Matching
import Scoring
import Testing

@Suite struct ChangeTests {
    private static let base = [
        advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0")]),
        advisory("CVE-2024-0002", name: "b", events: [.introduced("0"), .fixed("1.0")]),
        advisory("CVE-2024-0003", name: "c", events: [.introduced("0"), .fixed("1.0")], versions: ["0.5"]),
    ]

    @Test("equal content gives no changes")
    func nothing() throws {
        let older = try makeIndex(Self.base)
        let newer = try makeIndex(Self.base.reversed())
        #expect(newer.changedNames(since: older) == [])
        #expect(newer.changedVulnerabilities(since: older) == [])
    }

    @Test("added, removed and changed names are found, and no others")
    func names() throws {
        let older = try makeIndex(Self.base)
        let newer = try makeIndex([
            Self.base[0], advisory("CVE-2024-0002", name: "b", events: [.introduced("0"), .fixed("1.1")]),
            advisory("CVE-2024-0004", scope: "npm", name: "d", events: [.introduced("0")]),
        ])
        #expect(
            newer.changedNames(since: older) == [
                AdvisoryName(scope: "PyPI", name: "b"), AdvisoryName(scope: "PyPI", name: "c"),
                AdvisoryName(scope: "npm", name: "d"),
            ])
        #expect(newer.changedNames(since: older) == older.changedNames(since: newer))
        #expect(newer.changedVulnerabilities(since: older) == ["CVE-2024-0003", "CVE-2024-0004"])
    }

    @Test(
        "whatever can change a verdict changes the name",
        arguments: [
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0.1"), .fixed("1.0")]),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .lastAffected("1.0")]),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0")], versions: ["3.0"]),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0.0")]),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0")], state: .ignored),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0")], urgency: "low"),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("1.0")], withdrawn: 1),
            advisory("CVE-2024-0001", name: "a", events: [.introduced("0"), .fixed("??")]),
            advisory("PYSEC-1", aliases: ["CVE-2024-0001"], name: "a", events: [.introduced("0"), .fixed("1.0")]),
        ])
    func sensitive(changed: Advisory) throws {
        let older = try makeIndex(Self.base)
        let newer = try makeIndex([changed] + Self.base.dropFirst())
        #expect(newer.changedNames(since: older) == [AdvisoryName(scope: "PyPI", name: "a")])
    }

    @Test("an advisory elsewhere that renames a vulnerability changes the name too")
    func renamed() throws {
        let base = [advisory("GHSA-aaaa-aaaa-aaaa", name: "a", events: [.introduced("0")])]
        let alias = advisory(
            "OTHER-1", aliases: ["GHSA-aaaa-aaaa-aaaa", "CVE-2024-0001"], name: "z", events: [.introduced("0")])
        let changed = try makeIndex(base + [alias]).changedNames(since: try makeIndex(base))
        #expect(changed.map(\.name) == ["a", "z"])
    }

    @Test("a new score changes the vulnerability, not the name")
    func intelligence() throws {
        let older = try makeIndex(Self.base)
        let newer = try makeIndex(
            Self.base,
            intelligence: ThreatIntelligence(epss: ["CVE-2024-0002": EPSSScore(probability: 0.1, percentile: 0.2)]))
        #expect(newer.changedNames(since: older) == [])
        #expect(newer.changedVulnerabilities(since: older) == ["CVE-2024-0002"])
    }
}
