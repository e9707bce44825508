import DataServersTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import RedisClient
import Settings
import Stores
import Testing
import Wire

@testable import Gateway

/// Companies and agents have quotas, are told how they stand, and starve nobody else.
struct RateLimitTests {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func limiter(_ quota: Int, _ seconds: Int, capacity: Int = 100) -> RateLimiter {
        var limits = GatewayConfiguration.Limits()
        limits.companyRequests = RatePolicy(quota: quota, window: .seconds(seconds))
        return RateLimiter(limits: limits, isShared: true, capacity: capacity)
    }

    @Test func aBucketGivesItsQuotaAtOnceAndThenWhatFlowsIn() throws {
        let limiter = limiter(10, 20)
        let company = RateLimiter.Subject.company(CompanyID())
        func take(at seconds: Double) throws -> RateLimiter.Standing {
            try #require(limiter.take([company], now: Self.start.addingTimeInterval(seconds)))
        }
        for number in 1...10 {
            let standing = try take(at: 0)
            #expect(standing.retryAfter == nil)
            #expect(standing.header == "\"company\";r=\(10 - number);t=\(2 * number)")
            #expect(standing.policyHeader == "\"company\";q=10;w=20")
        }
        #expect(try take(at: 0).retryAfter == 2)
        #expect(try take(at: 1.5).retryAfter == 1, "a refused request costs nothing")
        #expect(try take(at: 2).retryAfter == nil)
        #expect(try take(at: 2).retryAfter == 2)
        #expect(try take(at: 100).remaining == 9)
        #expect(limiter.take([.company(CompanyID())], now: Self.start)?.remaining == 9, "another company")
    }

    @Test func whoIsRefusedByOneBucketTakesFromNone() throws {
        var limits = GatewayConfiguration.Limits()
        limits.agentRequests = RatePolicy(quota: 2, window: .seconds(60))
        limits.fleetRequests = RatePolicy(quota: 10, window: .seconds(60))
        let limiter = RateLimiter(limits: limits, isShared: false)
        let (company, loud, quiet) = (CompanyID(), AgentID(), AgentID())
        for _ in 1...20 { _ = limiter.take([.agent(loud), .fleet(company)], now: Self.start) }
        let standing = limiter.take([.agent(loud), .fleet(company)], now: Self.start)
        #expect(standing?.name == "agent")
        #expect(limiter.take([.agent(quiet), .fleet(company)], now: Self.start)?.retryAfter == nil)
        #expect(limiter.take([.fleet(company)], now: Self.start)?.remaining == 6)
    }

    @Test func memoryIsBounded() {
        let limiter = limiter(10, 20, capacity: 50)
        for _ in 0..<1_000 { _ = limiter.take([.company(CompanyID())], now: Self.start) }
        #expect(limiter.count <= 50)
    }

