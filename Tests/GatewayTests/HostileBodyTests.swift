import BoundedInput
import Foundation
import HTTPTypes
import HummingbirdTesting
import Stores
import Testing
import Wire

@testable import Gateway

/// Every outside byte is hostile: what is wrong is named with its place, and nothing traps.
struct HostileBodyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        var headers: [String: String] = [:]
        let refusal: String
        let message: String

        var testDescription: String { name }
    }

    static let jsonCases: [Case] = [
        Case(name: "empty", body: [], refusal: "400 invalid_request", message: "body: malformed JSON"),
        Case(name: "cut off", body: Array(#"{"email":"a"#.utf8), refusal: "400 invalid_request", message: "at byte 11"),
        Case(name: "text behind", body: Array("{} x".utf8), refusal: "400 invalid_request", message: "at byte 3"),
        Case(
            name: "10,000 nested lists", body: Array(repeating: UInt8(ascii: "["), count: 10_000),
            refusal: "400 invalid_request", message: "nested deeper than 16 levels"),
        Case(
            name: "10,000 nested objects", body: Array(String(repeating: #"{"a":"#, count: 10_000).utf8),
            refusal: "400 invalid_request", message: "nested deeper than 16 levels"),
        Case(
            name: "invalid UTF-8", body: Array(#"{"email":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8),
            refusal: "400 invalid_request", message: "invalid UTF-8 at byte 10"),
        Case(
            name: "wrong type", body: Array(#"{"email":1,"password":"x"}"#.utf8), refusal: "400 invalid_request",
            message: "email: not a string"),
        Case(
            name: "null", body: Array(#"{"email":null,"password":"x"}"#.utf8), refusal: "400 invalid_request",
            message: "email: null, not a string"),
        Case(
            name: "missing", body: Array(#"{"email":"a"}"#.utf8), refusal: "400 invalid_request",
            message: "password: missing"),
        Case(name: "a list", body: Array("[]".utf8), refusal: "400 invalid_request", message: "body: not an object"),
        Case(
            name: "huge number", body: Array(#"{"email":1e999}"#.utf8), refusal: "400 invalid_request",
            message: "number is out of range"),
        Case(
            name: "too large", body: Array(repeating: UInt8(ascii: " "), count: 256 << 10 + 1),
            refusal: "413 too_large", message: "larger than 262144 bytes"),
        Case(
            name: "another type", body: Array("email=a".utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            refusal: "415 unsupported_media_type", message: "application/json"),
    ]

    @Test(arguments: jsonCases) func jsonBodies(_ hostile: Case) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            var headers = HTTPFields()
            headers[.contentType] = hostile.headers["Content-Type"] ?? "application/json"
            let reply = try await client.execute(
                uri: "/v1/auth/login", method: .post, headers: headers, body: .init(bytes: hostile.body)
            ) { $0 }
            #expect(reply.refusal == hostile.refusal)
            let message = reply.json["error"]["message"].text ?? ""
            #expect(message.contains(hostile.message), "\(message)")
            #expect(reply.json["error"]["request_id"].text?.isEmpty == false)
        }
    }

    static let good = Gzip.compress(Array("pkg:deb/debian/bash@5\n".utf8))
    static let inventory = ["Content-Type": AgentProtocol.inventoryMediaType, "Content-Encoding": "gzip"]

    static let inventoryCases: [Case] = [
        Case(
            name: "truncated gzip", body: good.dropLast(5), headers: inventory, refusal: "400 invalid_request",
            message: "ends too early"),
        Case(
            name: "no gzip", body: Array("hello".utf8), headers: inventory, refusal: "400 invalid_request",
            message: "damaged near byte"),
        Case(
            name: "garbage behind", body: good + [1, 2, 3], headers: inventory, refusal: "400 invalid_request",
            message: "followed by other bytes"),
        Case(
            name: "bomb", body: Gzip.compress(Array(repeating: 0x41, count: 33 << 20), level: 9), headers: inventory,
            refusal: "413 too_large", message: "unpacks to more than 33554432 bytes"),
        Case(
            name: "too large as sent", body: Array(repeating: 0, count: 4 << 20 + 1), headers: inventory,
            refusal: "413 too_large", message: "larger than 4194304 bytes"),
        Case(
            name: "not a purl", body: Gzip.compress(Array("pkg:deb/debian/bash@5\nnonsense\n".utf8)),
            headers: inventory, refusal: "400 invalid_request", message: "line 2"),
        Case(
            name: "invalid UTF-8", body: Gzip.compress(Array("pkg:deb/debian/ba".utf8) + [0xFF, 0x0A]),
            headers: inventory, refusal: "400 invalid_request", message: "line 1"),
        Case(
            name: "endless line", body: Gzip.compress(Array("pkg:deb/".utf8) + Array(repeating: 0x61, count: 1 << 20)),
            headers: inventory, refusal: "400 invalid_request", message: "line 1"),
        Case(
            name: "malformed delta", body: Gzip.compress(Array("base x\n".utf8)),
            headers: ["Content-Type": AgentProtocol.inventoryDeltaMediaType, "Content-Encoding": "gzip"],
            refusal: "400 invalid_request", message: "line 1"),
        Case(
            name: "another type", body: good, headers: ["Content-Type": "application/octet-stream"],
            refusal: "415 unsupported_media_type", message: AgentProtocol.inventoryMediaType),
        Case(
            name: "another coding", body: good,
            headers: ["Content-Type": AgentProtocol.inventoryMediaType, "Content-Encoding": "br"],
            refusal: "415 unsupported_media_type", message: "gzip"),
    ]

    @Test(arguments: inventoryCases) func inventoryBodies(_ hostile: Case) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let reply = try await agent.send(
                client, .put, AgentProtocol.inventoryPath, token: token, body: hostile.body, headers: hostile.headers)
            #expect(reply.refusal == hostile.refusal)
            let message = reply.json["error"]["message"].text ?? ""
            #expect(message.contains(hostile.message), "\(message)")
        }
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("sort=size", "sort"),
        ("state=gone", "state"), ("limit=", "limit"), ("state=", "state"), ("cursor=%FF", "cursor"),
        ("cursor=nonsense", "cursor"), ("cursor=", "cursor"), ("silent=", "silent"), ("silent=1", "silent"),
        ("q=" + String(repeating: "a", count: 201), "q"),
    ])
    func queries(_ query: String, _ name: String) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let reply = try await client.send(.get, "/v1/agents?\(query)", token: token)
            guard query != "cursor=%FF" else { return #expect(reply.status == .ok, "left out, as it is not UTF-8") }
            #expect(reply.refusal == "400 invalid_request")
            #expect(reply.json["error"]["message"].text?.hasPrefix("\(name):") == true)
        }
    }

    /// A search text is as long as JSON Schema counts: 200 code points, whatever they take in bytes.
    @Test func longTextsAreCountedInCodePoints() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let wide = String(repeating: "%F0%9F%98%80", count: 200)
            #expect(try await client.send(.get, "/v1/agents?q=\(wide)", token: token).status == .ok)
            #expect(try await client.send(.get, "/v1/agents?q=\(wide)a", token: token).refusal == "400 invalid_request")
            let accented = "e" + String(repeating: "\u{301}", count: 100)
            let label = try await client.send(
                .put, "/v1/agents/\(installation.red.agentID)/labels", token: token,
                json: #"{"labels":["\#(accented)"]}"#)
            #expect(label.refusal == "400 invalid_request", "one character of Swift's, 101 code points")
        }
    }

    @Test(arguments: [
        ("pci", true), ("två ord", true), ("😀", true), (" outer", false), ("outer\u{3000}", false), ("a,b", false),
        ("a\u{2028}b", false), ("a\u{7}b", false), ("", false), (String(repeating: "a", count: 101), false),
    ])
    func labels(_ label: String, _ isTaken: Bool) async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            let body = try String(decoding: JSONEncoder().encode(["labels": [label]]), as: UTF8.self)
            let reply = try await client.send(
                .put, "/v1/agents/\(installation.red.agentID)/labels", token: token, json: body)
            #expect((reply.status == .noContent) == isTaken)
            // The description says the same.
            let pattern = Document(.init(bytes: PackageResources.openapi_json))["components"]["schemas"][
                "LabelsRequest"]["properties"]["labels"]["items"]
            let isDescribed =
                try NSRegularExpression(pattern: try #require(pattern["pattern"].text)).firstMatch(
                    in: label, range: NSRange(location: 0, length: label.utf16.count)) != nil
                && label.unicodeScalars.count <= (pattern["maxLength"].int ?? 0)
            #expect(isDescribed == isTaken)
        }
    }

    /// Whoever proves nothing is told so, however large and wrong the body is.
    @Test(arguments: [AgentProtocol.enrollPath, AgentProtocol.tokenPath])
    func theProofComesBeforeTheBody(_ path: String) async throws {
        try await Installation().run { client async throws in
            for body in ["{}", #"{"a":"\#(String(repeating: "a", count: 300 << 10))"}"#] {
                let reply = try await client.send(.post, path, json: body)
                #expect(reply.refusal == "401 invalid_proof")
            }
        }
    }

    /// What no request comes of has the form of all replies, and the connection ends.
    @Test(arguments: [
        "GET /v1/agents?q=\(String(repeating: "a", count: 100 << 10)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /v1/agents HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 100 << 10))\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ])
    func brokenMessages(_ message: String) async throws {
        let installation = try await Installation()
        try await installation.run(.live) { client async throws in
            let port = try #require(client.port)
            let reply = try await RawConnection.exchange(message, port: port)
            #expect(reply.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(reply)")
            for line in ["content-type: application/json", "connection: close", "x-content-type-options: nosniff"] {
                #expect(reply.lowercased().contains(line), "\(line)")
            }
            #expect(reply.contains(#""code":"malformed_message""#))
        }
    }

    @Test func factsHaveBounds() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            let long = String(repeating: "h", count: 256)
            let body = String(decoding: agent.heartbeat(nil), as: UTF8.self).replacing(#""db""#, with: #""\#(long)""#)
            let reply = try await agent.send(
                client, .post, AgentProtocol.heartbeatPath, token: token, body: Array(body.utf8))
            #expect(reply.refusal == "400 invalid_request")
            #expect(reply.json["error"]["message"].text == "facts.hostname: longer than 255 bytes")
        }
    }

    @Test func otherMethodsAndPathsAreNamed() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let method = try await client.send(.delete, "/v1/agents")
            #expect(method.refusal == "405 method_not_allowed")
            #expect(method.headers[.allow] == "GET")
            #expect(try await client.send(.get, "/v1/nothing").refusal == "404 not_found")
            #expect(try await client.send(.post, "/somewhere").refusal == "404 not_found")
            #expect(try await client.send(.get, "/v1/agents/%FF/findings").refusal == "404 not_found")
            #expect(try await client.send(.get, "/v1/stream").refusal == "426 upgrade_required")
        }
    }
}
