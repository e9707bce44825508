import BoundedInput
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Inventory
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Stores
import Synchronization
import Testing
import Wire

@testable import Gateway

/// Heartbeats that say nothing new, signed with the key that comes with the token.
struct HeartbeatDeskTests {
    /// An agent that holds what it says, before a gateway of which both ways of an answer are in view.
    private final class Bench: Sendable {
        let installation: Installation
        let parts: GatewayParts
        let token: String
        let key: [UInt8]
        let digest = Inventory(Sample.packages).digest.description

        init(_ change: (inout GatewayConfiguration) -> Void = { _ in }) async throws {
            installation = try await Installation(on: .sqlite, change)
            parts = try await GatewayParts(
                configuration: installation.configuration, services: installation.services,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let credential = try #require(
                try await installation.store.fetchCredential(agentID: installation.red.agentID))
            let (token, key) = try await parts.authenticator.tokens.sign(agent: credential)
            self.token = token
            self.key = key.withUnsafeBytes(Array.init)
        }

        var agentID: AgentID { installation.red.agentID }

        func request(
            _ body: [UInt8], key: [UInt8]? = nil, skew: Int64 = 0, method: HTTPRequest.Method = .post,
            path: String = AgentProtocol.heartbeatPath, signedPath: String? = nil
        ) -> HTTPRequest {
            let authorization = "DPoP \(token)"
            let fields = RequestSignature.sign(
                method: method.rawValue, path: signedPath ?? path, authorization: authorization, body: body,
                key: key ?? self.key,
                now: Int64(installation.clock.now.timeIntervalSince1970) + skew)
            var headers: HTTPFields = [
                .contentType: "application/json", .authorization: authorization, .contentLength: String(body.count),
            ]
            for (name, value) in [
                ("Signature-Input", fields.input), ("Signature", fields.signature),
                ("Content-Digest", fields.contentDigest),
            ] { if let name = HTTPField.Name(name) { headers[name] = value } }
            return HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers)
        }

        func heartbeat(_ digest: String?) -> [UInt8] {
            TestAgent(key: .init(), clock: installation.clock).heartbeat(digest)
        }