    @Test func aCompanyThatAsksTooOftenIsToldSoAndTheOtherIsServed() async throws {
        let installation = try await Installation {
            $0.limits.companyRequests = RatePolicy(quota: 3, window: .seconds(60))
        }
        try await installation.run { client async throws in
            let (red, blue) = (
                try await installation.token(installation.red.viewer),
                try await installation.token(installation.blue.viewer)
            )
            let limit = try #require(HTTPField.Name("RateLimit"))
            for (number, path) in ["/v1/me", "/v1/agents/none", "/v1/enrollment-tokens"].enumerated() {
                let reply = try await client.send(.get, path, token: red)
                #expect(
                    reply.headers[limit] == "\"company\";r=\(2 - number);t=\(20 * (number + 1))", "also when refused")
            }
            let refused = try await client.send(.get, "/v1/me", token: red)
            #expect(refused.refusal == "429 rate_limited")
            #expect(refused.headers[.retryAfter] == "20")
            #expect(refused.headers[limit] == "\"company\";r=0;t=60")
            #expect(try await client.send(.get, "/v1/me", token: blue).status == .ok)
            installation.clock.advance(seconds: 20)
            #expect(try await client.send(.get, "/v1/me", token: red).status == .ok)
            #expect(try await client.send(.get, "/-/healthy").headers[limit] == nil, "who is unknown has no bucket")
        }
    }

    @Test func anAgentThatAsksTooOftenIsToldSo() async throws {
        let installation = try await Installation {
            $0.limits.agentRequests = RatePolicy(quota: 2, window: .seconds(60))
        }
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let token = try await agent.token(client, installation.red.agentID)
            var replies: [String] = []
            for _ in 1...3 {
                let reply = try await agent.send(
                    client, .post, AgentProtocol.heartbeatPath, token: token, body: agent.heartbeat(nil))
                replies.append(reply.status == .ok ? "ok" : reply.refusal)
            }
            #expect(replies == ["ok", "ok", "429 rate_limited"])
        }
    }

    @Test(.enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(2)))
    func gatewaysShareOneQuotaAndGoOnAloneWithoutRedis() async throws {
        let server = try await LocalRedis.start()
        let client = try RedisClient(
            RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: server.port)]))
        defer { client.shutDown() }
        let shared = RedisRateLimits(client)
        let (here, there, company) = (limiter(10, 3_600), limiter(10, 3_600), CompanyID())
        for _ in 1...8 { #expect(here.take([.company(company)], now: Self.start)?.retryAfter == nil) }
        #expect(there.take([.company(company)], now: Self.start)?.remaining == 9, "nothing is known there yet")
        try await here.share(with: shared) { Self.start }
        try await there.share(with: shared) { Self.start }
        #expect(there.take([.company(company)], now: Self.start)?.remaining == 0, "8 there, 2 here")
        #expect(there.take([.company(company)], now: Self.start)?.retryAfter != nil)
        try await here.share(with: shared) { Self.start }
        try await there.share(with: shared) { Self.start }
        #expect(here.take([.company(company)], now: Self.start)?.retryAfter == nil, "hears of it with its next request")
        try await here.share(with: shared) { Self.start }
        #expect(here.take([.company(company)], now: Self.start)?.retryAfter != nil)
        server.kill()
        #expect(here.take([.company(CompanyID())], now: Self.start)?.remaining == 9)
        await #expect(throws: (any Error).self) { try await here.share(with: shared) { Self.start } }
        #expect(here.take([.company(company)], now: Self.start)?.retryAfter != nil, "what was known still holds")
    }
}

/// Pages of other origins get what the operator allows.
struct CrossOriginTests {
    private static let app = "https://app.example.com"

    @Test func pagesOfAllowedOriginsReadRepliesAndOthersDoNot() async throws {
        let installation = try await Installation { $0.allowedOrigins = [Self.app] }
        let allow = try #require(HTTPField.Name("Access-Control-Allow-Origin"))
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.viewer)
            for path in ["/v1/agents", "/v1/agents/none"] {
                let reply = try await client.send(.get, path, token: token, headers: ["Origin": Self.app])
                #expect(reply.headers[allow] == Self.app, "\(path), also when it is an error")
                #expect(reply.headers[.vary] == "Origin")
            }
            for origin in [
                "https://evil.example", "http://app.example.com", "https://app.example.com.evil.example", "null",
            ] {
                let reply = try await client.send(.get, "/v1/agents", token: token, headers: ["Origin": origin])
                #expect(reply.headers[allow] == nil, "\(origin)")
                #expect(reply.headers[.vary] == "Origin", "a cache must not give it to the other")
            }
            let preflight = ["Origin": Self.app, "Access-Control-Request-Method": "DELETE"]
            let asked = try await client.send(.options, "/v1/enrollment-tokens/x", headers: preflight)
            #expect(asked.status == .noContent)
            #expect(asked.headers[.accessControlAllowMethods] == "DELETE")
            #expect(asked.headers[.accessControlAllowHeaders] == "Authorization, Content-Type")
            #expect(asked.headers[.accessControlAllowCredentials] == nil, "no cookies, ever")
            let other = try await client.send(
                .options, "/v1/agents",
                headers: ["Origin": "https://evil.example", "Access-Control-Request-Method": "GET"])
            #expect(other.refusal == "405 method_not_allowed")
            // Cookies belong to the dashboard's own origin.
            let refresh = try await client.refresh(nil, headers: ["Origin": Self.app])
            #expect(refresh.refusal == "403 forbidden")
            let page = try await client.send(.get, "/", headers: ["Origin": Self.app])
            #expect(page.headers[allow] == nil)
        }
    }

    @Test(arguments: [
        "*", "app.example.com", "https://app.example.com/", "https://APP.example.com", "https://", "https://*.x",
    ])
    func whatIsNoOriginIsRefusedAtStart(_ origin: String) async throws {
        let installation = try await Installation { $0.allowedOrigins = [origin] }
        await #expect(throws: GatewayError.self) { _ = try await installation.application() }
    }

    @Test func withoutConfigurationNothingIsSaid() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let reply = try await client.send(.get, "/openapi.json", headers: ["Origin": Self.app])
            #expect(reply.headers[.accessControlAllowOrigin] == nil)
            #expect(reply.headers[.vary] == nil)
        }
    }
}
