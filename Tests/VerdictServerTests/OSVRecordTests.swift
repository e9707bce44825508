import Foundation
import Testing

@testable import Advisories
@testable import VerdictServer

struct OSVRecordTests {
    @Test func aRecordHoldsWhatClientsRead() throws {
        let index = try makeIndex([
            advisory(
                "PYSEC-2024-7", aliases: ["CVE-2024-1111", "GHSA-aaaa-bbbb-cccc"],
                events: [.introduced("0"), .fixed("1.2"), .introduced("1.5"), .lastAffected("1.9")],
                versions: ["1.0", "1.5"])
        ])
        let record = try makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/PYSEC-2024-7").json
        #expect(record["id"] as? String == "PYSEC-2024-7")
        #expect(record["aliases"] as? [String] == ["CVE-2024-1111", "GHSA-aaaa-bbbb-cccc"])
        #expect(record["summary"] as? String == "PYSEC-2024-7 in short")
        #expect(record["details"] as? String == "PYSEC-2024-7 \"at\" length")
        #expect(record["published"] as? String == "2020-09-13T12:26:40Z")
        #expect(record["modified"] as? String == "2023-11-14T22:13:20Z")
        #expect(record["withdrawn"] == nil)
        #expect(record["schema_version"] as? String == "1.7.0")
        #expect(
            record["references"] as? [NSDictionary] == [["type": "WEB", "url": "https://example.org/PYSEC-2024-7"]])
        let affected = (record["affected"] as? [NSDictionary])?.first
        #expect(affected?["package"] as? NSDictionary == ["name": "tool", "ecosystem": "PyPI"])
        #expect(affected?["versions"] as? [String] == ["1.0", "1.5"])
        let range = (affected?["ranges"] as? [NSDictionary])?.first
        #expect(range?["type"] as? String == "ECOSYSTEM")
        #expect(
            range?["events"] as? [NSDictionary] == [
                ["introduced": "0"], ["fixed": "1.2"], ["introduced": "1.5"], ["last_affected": "1.9"],
            ])
    }

    @Test("a package has the name that its publisher gives it, however it is asked for")
    func spelling() throws {
        var made = advisory(
            "GO-2024-1", feed: .osv("Go"), scope: "Go", name: "github.com/team/tool", events: [.introduced("0")])
        made.affected[0].spelling = "github.com/Team/Tool"
        let responder = makeResponder(TestIndexes([try makeIndex([made])]))
        let query = #"{"package":{"name":"github.com/team/tool","ecosystem":"Go"},"version":"1.0.0"}"#
        for answer in [responder.ask(.GET, "/v1/vulns/GO-2024-1"), responder.ask("/v1/query", query)] {
            #expect(answer.text.contains(#""name":"github.com/Team/Tool""#))
            #expect(!answer.text.contains("github.com/team/tool"))
        }
    }

    @Test func aDistributionsAdvisoryContainsVulnerabilitiesAndIsNone() throws {
        let index = try makeIndex([
            advisory(
                "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-1", "CVE-2024-2"], scope: "Debian:12",
                name: "openssl", events: [.introduced("0"), .fixed("3.0.11-1")])
        ])
        let record = try makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/DSA-1-1").json
        #expect(record["upstream"] as? [String] == ["CVE-2024-1", "CVE-2024-2"])
        #expect(record["aliases"] == nil)
    }

    @Test func repairsThatPythonCannotReadAreLeftOut() throws {
        // pip-audit ends its whole run on such a one.
        let index = try makeIndex([
            advisory(
                "PYSEC-2024-7", aliases: ["CVE-2024-1111"], events: [.introduced("0"), .fixed("1.0-final.sp1")],
                versions: ["0.9"])
        ])
        let record = makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/PYSEC-2024-7").text
        #expect(!record.contains("final"))
        #expect(record.contains(#""versions":["0.9"]"#))
    }

    @Test(arguments: [
        ("1.0", true), ("0.dev0", true), ("0", true), ("0a0.dev0", true), ("v1.0", true), ("1!2.0.post1+local.7", true),
        ("1.0-final.sp1", false), ("2004d-beta-x", false), ("foo", false), ("1.0 x", false),
    ]) func whatPythonReads(version: String, isReadable: Bool) {
        #expect(PythonVersions.isReadable(.fixed(version)) == isReadable)
    }

    @Test func semanticVersionsHaveAKindOfTheirOwn() throws {
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-bbbb-cccc", feed: .osv("npm"), aliases: ["CVE-2024-1"], scope: "npm", name: "left",
                events: [.introduced("0"), .fixed("1.0.0")])
        ])
        let record = makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/GHSA-aaaa-bbbb-cccc").text
        #expect(record.contains(#""type":"SEMVER""#))
    }

    @Test func withdrawnRecordsSaySo() throws {
        let index = try makeIndex([advisory("PYSEC-2020-1", withdrawn: 1_650_000_000)])
        let record = try makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/PYSEC-2020-1").json
        #expect(record["withdrawn"] as? String == "2022-04-15T05:20:00Z")
    }

    @Test(arguments: ["/v1/vulns/NOPE-1", "/v1/vulns/%ZZ", "/v1/vulns/%FF", "/v1/vulns/a%2Fb"])
    func unknownIdsAreNotFoundAsAtOSV(uri: String) throws {
        let answer = makeResponder(TestIndexes([try makeIndex([])])).ask(.GET, uri)
        #expect(answer.status == 404)
        #expect(try answer.json["code"] as? Int == 5)
        #expect(try answer.json["message"] as? String == "Bug not found.")
    }

    @Test func aCVEThatOnlyAdvisoriesNameIsKnown() throws {
        let index = try makeIndex([advisory("GHSA-aaaa-bbbb-cccc", aliases: ["CVE-2024-1111"])])
        let record = try makeResponder(TestIndexes([index])).ask(.GET, "/v1/vulns/CVE-2024-1111").json
        #expect(record["id"] as? String == "CVE-2024-1111")
        #expect(record["aliases"] as? [String] == ["GHSA-aaaa-bbbb-cccc"])
    }
}
