import Foundation
import Matching
import PackageIdentity
import Testing

@testable import Advisories
@testable import VerdictServer

struct VerdictsTests {
    private static let records = [
        advisory("GHSA-aaaa-bbbb-cccc", aliases: ["CVE-2024-1111"]),
        advisory(
            "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-1"], scope: "Debian:12", name: "openssl",
            events: [.introduced("0"), .fixed("3.0.11-1")]),
    ]

    private func results(_ packages: String, _ more: String = "") throws -> (Answer, [NSDictionary]) {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let answer = responder.ask("/v1/verdicts", "{\"packages\":[\(packages)]\(more)}")
        return (answer, try answer.json["results"] as? [NSDictionary] ?? [])
    }

    @Test func packagesAreAnsweredInTheirOrder() throws {
        let (answer, results) = try results(
            """
            "pkg:pypi/tool@1.0", "pkg:pypi/tool@2.0", {"purl":"pkg:pypi/tool@1.9"},
            {"scope":"Debian:12","name":"openssl","version":"3.0.9-1"}, "pkg:brew/x@1", "nonsense",
            {"scope":"Debian:99","name":"openssl","version":"1"}
            """)
        #expect(answer.status == 200)
        let verdict: NSDictionary = [
            "vulnerability": "CVE-2024-1111", "status": "affected", "reason": "in_range", "fixed_version": "2.0",
            "advisories": ["GHSA-aaaa-bbbb-cccc"],
        ]
        #expect(results.count == 7)
        #expect(results[0] == ["verdicts": [verdict]])
        #expect(results[1] == [:])
        #expect(results[2] == ["verdicts": [verdict]])
        let debian = (results[3]["verdicts"] as? [NSDictionary])?.first
        #expect(debian?["vulnerability"] as? String == "CVE-2024-1")
        #expect(debian?["fixed_version"] as? String == "3.0.11-1")
        #expect(results[4] == ["covered": false])
        #expect(results[5]["error"] as? String != nil)
        #expect(results[6] == ["covered": false])
    }

    @Test func theAnswerNamesItsIndex() throws {
        let index = try makeIndex(Self.records)
        let answer = makeResponder(TestIndexes([index])).ask("/v1/verdicts", #"{"packages":[]}"#)
        #expect(answer.text == #"{"index":"\#(index.digest)","results":[]}"#)
        #expect(answer.headers.contains { $0 == ("ETag", "\"\(index.digest)\"") })
    }

    @Test func vulnerabilitiesAreDescribedOnceWhenAskedFor() throws {
        let (answer, _) = try results(#""pkg:pypi/tool@1.0","pkg:pypi/tool@1.1""#, #","vulnerabilities":true"#)
        let records = try answer.json["vulnerabilities"] as? [NSDictionary] ?? []
        #expect(records.compactMap { $0["id"] as? String } == ["CVE-2024-1111"])
        #expect(records.first?["aliases"] as? [String] == ["GHSA-aaaa-bbbb-cccc"])
        #expect(records.first?["severity"] as? String == "unknown")
        #expect(
            answer.text.contains(
                #""ssvc":{"decision":"track","exploitation":"none","automatable":false,"technical_impact":"partial","#
                    + #""mission":"medium","assumed":["exploitation","automatable","technical_impact","mission"]}"#))
        #expect(
            answer.text.contains(
                #""risk":{"value":18.0,"severity_part":18.0,"likelihood_part":0.0,"exploit_part":0.0,"#
                    + #""exploited_part":0.0}"#))
    }

    @Test(arguments: [
        "{}", #"{"packages":{}}"#, #"{"packages":[1]}"#, #"{"packages":[null]}"#, #"{"packages":[{}]}"#,
        #"{"packages":[{"scope":"PyPI"}]}"#, #"{"packages":[{"scope":"PyPI","name":"x","version":1}]}"#,
        #"{"packages":[],"vulnerabilities":"yes"}"#, "[]", "", "nonsense",
    ]) func whatIsNoRequestIsRefused(body: String) throws {
        let answer = makeResponder(TestIndexes([try makeIndex([])])).ask("/v1/verdicts", body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(
            try answer.json["reason"] as? String == "invalid_request" && answer.json["request_id"] as? String == "test")
    }

    @Test func aBinaryIsAskedForUnderItsSourceToo() throws {
        let record = advisory(
            "RHSA-2024:1", feed: .osv("Red Hat"), scope: "Red Hat:enterprise_linux:9", name: "curl",
            events: [.introduced("0"), .fixed("0:7.76.1-29.el9")])
        let purl =
            "pkg:rpm/redhat/libcurl@7.76.1-14.el9?arch=x86_64&distro=rhel-9.3&upstream=curl-7.76.1-14.el9.src.rpm"
        let index = try makeIndex([record])
        #expect(try index.verdicts(for: PackageURL(purl)).map(\.vulnerability) == ["RHSA-2024:1"])
        let answer = makeResponder(TestIndexes([index])).ask("/v1/verdicts", #"{"packages":["\#(purl)"]}"#)
        #expect(answer.text.contains(#""vulnerability":"RHSA-2024:1","status":"affected""#))
    }

    @Test func aNameIsTakenInAnySpellingOfItsEcosystem() throws {
        let responder = makeResponder(TestIndexes([try makeIndex([advisory("GHSA-aaaa-bbbb-cccc", name: "my-tool")])]))
        let answer = responder.ask(
            "/v1/verdicts", #"{"packages":[{"scope":"PyPI","name":"My.Tool","version":"1.0"}]}"#)
        #expect(answer.text.contains("GHSA-aaaa-bbbb-cccc"))
    }

    @Test func aBatchHasALimit() throws {
        var limits = ServerLimits()
        limits.packages = 2
        let responder = makeResponder(TestIndexes([try makeIndex([])]), limits: limits)
        #expect(responder.ask("/v1/verdicts", #"{"packages":["a","b"]}"#).status == 200)
        #expect(responder.ask("/v1/verdicts", #"{"packages":["a","b","c"]}"#).status == 400)
    }

    @Test func verdictsAreThoseOfTheIndex() throws {
        let index = try makeIndex(Self.records)
        let purl = "pkg:deb/debian/libssl3@3.0.9-1?distro=debian-12&upstream=openssl"
        let (_, results) = try results("\"\(purl)\"")
        let expected = index.verdicts(for: try PackageURL(purl))
        let names = (results[0]["verdicts"] as? [NSDictionary] ?? []).compactMap { $0["vulnerability"] as? String }
        #expect(names == expected.map(\.vulnerability))
        #expect(!names.isEmpty)
    }

    @Test func changesNameWhatDiffers() throws {
        let older = try makeIndex(Self.records)
        let newer = try makeIndex(Self.records + [advisory("PYSEC-2024-9", aliases: ["CVE-2024-9"], name: "new")])
        let indexes = TestIndexes([newer, older])
        let responder = makeResponder(indexes)
        let known = try responder.ask(.GET, "/v1/changes?since=\(older.digest)").json
        #expect(known["index"] as? String == newer.digest)
        #expect(known["names"] as? [NSDictionary] == [["scope": "PyPI", "name": "new"]])
        let gone = try responder.ask(.GET, "/v1/changes?since=00").json
        #expect(gone["names"] is NSNull)
    }

    @Test func explanationsAndVulnerabilitiesCanBeAsked() throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let explanation = try responder.ask(
            "/v1/explanation", #"{"package":"pkg:pypi/tool@2.0","vulnerability":"CVE-2024-1111"}"#
        ).json
        #expect(explanation["status"] as? String == "fixed")
        #expect(
            try responder.ask(.GET, "/v1/vulnerabilities/GHSA-aaaa-bbbb-cccc").json["id"] as? String == "CVE-2024-1111")
        #expect(responder.ask(.GET, "/v1/vulnerabilities/none").status == 404)
        #expect(responder.ask("/v1/explanation", #"{"package":"x","vulnerability":"y"}"#).status == 400)
    }
}

struct OperationTests {
    @Test func withoutAnIndexNothingIsAnsweredAndNothingReady() throws {
        let health = HealthStates.ready()
        let indexes = TestIndexes([])
        let responder = makeResponder(indexes, health: health)
        #expect(responder.ask(.GET, "/healthz").status == 200)
        #expect(responder.ask(.GET, "/readyz").status == 503)
        let refusal = responder.ask("/v1/verdicts", #"{"packages":[]}"#)
        #expect(refusal.status == 503)
        #expect(refusal.headers.contains { $0.0 == "Retry-After" })
        #expect(responder.ask(.GET, "/v1/status").status == 200)
        indexes.use(try makeIndex([]))
        #expect(responder.ask(.GET, "/readyz").status == 200)
        health.beginStopping()
        #expect(responder.ask(.GET, "/readyz").status == 503)
        #expect(responder.ask(.GET, "/healthz").status == 200)
    }

    @Test func metricsAreForThisMachineUnlessToldOtherwise() throws {
        let indexes = TestIndexes([])
        #expect(makeResponder(indexes).ask(.GET, "/metrics").text == "up 1\n")
        #expect(makeResponder(indexes).ask(.GET, "/metrics", isLocal: false).status == 404)
        #expect(makeResponder(indexes, exposesMetrics: true).ask(.GET, "/metrics", isLocal: false).status == 200)
    }

    @Test func wrongMethodsAndPathsAreTold() throws {
        let responder = makeResponder(TestIndexes([try makeIndex([])]))
        let refusal = responder.ask(.GET, "/v1/query")
        #expect(refusal.status == 405)
        #expect(refusal.headers.contains { $0 == ("Allow", "POST") })
        #expect(responder.ask(.POST, "/v1/status").status == 405)
        for path in ["/", "/v1", "/v1/vulns/", "/v1/vulns/a/b", "/v2/query", "", "/v1/vulns/{id}", "unknown"] {
            #expect(responder.ask(.GET, path).status == 404, "\(path)")
        }
    }

    @Test func everyRouteIsInTheDocument() throws {
        let document = try makeResponder(TestIndexes([])).ask(.GET, "/openapi.json").json
        let paths = document["paths"] as? NSDictionary ?? [:]
        let documented = Set(paths.allKeys.compactMap { $0 as? String })
        #expect(documented == Set(ServerRoute.allCases.filter { $0 != .unknown && !$0.isInternal }.map(\.rawValue)))
        for route in ServerRoute.allCases where route != .unknown && !route.isInternal {
            let methods = paths[route.rawValue] as? NSDictionary ?? [:]
            #expect(methods.allKeys as? [String] == [route.method.rawValue.lowercased()])
        }
    }
}
