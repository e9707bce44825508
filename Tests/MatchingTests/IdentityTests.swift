import Advisories
import Matching
import Testing

@Suite struct IdentityTests {
    private static let open: [AffectedRange.Event] = [.introduced("0")]

    @Test("the CVE names a vulnerability, else the GHSA id, else the advisory's own")
    func names() throws {
        let index = try makeIndex([
            advisory("PYSEC-2024-1", aliases: ["GHSA-aaaa-aaaa-aaaa", "CVE-2024-0001"], name: "a", events: Self.open),
            advisory("PYSEC-2024-2", aliases: ["GHSA-bbbb-bbbb-bbbb"], name: "b", events: Self.open),
            advisory("PYSEC-2024-3", name: "c", events: Self.open),
        ])
        #expect(index.verdicts("1", name: "a").map(\.vulnerability) == ["CVE-2024-0001"])
        #expect(index.verdicts("1", name: "b").map(\.vulnerability) == ["GHSA-bbbb-bbbb-bbbb"])
        #expect(index.verdicts("1", name: "c").map(\.vulnerability) == ["PYSEC-2024-3"])
        #expect(index.vulnerability("PYSEC-2024-1")?.id == "CVE-2024-0001")
        #expect(index.vulnerability("CVE-2024-0001")?.aliases == ["GHSA-aaaa-aaaa-aaaa", "PYSEC-2024-1"])
    }

    @Test("aliases are transitive, whichever record states them")
    func transitive() throws {
        let index = try makeIndex([
            advisory("PYSEC-2024-1", aliases: ["GHSA-aaaa-aaaa-aaaa"], events: Self.open),
            advisory("GHSA-aaaa-aaaa-aaaa", events: Self.open),
            advisory("OTHER-1", aliases: ["GHSA-aaaa-aaaa-aaaa", "CVE-2024-0001"], events: Self.open),
        ])
        #expect(index.verdicts("1").map(\.vulnerability) == ["CVE-2024-0001"])
        #expect(index.verdicts("1").map(\.advisories) == [["GHSA-aaaa-aaaa-aaaa", "OTHER-1", "PYSEC-2024-1"]])
    }

    @Test("two CVEs never become one, even when a record lists both")
    func cvesStayApart() throws {
        let index = try makeIndex([
            advisory("GO-2024-1", aliases: ["CVE-2024-0001", "CVE-2024-0002"], events: Self.open),
            advisory("GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001", "GO-2024-1"], events: Self.open),
            advisory("GHSA-bbbb-bbbb-bbbb", aliases: ["CVE-2024-0002", "GO-2024-1"], events: Self.open),
        ])
        let verdicts = index.verdicts("1")
        #expect(verdicts.map(\.vulnerability) == ["CVE-2024-0001", "CVE-2024-0002"])
        #expect(
            verdicts.map(\.advisories) == [
                ["GHSA-aaaa-aaaa-aaaa", "GO-2024-1"], ["GHSA-bbbb-bbbb-bbbb", "GO-2024-1"],
            ])
        #expect(index.vulnerabilityIDs(named: "GO-2024-1") == ["CVE-2024-0001", "CVE-2024-0002"])
        #expect(index.vulnerability("CVE-2024-0001")?.aliases == ["GHSA-aaaa-aaaa-aaaa"])
    }

    @Test("an advisory whose upstream is a per-CVE record of a distribution speaks of that CVE")
    func upstreamOfUpstream() throws {
        let index = try makeIndex([
            advisory("USN-1-1", upstream: ["UBUNTU-CVE-2024-0001"], scope: "Ubuntu:22.04:LTS", events: Self.open)
        ])
        #expect(index.verdicts("1", scope: "Ubuntu:22.04:LTS").map(\.vulnerability) == ["CVE-2024-0001"])
    }

    @Test("records that are each other's upstream end in an answer")
    func circle() throws {
        let index = try makeIndex([
            advisory("A-1", upstream: ["B-1"], events: Self.open),
            advisory("B-1", upstream: ["A-1"], events: Self.open),
        ])
        #expect(index.verdicts("1").isEmpty == false)
    }

    @Test("the aliases of a withdrawn advisory join nothing")
    func withdrawnJoinsNothing() throws {
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-aaaa-aaaa", aliases: ["GHSA-bbbb-bbbb-bbbb", "CVE-2024-0001"], events: Self.open,
                withdrawn: 1),
            advisory("GHSA-bbbb-bbbb-bbbb", events: Self.open),
        ])
        #expect(index.verdicts("1").map(\.vulnerability) == ["GHSA-bbbb-bbbb-bbbb"])
    }

    @Test("a record in the exports of two ecosystems counts once, from the name's own")
    func copiesCountOnce() throws {
        let index = try makeIndex([
            advisory("GHSA-aaaa-aaaa-aaaa", feed: .osv("Go"), events: Self.open),
            advisory("GHSA-aaaa-aaaa-aaaa", feed: .osv("PyPI"), events: Self.open),
        ])
        #expect(index.explain("1", "GHSA-aaaa-aaaa-aaaa").evidence.map(\.feed) == ["osv/PyPI"])
    }

    @Test("bug-fix advisories that name no vulnerability are left out and counted")
    func bugFixesAreLeftOut() throws {
        let folder = try TemporaryFolder()
        let summary = try writeIndex(
            [
                advisory("ALBA-2024:1", scope: "AlmaLinux:9", events: Self.open),
                advisory("ALEA-2024:2", upstream: ["CVE-2024-0001"], scope: "AlmaLinux:9", events: Self.open),
            ], to: folder.file("index"))
        #expect(summary.notAboutSecurity == 1)
        #expect(summary.advisories == 1)
    }
}
