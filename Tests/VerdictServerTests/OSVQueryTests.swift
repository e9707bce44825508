import Foundation
import Testing

@testable import Advisories
@testable import VerdictServer

struct OSVQueryTests {
    /// GHSA and PYSEC speak of one vulnerability, each with a range of its own; the third is of another package.
    static let records = [
        advisory("GHSA-aaaa-bbbb-cccc", aliases: ["CVE-2024-1111"]),
        advisory(
            "PYSEC-2024-7", aliases: ["CVE-2024-1111", "GHSA-aaaa-bbbb-cccc"],
            events: [.introduced("1.5"), .fixed("2.1")]),
        advisory("GHSA-dddd-eeee-ffff", aliases: ["CVE-2024-2222"], name: "other"),
        advisory("PYSEC-2020-1", withdrawn: 1_650_000_000),
    ]

    @Test(arguments: [
        ("1.0", ["GHSA-aaaa-bbbb-cccc"]),
        ("1.9", ["GHSA-aaaa-bbbb-cccc", "PYSEC-2024-7"]),
        ("2.0.5", ["PYSEC-2024-7"]),
        ("2.1", []),
    ]) func eachAdvisoryIsJudgedByItsOwnRange(version: String, ids: [String]) throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let answer = responder.ask(
            "/v1/query", #"{"package":{"name":"tool","ecosystem":"PyPI"},"version":"\#(version)"}"#)
        #expect(answer.status == 200)
        #expect(try answer.ids == ids)
        if ids.isEmpty { #expect(answer.text == "{}") }
    }

    @Test(arguments: [
        #"{"package":{"purl":"pkg:pypi/tool@1.0"}}"#,
        #"{"package":{"purl":"pkg:pypi/tool"},"version":"1.0"}"#,
        #"{"package":{"name":"Tool","ecosystem":"PyPI","purl":""},"version":"1.0","commit":"","page_token":""}"#,
        #"{"package":{"name":"tool","ecosystem":"PyPI"},"version":"1.0","omit":{"path":"x","type":"y"},"commit":null}"#,
    ]) func onePackageMayBeNamedInSeveralWays(query: String) throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        #expect(try responder.ask("/v1/query", query).ids == ["GHSA-aaaa-bbbb-cccc"])
    }

    @Test(
        "a name is asked for in any of the spellings that its ecosystem takes for one",
        arguments: [
            ("NuGet", "Newtonsoft.Json", "newtonsoft.json"), ("Go", "github.com/Team/Tool", "github.com/team/tool"),
            ("PyPI", "Zope.Interface", "zope-interface"),
            ("SwiftURL", "github.com/Vapor/vapor", "github.com/vapor/vapor"),
        ]) func spellings(ecosystem: String, asked: String, filed: String) throws
    {
        let record = advisory("GHSA-aaaa-bbbb-cccc", feed: .osv(ecosystem), scope: ecosystem, name: filed)
        let responder = makeResponder(TestIndexes([try makeIndex([record])]))
        let query = #"{"package":{"name":"\#(asked)","ecosystem":"\#(ecosystem)"},"version":"1.0.0"}"#
        #expect(try responder.ask("/v1/query", query).ids == ["GHSA-aaaa-bbbb-cccc"])
    }