        /// The long way.
        func route(_ head: HTTPRequest, _ body: [UInt8]) async throws -> Response {
            let source = ApplicationRequestContextSource(
                channel: EmbeddedChannel(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return try await parts.responder.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))),
                context: ConnectionContext(source: source))
        }

        func desk(_ head: HTTPRequest, _ body: [UInt8]) -> (head: HTTPResponse, body: ByteBuffer)? {
            parts.desk.answer(head, body: ByteBuffer(bytes: body))
        }

        /// One heartbeat by the long way, after which the desk knows the agent.
        func introduce() async throws {
            let body = heartbeat(digest)
            #expect(try await route(request(body), body).status == .ok)
        }
    }

    /// Without what is for browsers and for whoever counts requests: agents call many times a day, and nobody else gets here.
    @Test func whatWasInSyncIsAnsweredFromMemoryAsTheRouteAnswers() async throws {
        let bench = try await Bench()
        let body = bench.heartbeat(bench.digest)
        #expect(bench.desk(bench.request(body), body) == nil, "not known yet")
        let long = try await bench.route(bench.request(body), body)
        let short = try #require(bench.desk(bench.request(body), body))
        #expect(short.head.status == long.status)
        #expect(Set(short.head.headerFields.map(\.name)) == [.contentType, .contentLength])
        #expect(short.head.headerFields[.contentType] == long.headers[.contentType])
        let reply = try JSONDecoder().decode(HeartbeatReply.self, from: Data(short.body.readableBytesView))
        #expect(reply.action == .inSync && reply.base == nil)
        #expect(reply.heartbeatSeconds == bench.installation.configuration.heartbeatSeconds)
        let written = try Reply.json(reply)
        #expect(short.head.headerFields[.contentLength] == String(short.body.readableBytes))
        #expect(written.body.contentLength == short.body.readableBytes)
    }

    @Test func aSignatureWorksOnceInItsTimeForItsBody() async throws {
        let bench = try await Bench()
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        let request = bench.request(body)
        #expect(bench.desk(request, body) != nil)
        #expect(bench.desk(request, body) == nil, "used")
        #expect(try await bench.route(request, body).status == .unauthorized, "used on the other way, too")
        for wrong in [
            bench.request(body, skew: 301), bench.request(body, skew: -301),
            bench.request(body, key: Array(repeating: 0, count: 32)), bench.request(body, signedPath: "/x"),
        ] {
            #expect(bench.desk(wrong, body) == nil)
            #expect(try await bench.route(wrong, body).status == .unauthorized)
        }
        let other = bench.heartbeat(String(repeating: "0", count: 64))
        #expect(bench.desk(bench.request(body), other) == nil, "another body than was signed")
        #expect(try await bench.route(bench.request(body), other).status == .badRequest)
    }

    @Test func whatIsNewGoesTheLongWay() async throws {
        let bench = try await Bench()
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        let changed = bench.heartbeat(String(repeating: "0", count: 64))
        #expect(bench.desk(bench.request(changed), changed) == nil)
        let reply = try await bench.route(bench.request(changed), changed)
        #expect(reply.status == .ok)
        #expect(bench.desk(bench.request(changed), changed) == nil, "only what is in sync is remembered")
        #expect(bench.desk(bench.request(body), body) == nil, "and nothing of before")
        try await bench.introduce()
        #expect(bench.desk(bench.request(body), body) != nil)
        bench.parts.desk.forget(bench.agentID)
        #expect(bench.desk(bench.request(body), body) == nil)
    }

    @Test func thatNothingChangedIsUnderstoodOfAHeartbeatThatIsRemembered() async throws {
        let bench = try await Bench { $0.sessionCheckInterval = .seconds(3_600) }
        let whole = bench.heartbeat(bench.digest)
        let short = UnchangedHeartbeat.body(unchanged: RequestSignature.contentDigest(of: whole))
        let stranger = try await bench.route(bench.request(short), short)
        #expect(stranger.status == .conflict, "nothing is known yet")
        try await bench.introduce()
        let reply = try #require(bench.desk(bench.request(short), short))
        #expect(
            try JSONDecoder().decode(HeartbeatReply.self, from: Data(reply.body.readableBytesView)).action == .inSync)
        #expect(try await bench.route(bench.request(short), short).status == .ok, "also by the long way")
        let other = UnchangedHeartbeat.body(unchanged: RequestSignature.contentDigest(of: short))
        #expect(bench.desk(bench.request(other), other) == nil)
        #expect(try await bench.route(bench.request(other), other).status == .conflict)
        // It counts as seen, by either way.
        let (store, scope) = (bench.installation.store, bench.installation.red.scope)
        for isAtDesk in [true, false] {
            bench.installation.clock.advance(seconds: 1)
            let request = bench.request(short)
            if isAtDesk {
                #expect(bench.desk(request, short) != nil)
            } else {
                #expect(try await bench.route(request, short).status == .ok)
            }
            try await bench.parts.desk.write()
            let seen = try await store.fetchAgent(scope: scope, id: bench.agentID)?.summary.lastSeenAt
            #expect(seen == bench.installation.clock.now)
        }
    }

    @Test(arguments: [#"{"unchanged":7}"#, #"{"unchanged":null}"#, "{}"])
    func whatIsNeitherHeartbeatIsInvalid(text: String) async throws {
        let bench = try await Bench()
        let reply = try await bench.route(bench.request(Array(text.utf8)), Array(text.utf8))
        #expect(reply.status == .badRequest)
    }

    @Test func whereFewCallTheDeskStaysInformed() async throws {
        let bench = try await Bench { $0.sessionCheckInterval = .seconds(5) }
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        for _ in 0..<3 {
            bench.installation.clock.advance(seconds: 4)
            await bench.parts.desk.askWhoIsKeptOut()
            bench.installation.clock.advance(seconds: 4)
            #expect(bench.desk(bench.request(body), body) != nil)
        }
        try await bench.installation.store.setStanding(
            scope: bench.installation.red.scope, agentID: bench.agentID, standing: .quarantined, reason: "odd",
            at: bench.installation.clock.now)
        await bench.parts.desk.askWhoIsKeptOut()
        #expect(bench.desk(bench.request(body), body) == nil)
    }

    /// Those of agents that were answered at the desk, as long as there are places; all others go after the ordinary time.
    @Test func connectionsOfAgentsRestUntilTheNextHeartbeat() async throws {
        let bench = try await Bench {
            $0.limits.restingAgents = 1
            $0.heartbeatSeconds = 60
        }
        #expect(bench.parts.desk.rest == .seconds(96))
        try await bench.introduce()
        try Self.checkRest(bench, bench.heartbeat(bench.digest))
    }

    /// On one thread, as the channels demand.
    private static func checkRest(_ bench: Bench, _ body: [UInt8]) throws {
        func connect() throws -> EmbeddedChannel {
            let channel = EmbeddedChannel()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let ordinary = HTTPConnectionStateHandler(idleTimeout: .milliseconds(1), logger: logger)
            try channel.pipeline.syncOperations.addHandler(ordinary)
            try channel.pipeline.syncOperations.addHandler(HeartbeatHandler(desk: bench.parts.desk, logger: logger))
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
            return channel
        }
        /// Whether it is still there when an ordinary one is gone.
        func rests(_ channel: EmbeddedChannel, calls: Bool) throws -> Bool {
            if calls {
                try channel.writeInbound(HTTPRequestPart.head(bench.request(body)))
                try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(bytes: body)))
                try channel.writeInbound(HTTPRequestPart.end(nil))
            }
            // The handler looks at the real clock when the loop's says that it is time.
            Thread.sleep(forTimeInterval: 0.005)
            channel.embeddedEventLoop.advanceTime(by: .seconds(75))
            return channel.isActive
        }
        let first = try connect()
        #expect(try rests(first, calls: true))
        #expect(try rests(first, calls: true), "and again, in the place that it has")
        #expect(try !rests(try connect(), calls: false))
        #expect(try !rests(try connect(), calls: true), "there is no place")
        first.close(promise: nil)
        first.embeddedEventLoop.run()
        #expect(try rests(try connect(), calls: true), "there is again")
    }

    @Test func writingTellsTheStoreAndFindsOutWhatChangedElsewhere() async throws {
        let bench = try await Bench { $0.sessionCheckInterval = .seconds(3_600) }
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        let (store, scope) = (bench.installation.store, bench.installation.red.scope)
        func lastSeen() async throws -> Date? {
            try await store.fetchAgent(scope: scope, id: bench.agentID)?.summary.lastSeenAt
        }
        bench.installation.clock.advance(seconds: 60)
        let now = bench.installation.clock.now
        try await bench.introduce()
        bench.installation.clock.advance(seconds: 1)
        #expect(bench.desk(bench.request(body), body) != nil)
        #expect(try await lastSeen() == now, "not yet")
        try await bench.parts.desk.write()
        #expect(try await lastSeen() == now.addingTimeInterval(1))
        // Another gateway takes another inventory of the agent.
        try await store.receiveInventory(
            scope: scope, agentID: bench.agentID, inventory: Inventory(Sample.packages.prefix(1)), at: now)
        #expect(bench.desk(bench.request(body), body) != nil, "believes what it knew")
        try await bench.parts.desk.write()
        #expect(bench.desk(bench.request(body), body) == nil, "has heard of it")
        #expect(try await bench.route(bench.request(body), body).status == .ok)
        #expect(bench.desk(bench.request(body), body) == nil, "a delta was asked for, so there is nothing to remember")
    }

    @Test func whoIsKeptOutOrTooManyIsNotAnsweredHere() async throws {
        let bench = try await Bench { $0.limits.agentRequests = RatePolicy(quota: 2, window: .seconds(60)) }
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        #expect(bench.desk(bench.request(body), body) != nil)
        #expect(bench.desk(bench.request(body), body) == nil, "the third")
        #expect(try await bench.route(bench.request(body), body).status == .tooManyRequests)
        bench.installation.clock.advance(seconds: 60)
        try await bench.introduce()
        bench.parts.authenticator.barred.set(bench.agentID, isBarred: true)
        #expect(bench.desk(bench.request(body), body) == nil)
        #expect(try await bench.route(bench.request(body), body).status == .unauthorized)
        bench.parts.authenticator.barred.set(bench.agentID, isBarred: false)
        #expect(bench.desk(bench.request(body), body) != nil)
        bench.installation.clock.advance(seconds: 3)
        #expect(bench.desk(bench.request(body), body) == nil, "it is time to ask who is kept out")
    }

    @Test func anInventoryThatWasTakenIsAnsweredFromMemory() async throws {
        let bench = try await Bench()
        let lines = Inventory(Sample.packages).encoded() + Array("pkg:pypi/a@1\n".utf8)
        let body = Gzip.compress(lines)
        func put(_ body: [UInt8]) -> HTTPRequest {
            var head = bench.request(body, method: .put, path: AgentProtocol.inventoryPath)
            head.headerFields[.contentType] = AgentProtocol.inventoryMediaType
            head.headerFields[.contentEncoding] = "gzip"
            return head
        }
        #expect(!bench.parts.desk.takes(put(body)))
        #expect(try await bench.route(put(body), body).status == .accepted)
        #expect(bench.parts.desk.takes(put(body)))
        let reply = try #require(bench.desk(put(body), body))
        #expect(reply.head.status == .accepted)
        let digest = try Inventory(lines: lines, limit: 10).digest
        #expect(String(buffer: reply.body) == #"{"digest":"\#(digest)"}"#)
        #expect(bench.desk(put(body), body + [0]) == nil, "another body than was signed")
        let other = Gzip.compress(Inventory(Sample.packages).encoded())
        #expect(!bench.parts.desk.takes(put(other)))
        #expect(try await bench.route(put(other), other).status == .accepted)
        #expect(!bench.parts.desk.takes(put(body)), "it is the last one that counts")
    }

    @Test func repliesOnOneConnectionKeepTheirOrder() async throws {
        let bench = try await Bench()
        try await bench.introduce()
        let body = bench.heartbeat(bench.digest)
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            HeartbeatHandler(desk: bench.parts.desk, logger: Logger(label: "test")))
        func arrive(_ head: HTTPRequest, _ body: [UInt8]) throws {
            try channel.writeInbound(HTTPRequestPart.head(head))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(bytes: body)))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        func inbound() throws -> [HTTPRequestPart] {
            var parts: [HTTPRequestPart] = []
            while let part = try channel.readInbound(as: HTTPRequestPart.self) { parts.append(part) }
            return parts
        }
        func outbound() throws -> [HTTPResponsePart] {
            var parts: [HTTPResponsePart] = []
            while let part = try channel.readOutbound(as: HTTPResponsePart.self) { parts.append(part) }
            return parts
        }
        try arrive(bench.request(body), body)
        #expect(try inbound().isEmpty)
        #expect(try outbound().count == 3, "answered at once")
        let other = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/-/healthy")
        try arrive(other, [])
        try arrive(bench.request(body), body)
        #expect(try inbound().count == 6, "waits for the one before")
        #expect(try outbound().isEmpty)
        for _ in 0..<2 {
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
        }
        _ = try outbound()
        try arrive(bench.request(body), body)
        #expect(try outbound().count == 3)
        // What the desk leaves arrives whole, in pieces or not.
        let changed = bench.heartbeat(String(repeating: "0", count: 64))
        try arrive(bench.request(changed), changed)
        let parts = try inbound()
        #expect(parts.count == 3)
        if case .body(let buffer) = parts[1] { #expect(Array(buffer.readableBytesView) == changed) }
        _ = try? channel.finish()
    }

    @Test func tokensOfKeysThatAreGoneAreForgotten() async throws {
        let bench = try await Bench()
        let verified = try await bench.parts.authenticator.tokens.verify(
            bench.token, audience: AccessClaims.Audience.agents, scheme: "DPoP")
        #expect(verified.proofKey?.withUnsafeBytes(Array.init) == bench.key)
        #expect(bench.parts.authenticator.tokens.recall(bench.token, audience: AccessClaims.Audience.agents) != nil)
        #expect(bench.parts.authenticator.tokens.recall(bench.token, audience: AccessClaims.Audience.people) == nil)
        let ring = Keys(bench.installation.services.signingKeys())
        let tokens = AccessTokens(
            keys: { ring.keys }, lifetime: .seconds(600), now: bench.installation.services.now)
        _ = try await tokens.verify(bench.token, audience: AccessClaims.Audience.agents, scheme: "DPoP")
        #expect(tokens.recall(bench.token, audience: AccessClaims.Audience.agents) != nil)
        ring.keys = SigningKeys(Curve25519.Signing.PrivateKey())
        #expect(tokens.recall(bench.token, audience: AccessClaims.Audience.agents) == nil)
        await #expect(throws: APIError.self) {
            try await tokens.verify(bench.token, audience: AccessClaims.Audience.agents, scheme: "DPoP")
        }
    }

    @Test func aServerAnswersSignedHeartbeatsOfBothWays() async throws {
        let installation = try await Installation()
        try await installation.run(.live) { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let reply = try await agent.send(
                client, .post, AgentProtocol.tokenPath,
                body: Array(#"{"agent_id":"\#(installation.red.agentID)"}"#.utf8))
            let token = try #require(reply.json["access_token"].text)
            let key = try #require(reply.json["proof_key"].text.flatMap { Base64URL.decode($0) })
            let body = agent.heartbeat(Inventory(Sample.packages).digest.description)
            for _ in 0..<3 {
                let fields = RequestSignature.sign(
                    method: "POST", path: AgentProtocol.heartbeatPath, authorization: "DPoP \(token)", body: body,
                    key: key, now: Int64(installation.clock.now.timeIntervalSince1970))
                let beat = try await client.send(
                    .post, AgentProtocol.heartbeatPath, json: String(decoding: body, as: UTF8.self),
                    headers: [
                        "Authorization": "DPoP \(token)", "Signature-Input": fields.input,
                        "Signature": fields.signature,
                        "Content-Digest": fields.contentDigest,
                    ])
                #expect(beat.status == .ok)
                #expect(beat.json["action"].text == "in_sync")
                #expect(beat.headers[.contentType] == "application/json")
            }
        }
    }
}

/// Keys that a test changes.
private final class Keys: Sendable {
    private let state: Mutex<SigningKeys>

    init(_ keys: SigningKeys) { state = Mutex(keys) }

    var keys: SigningKeys {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
