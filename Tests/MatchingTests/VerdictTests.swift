import Advisories
import Matching
import PackageIdentity
import Testing

@Suite struct VerdictTests {
    @Test(
        "a version is judged by the events of a range",
        arguments: [
            ("0.9", VerdictStatus.notAffected, "out_of_range"), ("1.0", .affected, "in_range"),
            ("1.5", .affected, "in_range"), ("2.0", .fixed, "fixed_version"), ("2.0.post1", .fixed, "fixed_version"),
            // PEP 440: a release candidate precedes its release.
            ("2.0rc1", .affected, "in_range"), ("1.0rc1", .notAffected, "out_of_range"),
            ("1.0.0", .affected, "in_range"),
            ("not a version", .undetermined, "unparsable_version"),
        ])
    func judgesRange(version: String, status: VerdictStatus, reason: String) throws {
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("1.0"), .fixed("2.0")])])
        let explanation = index.explain(version, "CVE-2024-0001")
        #expect(explanation.status == status)
        #expect(explanation.reason == reason)
        let reported = index.verdicts(version).map(\.vulnerability)
        #expect(reported == (status == .affected || status == .undetermined ? ["CVE-2024-0001"] : []))
    }

    @Test(
        "a word that stands where a version should is undetermined, not before every version",
        arguments: [
            ("PyPI", "latest", false), ("PyPI", "${version}", false), ("PyPI", "^1.2", false), ("PyPI", ">=1.0", false),
            ("PyPI", "1.*", false), ("PyPI", "a3", false), ("PyPI", "1.0-final-x", true), ("PyPI", "v1.0", true),
            ("PyPI", "2004d", true), ("PyPI", "0!0.5", true),
            // Listed, so it is one after all.
            ("PyPI", "trunk", true),
            ("Maven", "${project.version}", false), ("Maven", "unspecified", false), ("Maven", "Finchley.SR2", true),
            ("Maven", "RELEASE120", true), ("Maven", "[1.0,2.0)", false), ("Packagist", "dev-main", false),
            ("Packagist", "1.x-dev", true), ("npm", "1.x", false), ("npm", "1.X.3", false), ("npm", "1.0.0-x", true),
            ("Rocky Linux:9", "latest", false), ("Rocky Linux:9", "1^git5-1.el9", true),
            ("ConanCenter", "1.cci", true),
        ])
    func placeholders(scope: String, version: String, isVersion: Bool) throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", scope: scope, events: [.introduced("0"), .fixed("999999")]),
            advisory("CVE-2024-0002", scope: scope, events: nil, versions: ["trunk"]),
        ])
        let expected = isVersion ? "affected" : "undetermined"
        let found = index.verdicts(version, scope: scope).filter { $0.vulnerability == "CVE-2024-0001" }
        #expect(found.map(\.status.rawValue) == [expected])
        #expect(index.explain(version, "CVE-2024-0001", scope: scope).status.rawValue == expected)
    }

    @Test("introduced 0 stands before every version, also before 0 itself")
    func zeroIsBeforeEverything() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", scope: "Debian:12", events: [.introduced("0"), .fixed("1.0")])
        ])
        #expect(index.verdicts("0~~", scope: "Debian:12").map(\.status) == [.affected])
    }

    @Test("the last affected version is still affected, the next one is not")
    func lastAffectedIsInclusive() throws {
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("0"), .lastAffected("1.4")])])
        #expect(index.verdicts("1.4").map(\.status) == [.affected])
        #expect(index.verdicts("1.4.0").map(\.reason) == ["no_fix_yet"])
        #expect(index.explain("1.4.1", "CVE-2024-0001").status == .notAffected)
    }

    @Test("nothing is said from a limit on; with several limits the highest counts")
    func limitCutsOff() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("0"), .limit("1.0"), .limit("2.0")])
        ])
        #expect(index.verdicts("1.9").map(\.status) == [.affected])
        #expect(index.verdicts("2.0") == [])
    }

    @Test("an asterisk as limit means no limit")
    func asteriskIsNoLimit() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("0"), .limit("1.0"), .limit("*")])
        ])
        #expect(index.verdicts("9").map(\.status) == [.affected])
    }

    @Test("a listed version is affected even outside of every range, an equal spelling too")
    func listedVersionIsAffected() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("2.0"), .fixed("2.1")], versions: ["1.0", "1.2"])
        ])
        #expect(index.verdicts("1.2.0").map(\.reason) == ["listed_version"])
        #expect(index.verdicts("1.1") == [])
        #expect(index.verdicts("2.0").map(\.reason) == ["in_range"])
    }

    @Test("a bound that does not parse makes its range undetermined, and others still count")
    func unparsableBound() throws {
        let package = AffectedPackage(
            scope: "PyPI", name: "tool",
            ranges: [
                AffectedRange(kind: .ecosystem, events: [.introduced("? ?"), .fixed("3.0")]),
                AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("1.0")]),
            ])
        let index = try makeIndex([Advisory(id: "CVE-2024-0001", feed: .osv("PyPI"), affected: [package])])
        #expect(index.verdicts("0.5").map(\.status) == [.affected])
        #expect(index.verdicts("2.0").map(\.reason) == ["unparsable_bound"])
        #expect(
            index.explain("2.0", "CVE-2024-0001").evidence[0].range
                == "[introduced 0, fixed 1.0) or [introduced ? ?, fixed 3.0)")
    }

    @Test("commit ranges say nothing of versions: with nothing else the package is undetermined")
    func commitRangesAreIgnored() throws {
        let range = AffectedRange(kind: .git, events: [.introduced("0"), .fixed("0123abc")])
        let package = AffectedPackage(scope: "PyPI", name: "tool", ranges: [range])
        let index = try makeIndex([Advisory(id: "CVE-2024-0001", feed: .osv("PyPI"), affected: [package])])
        #expect(index.verdicts("1.0").map(\.reason) == ["no_version_range"])
    }

    @Test("a range that holds no version is an answer, not a doubt")
    func emptyRange() throws {
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("1.0"), .fixed("1.0")])])
        #expect(index.explain("1.0", "CVE-2024-0001").reason == "fixed_version" || index.verdicts("1.0") == [])
        #expect(index.verdicts("1.0") == [])
    }

    @Test("withdrawn and rejected advisories never match, and stay explainable")
    func withdrawnNeverMatches() throws {
        let index = try makeIndex([
            advisory("GHSA-aaaa-aaaa-aaaa", events: [.introduced("0")], withdrawn: 1_700_000_000),
            advisory("CVE-2024-0002", events: [.introduced("0")], details: "** REJECT ** Do not use."),
        ])
        #expect(index.verdicts("1.0") == [])
        let explanation = index.explain("1.0", "GHSA-aaaa-aaaa-aaaa")
        #expect(explanation.status == .notAffected)
        #expect(explanation.reason == "withdrawn")
        #expect(explanation.evidence.map(\.decided) == [false])
        #expect(index.explain("1.0", "CVE-2024-0002").reason == "withdrawn")
    }

    @Test("the lowest repair above the installed version is named, of the branch it is on")
    func fixOfTheBranch() throws {
        let package = AffectedPackage(
            scope: "PyPI", name: "tool",
            ranges: [
                AffectedRange(kind: .ecosystem, events: [.introduced("1.0"), .fixed("1.4")]),
                AffectedRange(kind: .ecosystem, events: [.introduced("2.0"), .fixed("2.3")]),
            ])
        let index = try makeIndex([Advisory(id: "CVE-2024-0001", feed: .osv("PyPI"), affected: [package])])
        #expect(index.verdicts("1.1").map(\.fixedVersion) == ["1.4"])
        #expect(index.verdicts("2.1").map(\.fixedVersion) == ["2.3"])
    }

    @Test("a repair that another advisory on the same vulnerability still calls affected is passed over")
    func fixClearsEveryAdvisory() throws {
        let index = try makeIndex([
            advisory("GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("1.2")]),
            advisory("PYSEC-2024-1", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("1.3")]),
        ])
        let verdicts = index.verdicts("1.0")
        #expect(verdicts.map(\.fixedVersion) == ["1.3"])
        #expect(verdicts.map(\.advisories) == [["GHSA-aaaa-aaaa-aaaa", "PYSEC-2024-1"]])
        #expect(index.verdicts("1.2").map(\.status) == [.affected])
    }

    @Test("verdicts come by falling risk, then by id")
    func order() throws {
        let high = SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", origin: .nvd)
        let index = try makeIndex([
            advisory("CVE-2024-0003", events: [.introduced("0")]),
            advisory("CVE-2024-0001", events: [.introduced("0")]),
            advisory("CVE-2024-0002", events: [.introduced("0")], severities: [high]),
        ])
        #expect(index.verdicts("1.0").map(\.vulnerability) == ["CVE-2024-0002", "CVE-2024-0001", "CVE-2024-0003"])
    }

    @Test("a name, a scope or a version that is not there gives no verdict")
    func misses() throws {
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("0")])])
        #expect(index.verdicts("1.0", name: "other") == [])
        #expect(index.verdicts("1.0", scope: "npm") == [])
        #expect(index.verdicts(for: try PackageURL("pkg:pypi/tool")) == [])
        #expect(index.covers(scope: "PyPI"))
        #expect(!index.covers(scope: "npm"))
        #expect(!index.covers(scope: "PyPJ"))
    }

    @Test("an index without advisories opens and answers nothing")
    func emptyIndex() throws {
        let index = try makeIndex([])
        try index.verify()
        #expect(index.verdicts("1.0") == [])
        #expect(index.nameCount == 0)
        #expect(index.explain("1.0", "CVE-2024-0001").reason == "unknown_vulnerability")
    }

    @Test("ranges of Semantic Versioning order a scope that has no ordering of its own")
    func semanticRanges() throws {
        let range = AffectedRange(kind: .semver, events: [.introduced("1.0.0-rc.2"), .fixed("1.0.0")])
        let package = AffectedPackage(scope: "Bitnami", name: "tool", ranges: [range])
        let index = try makeIndex([Advisory(id: "CVE-2024-0001", feed: .osv("Bitnami"), affected: [package])])
        #expect(index.verdicts("1.0.0-rc.10", scope: "Bitnami").map(\.status) == [.affected])
        #expect(index.verdicts("1.0.0", scope: "Bitnami") == [])
    }
}
