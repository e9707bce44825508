import Advisories
import JSONDocuments
import Scoring
import Testing

@Suite struct OSVRecordTests {
    @Test func readsADistributionsView() throws {
        let advisory = try Advisory.sample(Samples.debianView, feed: .osv("Debian"))
        let expected = Advisory(
            id: "DEBIAN-CVE-2023-0464", feed: .osv("Debian"), upstream: ["CVE-2023-0464"],
            details: "Certificate chains with policy constraints take exponential time to verify.",
            published: 1_679_505_313, modified: 1_739_343_600,
            severities: [SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", origin: .nvd)],
            references: ["https://security-tracker.debian.org/tracker/CVE-2023-0464"],
            affected: [
                AffectedPackage(
                    scope: "Debian:12", name: "openssl",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("3.0.9-1")])],
                    urgency: "not yet assigned"),
                AffectedPackage(
                    scope: "Debian:11", name: "openssl",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0")])],
                    state: .endOfLife, urgency: "end-of-life"),
            ])
        #expect(advisory == expected)
    }

    @Test func readsAnEcosystemRecord() throws {
        let advisory = try Advisory.sample(Samples.github)
        #expect(advisory.aliases == ["CVE-2019-10906", "PYSEC-2019-217"])
        #expect(advisory.upstream == [])
        #expect(advisory.summary == "Jinja2 sandbox escape via str.format_map")
        #expect(advisory.references == ["https://palletsprojects.com/blog/jinja-2-10-1-released"])
        #expect(
            advisory.severities == [
                SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", origin: .github),
                SeverityStatement(
                    vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", origin: .github),
                SeverityStatement(word: .high, origin: .github),
            ])
        let commit = "a2a6c930bcca591a25d2b316fcfd2d6793897b26"
        #expect(
            advisory.affected == [
                AffectedPackage(
                    scope: "PyPI", name: "jinja2",
                    ranges: [
                        AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("2.10.1")]),
                        AffectedRange(kind: .git, events: [.introduced("0"), .fixed(commit)]),
                    ], versions: ["2.9", "2.10"])
            ])
    }

    @Test func aNoticeContainsItsRelatedCVEsAndSaysItsSeverityInWords() throws {
        let advisory = try Advisory.sample(Samples.notice)
        #expect(advisory.upstream == ["CVE-2022-3545", "CVE-2023-6817"])
        #expect(advisory.severities == [SeverityStatement(word: .high, origin: .vendor)])
    }

    @Test func aWithdrawnRecordKeepsItsDateAndWhyItOnlyInforms() throws {
        let advisory = try Advisory.sample(Samples.informational)
        #expect(advisory.withdrawn == 1_609_556_645)
        #expect(advisory.affected.map(\.urgency) == ["unmaintained"])
        #expect(advisory.severities == [])
    }

    @Test func anEntryWithoutPackageStandsUnderItsRepository() throws {
        let advisory = try Advisory.sample(Samples.gitOnly)
        #expect(advisory.affected.map(\.scope) == ["GIT"])
        #expect(advisory.affected.map(\.name) == ["https://github.com/python/cpython"])
        #expect(advisory.affected.map(\.versions) == [["v3.11.4"]])
        #expect(advisory.affected.map { $0.ranges.map(\.kind) } == [[.git]])
    }

    @Test(arguments: [
        ("DEBIAN-CVE-2024-1", ["CVE-2024-1"]), ("UBUNTU-CVE-2024-1", ["CVE-2024-1"]),
        ("ALPINE-CVE-2024-1", ["CVE-2024-1"]),
        ("CVE-2024-1", []), ("PYSEC-2024-1", []),
    ])
    func aViewDerivesFromItsCVEAlsoWithoutSayingSo(id: String, upstream: [String]) throws {
        #expect(try Advisory.sample(#"{"id":"\#(id)"}"#).upstream == upstream)
    }

    @Test(arguments: [
        ("PyPI", "Foo._-Bar", "foo-bar"), ("PyPI", "-a", "-a"), ("npm", "@Types/Node", "@Types/Node"),
        ("Packagist", "Symfony/HTTP", "symfony/http"), ("Debian:12", "openssl", "openssl"), ("Alpine:v3.18", "R", "r"),
        ("AlmaLinux:9", "NetworkManager", "NetworkManager"), ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
        ("Maven", "org.apache:Commons_Text", "org.apache:Commons_Text"),
        ("Go", "github.com/Masterminds/x", "github.com/masterminds/x"),
    ])
    func namesAreNormalisedAsLookUpsAre(scope: String, name: String, expected: String) throws {
        let record = #"{"id":"X","affected":[{"package":{"ecosystem":"\#(scope)","name":"\#(name)"}}]}"#
        #expect(try Advisory.sample(record).affected.map(\.name) == [expected])
    }

    @Test(
        arguments: [
            ("Go", "github.com/Masterminds/x", "github.com/Masterminds/x"), ("Go", "github.com/masterminds/x", nil),
            ("NuGet", "Newtonsoft.Json", "Newtonsoft.Json"), ("PyPI", "Django", nil), ("npm", "@Types/Node", nil),
        ] as [(String, String, String?)])
    func aNameIsShownAsItIsWrittenExceptUnderPyPI(scope: String, name: String, expected: String?) throws {
        let record = #"{"id":"X","affected":[{"package":{"ecosystem":"\#(scope)","name":"\#(name)"}}]}"#
        #expect(try Advisory.sample(record).affected.map(\.spelling) == [expected])
    }

    @Test(arguments: [
        ("GHSA-1", #""cna_assigner":1"#, SeverityStatement.Origin.github), ("CVE-1", #""cna_assigner":"x""#, .cna),
        ("CVE-1", #""x":1"#, .nvd), ("PYSEC-1", #""x":1"#, .nvd), ("BIT-1", #""x":1"#, .nvd),
        ("GO-1", #""x":1"#, .vendor),
        ("RLSA-1", #""x":1"#, .vendor),
    ])
    func theOriginOfASeverityFollowsThePublisher(id: String, own: String, origin: SeverityStatement.Origin) throws {
        let record =
            #"{"id":"\#(id)","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}],"database_specific":{\#(own)}}"#
        #expect(
            try Advisory.sample(record).severities
                == [SeverityStatement(vector: "AV:N/AC:L/Au:N/C:P/I:P/A:P", origin: origin)])
    }

    @Test(arguments: [
        (#""severity":[{"type":"Ubuntu","score":"negligible"}]"#, [SeverityStatement(word: .low, origin: .vendor)]),
        (#""database_specific":{"severity":"Moderate"}"#, [SeverityStatement(word: .medium, origin: .vendor)]),
        (
            #""database_specific":{"severity":"Unknown","cvss_v3_score":9.8}"#,
            [SeverityStatement(word: .critical, origin: .vendor)]
        ),
        (
            #""affected":[{"package":{"ecosystem":"OSS-Fuzz","name":"x"},"ecosystem_specific":{"severity":"MEDIUM"}}]"#,
            [SeverityStatement(word: .medium, origin: .vendor)]
        ),
        (
            #""affected":[{"package":{"ecosystem":"Bitnami","name":"x"},"severity":[{"score":"CVSS:3.1/AV:N"},{"score":"CVSS:3.1/AV:N"}]}]"#,
            [SeverityStatement(vector: "CVSS:3.1/AV:N", origin: .vendor)]
        ),
        (#""summary":"Critical: not a notice""#, []),
        (#""severity":[{"type":"CVSS_V3","score":"9.8"},{"type":"CVSS_V3"},7]"#, []),
    ])
    func severitiesAreFoundWhereverTheyAre(fields: String, expected: [SeverityStatement]) throws {
        #expect(try Advisory.sample(#"{"id":"TEST-1",\#(fields)}"#).severities == expected)
    }

    @Test func textsAreCutOnACharacterBoundary() throws {
        let long = String(repeating: "é", count: 5_000)
        let advisory = try Advisory.sample(#"{"id":"X","summary":"a\#(long)","details":"a\#(long)"}"#)
        #expect(advisory.summary == "a" + String(repeating: "é", count: 199))
        #expect(advisory.details == "a" + String(repeating: "é", count: 2_047))
        // Looking for the line must not cut a character either.
        let spaces = String(repeating: " ", count: 1_599)
        #expect(try Advisory.sample(#"{"id":"X","summary":"\#(spaces)é"}"#).summary == "")
        let links = (0..<20).map { #"{"url":"https://example.org/\#($0)"}"# }.joined(separator: ",")
        #expect(try Advisory.sample(#"{"id":"X","references":[\#(links)]}"#).references.count == 8)
    }

    @Test(arguments: [
        (#"[]"#, "the record is not an object"), (#"{}"#, "id is missing"), (#"{"id":null}"#, "id is missing"),
        (#"{"id":5}"#, "id is not a string"), (#"{"id":""}"#, "id is empty"),
        (#"{"id":"a b"}"#, "id is too long or holds spaces or control characters"),
        (#"{"id":"X","aliases":"CVE-1"}"#, "aliases is not an array"),
        (#"{"id":"X","aliases":[1]}"#, "aliases holds a non-string"),
        (#"{"id":"X","upstream":{}}"#, "upstream is not an array"),
        (#"{"id":"DSA-1","related":[null]}"#, "related holds a non-string"),
        (#"{"id":"X","withdrawn":true}"#, "withdrawn is not a string"),
        (#"{"id":"X","withdrawn":"2024-13-01"}"#, "withdrawn is not a date"),
        (#"{"id":"X","affected":{}}"#, "affected is not an array"),
        (#"{"id":"X","affected":[3]}"#, "affected[0] is not an object"),
        (#"{"id":"X","affected":[{},{"package":[]}]}"#, "affected[1].package.ecosystem is missing"),
        (#"{"id":"X","affected":[{"package":{"ecosystem":"npm"}}]}"#, "affected[0].package.name is missing"),
        (#"{"id":"X","affected":[{"package":{"ecosystem":"","name":"a"}}]}"#, "affected[0].package.ecosystem is empty"),
        (#"{"id":"X","affected":[{"versions":[1.0]}]}"#, "affected[0].versions holds a non-string"),
        (#"{"id":"X","affected":[{"ranges":1}]}"#, "affected[0].ranges is not an array"),
        (#"{"id":"X","affected":[{"ranges":[1]}]}"#, "affected[0].ranges[0] is not an object"),
        (#"{"id":"X","affected":[{"ranges":[{}]}]}"#, "affected[0].ranges[0].type is missing"),
        (
            #"{"id":"X","affected":[{"ranges":[{"type":"NEW"}]}]}"#,
            "affected[0].ranges[0].type is none of ECOSYSTEM, SEMVER and GIT"
        ),
        (#"{"id":"X","affected":[{"ranges":[{"type":"GIT"}]}]}"#, "affected[0].ranges[0].events is missing"),
        (
            #"{"id":"X","affected":[{"ranges":[{"type":"GIT","events":[{}]}]}]}"#,
            "affected[0].ranges[0].events holds an unknown event"
        ),
        (
            #"{"id":"X","affected":[{"ranges":[{"type":"GIT","events":[{"fixed":1}]}]}]}"#,
            "affected[0].ranges[0].events.fixed is not a string"
        ),
        (
            #"{"id":"X","affected":[{"ranges":[{"type":"GIT","repo":1,"events":[]}]}]}"#,
            "affected[0].ranges[0].repo is not a string"
        ),
    ])
    func aFaultInADecidingFieldNamesTheField(record: String, reason: String) {
        let issue = #expect(throws: FeedRecordIssue.self) { try Advisory.sample(record) }
        #expect(issue?.reason == reason)
    }

    /// Every member of every sample is replaced by every kind of value: a record either keeps its id or is set aside.
    @Test(arguments: Samples.all)
    func noFieldTrapsOnAnotherType(sample: String) throws {
        let tree = try JSONTree(JSONParser().parse(Array(sample.utf8)))
        let parser = JSONParser()
        for path in tree.paths() {
            for wrong in [
                "null", "true", "7", "-1.5e300", #""""#, #""text""#, "[]", "[[]]", "{}", #"{"a":{}}"#, "[null,1]",
            ] {
                let text = tree.replacing(path[...], with: wrong)
                let root = try parser.parse(Array(text.utf8))
                do throws(FeedRecordIssue) {
                    let advisory = try OSVFeed.parse(record: root, feed: .test)
                    #expect(!advisory.id.isEmpty)
                } catch {
                    #expect(!error.reason.isEmpty)
                }
            }
        }
    }
}
