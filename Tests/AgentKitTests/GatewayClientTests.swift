import AsyncHTTPClient
import Crypto
import Foundation
import Inventory
import LoopbackTesting
import Testing
import Wire

@testable import AgentKit

@Suite(.timeLimit(.minutes(15))) struct GatewayClientTests {
    private let gateway = GatewayDouble()
    private let now = Int64(Date().timeIntervalSince1970)

    private static let facts = AgentFacts(
        host: HostFacts(hostname: "host", architecture: "x86_64"), agentVersion: "1", droppedReports: 0, warnings: [])

    /// Lends a client that talks to the gateway.
    private func withClient(_ body: (GatewayClient) async throws -> Void) async throws {
        let gateway = gateway
        try await LoopbackServer.with(handler: { gateway.serve($0) }) { server in
            try await body(client(of: server.url))
        }
    }

    private func client(of url: String) -> GatewayClient {
        GatewayClient(server: url, http: .shared, key: Curve25519.Signing.PrivateKey()) { [now] in now }
    }

    private func heartbeat(_ client: GatewayClient) async throws(AgentError) -> HeartbeatReply {
        try await client.heartbeat(HeartbeatRequest(digest: nil, facts: Self.facts), agentID: GatewayDouble.agentID)
    }

    private func enroll(_ client: GatewayClient) async throws(AgentError) -> EnrollReply {
        try await client.enroll(EnrollRequest(token: GatewayDouble.enrollmentToken, facts: Self.facts))
    }

    private var steps: [GatewayDouble.Step] { gateway.withState { $0.steps } }
    private var problems: [String] { gateway.withState { $0.problems } }

    @Test func oneTokenServesManyRequestsAndEveryProofStandsOnce() async throws {
        try await withClient { (client) async throws in
            #expect(try await enroll(client).agentID == GatewayDouble.agentID)
            for _ in 0..<5 { _ = try await heartbeat(client) }
        }
        #expect(steps == [.enroll, .token] + [GatewayDouble.Step](repeating: .heartbeat, count: 5))
        #expect(problems == [])
    }

    @Test func requestsAreSignedWithTheKeyThatComesWithTheToken() async throws {
        gateway.withState { $0.proofKey = Array(repeating: 7, count: RequestSignature.keyLength) }
        try await withClient { (client) async throws in
            for _ in 0..<3 { _ = try await heartbeat(client) }
        }
        #expect(steps == [.token, .heartbeat, .heartbeat, .heartbeat])
        #expect(gateway.withState { $0.signed } == 3)
        #expect(gateway.withState { $0.proofs.count } == 1, "the token's alone")
        #expect(problems == [])
    }

    private func signs() {
        gateway.withState {
            $0.proofKey = Array(repeating: 7, count: RequestSignature.keyLength)
            $0.actions = Array(repeating: .inSync, count: 20)
        }
    }

    @Test func whatDidNotChangeIsNotSaidAgain() async throws {
        signs()
        try await withClient { (client) async throws in
            for _ in 0..<4 { #expect(try await heartbeat(client).action == .inSync) }
            #expect(gateway.withState { $0.unchanged } == 3)
            let other = HeartbeatRequest(digest: String(repeating: "0", count: 64), facts: Self.facts)
            _ = try await client.heartbeat(other, agentID: GatewayDouble.agentID)
            _ = try await client.heartbeat(other, agentID: GatewayDouble.agentID)
            #expect(gateway.withState { $0.unchanged } == 4)
        }
        #expect(steps == [.token] + [GatewayDouble.Step](repeating: .heartbeat, count: 6))
        #expect(problems == [])
    }

    @Test func whatTheServerForgotIsSaidInFull() async throws {
        signs()
        try await withClient { (client) async throws in
            for _ in 0..<2 { _ = try await heartbeat(client) }
            gateway.withState { $0.inSync = nil }
            for _ in 0..<2 { #expect(try await heartbeat(client).action == .inSync) }
        }
        #expect(gateway.withState { $0.unchanged } == 3)
        #expect(steps == [.token] + [GatewayDouble.Step](repeating: .heartbeat, count: 5), "one of them in vain")
        #expect(problems == [])
    }

    @Test func aHeartbeatThatWasNotInSyncIsSaidAgain() async throws {
        signs()
        gateway.withState { $0.actions = [.sendFull, .sendFull] }
        try await withClient { (client) async throws in
            for _ in 0..<2 { #expect(try await heartbeat(client).action == .sendFull) }
        }
        #expect(gateway.withState { $0.unchanged } == 0)
    }

    /// A server of before, and several that take turns and know nothing of one another.
    @Test(arguments: [(false, 1), (true, 3)])
    func whoDoesNotUnderstandIsNotAskedForEver(knowsUnchanged: Bool, misses: Int) async throws {
        signs()
        gateway.withState { $0.knowsUnchanged = knowsUnchanged }
        try await withClient { (client) async throws in
            for _ in 0..<8 {
                #expect(try await heartbeat(client).action == .inSync)
                gateway.withState { $0.inSync = nil }
            }
        }
        #expect(steps.filter { $0 == .heartbeat }.count == 8 + misses)
        #expect(problems == [])
    }

    @Test func aServerThatKnowsNoSignaturesGetsProofsWithTheSameToken() async throws {
        gateway.withState { $0.proofKey = Array(repeating: 7, count: RequestSignature.keyLength) }
        try await withClient { (client) async throws in
            _ = try await heartbeat(client)
            let detail = ErrorReply.Detail(code: "invalid_proof", message: "no", requestID: "r")
            let refusal = GatewayDouble.json(401, ErrorReply(error: detail))
            gateway.withState { $0.scripted[.heartbeat] = [refusal] }
            for _ in 0..<2 { _ = try await heartbeat(client) }
        }
        #expect(steps == [.token, .heartbeat, .heartbeat, .heartbeat, .heartbeat])
        #expect(gateway.withState { $0.signed } == 2, "the first and the refused one")
        #expect(gateway.withState { $0.proofs.count } == 3)
        #expect(problems == [])
    }

    @Test(arguments: [AgentErrorCode.tokenExpired, .proofReplayed])
    func aRefusedTokenIsReplacedOnce(code: AgentErrorCode) async throws {
        try await withClient { (client) async throws in
            gateway.withState { $0.scripted[.heartbeat] = [GatewayDouble.refusal(401, code)] }
            #expect(try await heartbeat(client).action == .sendFull)
            #expect(steps == [.token, .heartbeat, .token, .heartbeat])
            gateway.withState { state in
                state.scripted[.heartbeat] = [GatewayDouble.refusal(401, code), GatewayDouble.refusal(401, code)]
            }
            await #expect(throws: AgentError.refused(status: 401, code: code.rawValue, message: "no")) {
                try await heartbeat(client)
            }
        }
        #expect(steps.count == 7, "the old token, a new token, and no third try")
        #expect(problems == [])
    }

    @Test func aTokenIsRenewedBeforeItRunsOut() async throws {
        gateway.withState { $0.tokenLifetime = Int(GatewayClient.renewalMargin) }
        try await withClient { (client) async throws in
            for _ in 0..<2 { _ = try await heartbeat(client) }
        }
        #expect(steps == [.token, .heartbeat, .token, .heartbeat])
    }

    @Test(arguments: [-86_400, -400, 400, 86_400] as [Int64])
    func aWrongClockIsCorrectedByTheServers(offset: Int64) async throws {
        gateway.withState { $0.clockOffset = offset }
        try await withClient { (client) async throws in
            _ = try await enroll(client)
            _ = try await heartbeat(client)
        }
        #expect(steps == [.enroll, .enroll, .token, .heartbeat], "once corrected, it stays so")
        let times = gateway.withState { $0.issueTimes }
        #expect(abs(times[3] - times[0] - offset) <= 30)
        #expect(problems == [])
    }

    @Test func aClockThatGoesWrongWithATokenInHandIsCorrected() async throws {
        try await withClient { (client) async throws in
            _ = try await heartbeat(client)
            gateway.withState { $0.clockOffset = 4_000 }
            _ = try await heartbeat(client)
        }
        #expect(steps == [.token, .heartbeat, .heartbeat, .token, .heartbeat])
        #expect(problems == [])
    }

    @Test func aServerThatContradictsItselfAboutTheTimeIsNotAskedForEver() async throws {
        let time = now
        gateway.withState { state in
            state.scripted[.enroll] = [100, 200, 300].map {
                GatewayDouble.refusal(401, .clockSkew, serverTime: time + $0)
            }
        }
        try await withClient { (client) async throws in
            await #expect(throws: AgentError.self) { try await enroll(client) }
        }
        #expect(steps == [.enroll, .enroll])
    }

    @Test(arguments: [.min, -1, 253_402_300_800, .max] as [Int64])
    func aTimeThatNobodyBelievesIsNotTaken(serverTime: Int64) async throws {
        gateway.withState { $0.scripted[.enroll] = [GatewayDouble.refusal(401, .clockSkew, serverTime: serverTime)] }
        try await withClient { (client) async throws in
            await #expect(throws: AgentError.refused(status: 401, code: "clock_skew", message: "no")) {
                try await enroll(client)
            }
            _ = try await enroll(client)
        }
        #expect(steps == [.enroll, .enroll], "not tried with a time that is none, and served with its own")
        #expect(problems == [])
    }

    @Test(arguments: [(.min, 2), (-1, 2), (0, 2), (.max, 1)] as [(Int, Int)])
    func aTokenMayLiveForAnyNumberOfSeconds(lifetime: Int, tokens: Int) async throws {
        gateway.withState { $0.tokenLifetime = lifetime }
        try await withClient { (client) async throws in
            for _ in 0..<2 { _ = try await heartbeat(client) }
        }
        #expect(steps.filter { $0 == .token }.count == tokens)
        #expect(problems == [])
    }

    @Test(arguments: [(.min, 1), (0, 1), (1, 1), (300, 300), (86_400, 86_400), (.max, 86_400)] as [(Int, Int)])
    func aHeartbeatComesAtLeastOnceADay(asked: Int, seconds: Int) {
        #expect(AgentSession.period(asked) == seconds)
    }

    @Test func anUnknownAgentIsNotTriedAgain() async throws {
        gateway.withState { $0.scripted[.token] = [GatewayDouble.refusal(401, .unknownAgent)] }
        try await withClient { (client) async throws in
            await #expect(throws: AgentError.refused(status: 401, code: "unknown_agent", message: "no")) {
                try await heartbeat(client)
            }
        }
        #expect(steps == [.token])
    }

    @Test(
        arguments: [
            (.answer(500, body: Array("<html>".utf8)), .refused(status: 500, code: "none", message: "no explanation")),
            (.answer(503), .refused(status: 503, code: "none", message: "no explanation")),
            (
                .answer(302, headers: ["Location": "/elsewhere"]),
                .refused(status: 302, code: "none", message: "no explanation")
            ),
            (
                .answer(201, body: Array("{}".utf8)),
                .unexpectedAnswer("status 201 with a body that is no EnrollReply")
            ),
        ] as [(LoopbackServer.Reply, AgentError)])
    func answersThatAreNoneAreErrors(reply: LoopbackServer.Reply, error: AgentError) async throws {
        gateway.withState { $0.scripted[.enroll] = [reply] }
        let gateway = gateway
        try await LoopbackServer.with(handler: { gateway.serve($0) }) { server in
            try await withAgentClient(of: server.url) { (client) async throws in
                await #expect(throws: error) { try await enroll(client) }
            }
        }
        #expect(error.isTransient || error == .refused(status: 302, code: "none", message: "no explanation"))
    }

    @Test(
        arguments: [
            .hangUp, .cutShort([UInt8](repeating: 32, count: 100), after: 10),
            .answer(200, body: [UInt8](repeating: 32, count: GatewayClient.replyLimit + 1)),
        ] as [LoopbackServer.Reply])
    func brokenConnectionsAreToBeTriedAgain(reply: LoopbackServer.Reply) async throws {
        gateway.withState { $0.scripted[.enroll] = [reply] }
        try await withClient { (client) async throws in
            await #expect {
                try await enroll(client)
            } throws: { error in
                if case .unreachable = error as? AgentError { true } else { false }
            }
        }
    }

    @Test func aServerThatIsNotThereIsUnreachable() async throws {
        let server = try await LoopbackServer { _ in .hangUp }
        try await server.stop()
        try await withAgentClient(of: server.url) { (client) async throws in
            await #expect {
                try await enroll(client)
            } throws: { error in
                if case .unreachable = error as? AgentError { true } else { false }
            }
        }
    }

    /// As the agent connects: without redirects, and without retries that it does not know of.
    private func withAgentClient(of url: String, _ body: (GatewayClient) async throws -> Void) async throws {
        let settings = try TransportSettings.make(AgentConfiguration(server: "", stateFolder: ""))
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let client = GatewayClient(server: url, http: http, key: Curve25519.Signing.PrivateKey()) { [now] in now }
        do {
            try await body(client)
            try await http.shutdown()
        } catch {
            try await http.shutdown()
            throw error
        }
    }
}