    @Test func withoutVersionEverythingStandingIsListed() throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        for query in [#"{"package":{"name":"tool","ecosystem":"PyPI"}}"#, #"{"package":{"purl":"pkg:pypi/tool"}}"#] {
            #expect(try responder.ask("/v1/query", query).ids == ["GHSA-aaaa-bbbb-cccc", "PYSEC-2024-7"])
        }
    }

    @Test func aCommitIsTakenAndFindsNothing() throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let answer = responder.ask("/v1/query", #"{"commit":"6879efc2c1596d11a6a6ad296f80063b558d5e0f"}"#)
        #expect(answer.status == 200)
        #expect(answer.text == "{}")
    }

    @Test(arguments: [
        ("", "The body is no JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "Invalid query."),
        (#"{"package":{"name":"tool"},"version":"1"}"#, "Invalid query."),
        (#"{"package":{"ecosystem":"PyPI"},"version":"1"}"#, "Invalid query."),
        (#"{"package":[],"version":"1"}"#, "\"package\" must be an object."),
        (#"{"package":{"name":1,"ecosystem":"PyPI"}}"#, "\"name\" must be a string."),
        (#"{"version":1.5}"#, "\"version\" must be a string."),
        (#"{"commit":"aa","version":"1"}"#, "not both"),
        (#"{"commit":"main"}"#, "Invalid hash."),
        (#"{"package":{"purl":"pkg:pypi/tool@1"},"version":"1"}"#, "version specified in params and PURL query"),
        (#"{"package":{"purl":"pkg:pypi/tool","name":"tool"}}"#, "name specified in a PURL query"),
        (#"{"package":{"purl":"pkg:pypi/tool","ecosystem":"PyPI"}}"#, "ecosystem specified in a PURL query"),
        (#"{"package":{"purl":"tool"}}"#, "Invalid Package URL."),
        (#"{"package":{"name":"tool","ecosystem":"Nowhere"},"version":"1"}"#, "Invalid ecosystem."),
        (#"{"package":{"name":"tool","ecosystem":"PyPI"},"page_token":"?"}"#, "Invalid page token."),
        (#"{"package":{"name":"tool","ecosystem":"PyPI"},"page_token":"YQ"}"#, "Invalid page token."),
    ]) func refusalsSayWhy(query: String, message: String) throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let answer = responder.ask("/v1/query", query)
        #expect(answer.status == 400)
        let error = try answer.json
        #expect(error["code"] as? Int == 3)
        #expect((error["message"] as? String)?.contains(message) == true, "\(answer.text)")
        #expect(error.count == 2, "as OSV.dev has it")
    }

    @Test func distributionsMayBeNamedWithoutRelease() throws {
        let index = try makeIndex([
            advisory(
                "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-1"], scope: "Debian:12", name: "openssl",
                events: [.introduced("0"), .fixed("3.0.11-1")]),
            advisory(
                "DSA-2-1", feed: .osv("Debian"), upstream: ["CVE-2024-2"], scope: "Debian:11", name: "openssl",
                events: [.introduced("0"), .fixed("1.1.1w-0")]),
        ])
        let responder = makeResponder(TestIndexes([index]))
        func ids(_ ecosystem: String, _ version: String) throws -> [String] {
            try responder.ask(
                "/v1/query", #"{"package":{"name":"openssl","ecosystem":"\#(ecosystem)"},"version":"\#(version)"}"#
            ).ids
        }
        #expect(try ids("Debian:12", "1.1.1n-0") == ["DSA-1-1"])
        #expect(try ids("Debian:11", "1.1.1n-0") == ["DSA-2-1"])
        #expect(try ids("Debian", "1.1.1n-0") == ["DSA-1-1", "DSA-2-1"])
        #expect(try ids("Debian:10", "1.1.1n-0") == [])
        let byPurl = responder.ask("/v1/query", #"{"package":{"purl":"pkg:deb/debian/openssl@1.1.1n-0?arch=source"}}"#)
        #expect(try byPurl.ids == ["DSA-1-1", "DSA-2-1"])
        let released = responder.ask(
            "/v1/query", #"{"package":{"purl":"pkg:deb/debian/libssl3@3.0.9-1?distro=debian-12&upstream=openssl"}}"#)
        #expect(try released.ids == ["DSA-1-1"])
    }

    @Test func aBatchKeepsItsOrder() throws {
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]))
        let answer = responder.ask(
            "/v1/querybatch",
            """
            {"queries":[{"package":{"purl":"pkg:pypi/other@1.0"}},{"package":{"purl":"pkg:pypi/none@1.0"}},{"commit":"00"},
            {"package":{"purl":"pkg:pypi/tool@1.0"}}]}
            """)
        let results = try answer.json["results"] as? [NSDictionary] ?? []
        #expect(results.map { Answer.ids($0) } == [["GHSA-dddd-eeee-ffff"], [], [], ["GHSA-aaaa-bbbb-cccc"]])
        let first = (results.first?["vulns"] as? [NSDictionary])?.first
        #expect(first == ["id": "GHSA-dddd-eeee-ffff", "modified": "2023-11-14T22:13:20Z"])
    }

    @Test func aBatchHasALimitAndOneBadQueryRefusesIt() throws {
        var limits = ServerLimits()
        limits.queries = 3
        let responder = makeResponder(TestIndexes([try makeIndex(Self.records)]), limits: limits)
        func status(_ count: Int) -> UInt {
            let queries = Array(repeating: #"{"commit":"00"}"#, count: count).joined(separator: ",")
            return responder.ask("/v1/querybatch", #"{"queries":[\#(queries)]}"#).status
        }
        #expect(status(3) == 200)
        #expect(status(4) == 400)
        #expect(responder.ask("/v1/querybatch", #"{"queries":[{"commit":"00"},{}]}"#).status == 400)
        #expect(responder.ask("/v1/querybatch", #"{"queries":[1]}"#).status == 400)
        #expect(responder.ask("/v1/querybatch", #"{"queries":{}}"#).status == 400)
        #expect(responder.ask("/v1/querybatch", "{}").text == #"{"results":[]}"#)
    }
}

struct OSVPagingTests {
    private static func many(_ count: Int) -> [Advisory] {
        (0..<count).map { advisory("PYSEC-2024-\(1000 + $0)", aliases: ["CVE-2024-\(1000 + $0)"]) }
    }

    private static let query = #""package":{"name":"tool","ecosystem":"PyPI"},"version":"1.0""#

    private static func list(_ responder: Responder, whileReading: (Int) -> Void = { _ in }) throws -> [[String]] {
        var pages: [[String]] = []
        var token = ""
        repeat {
            let answer = responder.ask("/v1/query", "{\(query),\"page_token\":\"\(token)\"}")
            try #require(answer.status == 200, "\(answer.text)")
            pages.append(try answer.ids)
            token = try answer.json["next_page_token"] as? String ?? ""
            whileReading(pages.count)
        } while !token.isEmpty && pages.count < 100
        return pages
    }

    @Test func pagesHoldEverythingOnce() throws {
        var limits = ServerLimits()
        limits.pageResults = 3
        let responder = makeResponder(TestIndexes([try makeIndex(Self.many(7))]), limits: limits)
        let pages = try Self.list(responder)
        #expect(pages.map(\.count) == [3, 3, 1])
        #expect(pages.flatMap(\.self) == (0..<7).map { "PYSEC-2024-\(1000 + $0)" })
    }

    @Test func aFullPageAtTheEndHasNoToken() throws {
        var limits = ServerLimits()
        limits.pageResults = 3
        let responder = makeResponder(TestIndexes([try makeIndex(Self.many(3))]), limits: limits)
        #expect(try Self.list(responder).map(\.count) == [3])
    }

    @Test func pagesAreBoundedInBytesButNeverEmpty() throws {
        var limits = ServerLimits()
        limits.pageBytes = 1
        let responder = makeResponder(TestIndexes([try makeIndex(Self.many(4))]), limits: limits)
        #expect(try Self.list(responder).map(\.count) == [1, 1, 1, 1])
    }

    @Test func aListingStaysWithTheIndexItBeganWith() throws {
        var limits = ServerLimits()
        limits.pageResults = 2
        let older = try makeIndex(Self.many(5))
        let newer = try makeIndex([advisory("PYSEC-2024-9999", aliases: ["CVE-2024-9999"])])
        let indexes = TestIndexes([older])
        let responder = makeResponder(indexes, limits: limits)
        let pages = try Self.list(responder) { if $0 == 1 { indexes.use(newer) } }
        #expect(pages.flatMap(\.self) == (0..<5).map { "PYSEC-2024-\(1000 + $0)" })
        #expect(try Self.list(responder) == [["PYSEC-2024-9999"]])
    }

    @Test func aTokenOfAnIndexThatIsGoneIsRefused() throws {
        var limits = ServerLimits()
        limits.pageResults = 2
        let indexes = TestIndexes([try makeIndex(Self.many(5))])
        let responder = makeResponder(indexes, limits: limits)
        let token = try responder.ask("/v1/query", "{\(Self.query)}").json["next_page_token"] as? String ?? ""
        indexes.use(try makeIndex(Self.many(6)), holdingOthers: false)
        let answer = responder.ask("/v1/query", "{\(Self.query),\"page_token\":\"\(token)\"}")
        #expect(answer.status == 400)
        #expect(answer.text.contains("no longer held"))
    }

    @Test func aBatchPagesEachQueryByItself() throws {
        var limits = ServerLimits()
        limits.pageResults = 2
        let responder = makeResponder(
            TestIndexes([
                try makeIndex(Self.many(3) + [advisory("PYSEC-2024-1", aliases: ["CVE-2024-1"], name: "other")])
            ]),
            limits: limits)
        let answer = responder.ask(
            "/v1/querybatch", #"{"queries":[{\#(Self.query)},{"package":{"purl":"pkg:pypi/other@1.0"}}]}"#)
        let results = try answer.json["results"] as? [NSDictionary] ?? []
        #expect(results.map { Answer.ids($0).count } == [2, 1])
        #expect(results.map { $0["next_page_token"] != nil } == [true, false])
    }
}
