import Matching
import PackageIdentity
import Synchronization
import Testing
import Verdicts

@testable import VerdictClient
@testable import VerdictServer

private let verdictPath = "POST /v1/internal/verdicts"

/// A whole HTTP answer.
private func http(_ status: String, _ headers: [String] = [], body: String = "") -> String {
    ([("HTTP/1.1 \(status)"), "Content-Length: \(body.utf8.count)", "Connection: close"] + headers + ["", body])
        .joined(separator: "\r\n")
}

/// Asks many times at once, and wants every answer whole.
private func askAll(_ client: RemoteVerdictService, _ mark: String, times: Int = 40) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<times {
            tasks.addTask {
                let range = number..<number + 20
                let batch = try await client.verdicts(for: tools(range))
                #expect(advisories(batch) == expected(mark, range))
            }
        }
        try await tasks.waitForAll()
    }
}

/// What endpoints do wrong, and that callers hear nothing of it as long as one of them answers.
struct FaultTests {
    private static let messageType = "Content-Type: application/vnd.zerotrace.verdicts"

    @Test(
        arguments: [
            ("hangs up", .hangUp),
            ("is cut in the head", .cut(after: 40)),
            ("is cut in the body", .cut(after: 700)),
            ("says 500", .answer(http("500 Internal Server Error", body: "{}"))),
            ("says 502 in HTML", .answer(http("502 Bad Gateway", ["Content-Type: text/html"], body: "<html>"))),
            ("says 404", .answer(http("404 Not Found"))),
            ("says 401", .answer(http("401 Unauthorized"))),
            ("redirects", .answer(http("302 Found", ["Location: http://127.0.0.1:1/"]))),
            ("is no HTTP", .answer("SSH-2.0-OpenSSH_9.2\r\n")),
            ("is another page", .answer(http("200 OK", ["Content-Type: text/html"], body: "<html>"))),
            ("is nothing", .answer(http("200 OK", [messageType]))),
            (
                "is nonsense",
                .answer(http("200 OK", [messageType], body: "ZTVM\u{1}\u{2}@" + String(repeating: "z", count: 99)))
            ),
            ("has no index", .answer(http("503 Service Unavailable", body: #"{"reason":"no_index"}"#))),
            ("holds another index", .answer(http("409 Conflict"))),
        ] as [(String, Relay.Fault)])
    func oneEndpointThatFailsCostsNoAnswer(_ name: String, _ fault: Relay.Fault) async throws {
        let index = try markedIndex("2001")
        try await Installation.with(
            [TestIndexes([index]), TestIndexes([index])], client: { $0.retries.share = 1 }
        ) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: fault)
            try await askAll(world.client, "2001")
            // With forty questions and two endpoints, the broken one was asked.
            #expect(world.relays[0].faults > 0)
        }
    }

    @Test func anEndpointKilledInTheMiddleCostsNoAnswer() async throws {
        let index = try markedIndex("2001")
        let indexes = [TestIndexes([index]), TestIndexes([index])]
        try await Installation.with(
            indexes,
            client: {
                $0.hedging.isOn = false
                $0.retries.share = 1
            }
        ) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: .hang)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await askAll(world.client, "2001") }
                // A request is under way there; now the endpoint dies.
                await world.relays[0].met(1)
                world.relays[0].goDown()
                try await tasks.waitForAll()
            }
            try await askAll(world.client, "2001")
        }
    }

    @Test func aSlowEndpointIsOvertaken() async throws {
        let index = try markedIndex("2001")
        let configure = { (configuration: inout RemoteVerdictConfiguration) in
            configuration.hedging.most = .milliseconds(30)
            configuration.hedging.share = 1
        }
        try await Installation.with([TestIndexes([index]), TestIndexes([index])], client: configure) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: .hang)
            // Without a second request each of those sent there would take a minute.
            try await askAll(world.client, "2001")
            #expect(world.relays[0].faults > 0)
            #expect(world.metricsText.contains(#"verdict_client_hedges_total{outcome="won"}"#))
            // After three of them it is left alone.
            #expect(world.metricsText.contains("verdict_client_breaker_state{endpoint=\"\(world.relays[0].url)\"} "))
        }
    }

    @Test func whoAsksToBeLeftAloneIs() async throws {
        let index = try markedIndex("2001")
        let refusal = http("503 Service Unavailable", ["Retry-After: 600"], body: #"{"reason":"overloaded"}"#)
        try await Installation.with(
            [TestIndexes([index]), TestIndexes([index])],
            client: {
                $0.concurrency = 1
                $0.retries.longestRest = .seconds(600)
            }
        ) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: .answer(refusal))
            try await askAll(world.client, "2001", times: 60)
            try await askAll(world.client, "2001", times: 60)
            #expect(world.relays[0].faults <= 1)
        }
    }

    @Test func whenAllAreAwayNothingIsSaidAndWhenTheyAreBackItIs() async throws {
        let index = try markedIndex("2001")
        let indexes = [TestIndexes([index]), TestIndexes([index])]
        try await Installation.with(
            indexes,
            client: {
                $0.retries.rest = .milliseconds(1)
                $0.breaker.longestPause = .milliseconds(100)
            }
        ) { world in
            #expect(await world.client.indexDigest == index.digest)
            for relay in world.relays { relay.goDown() }
            for _ in 0..<5 {
                await #expect {
                    try await world.client.verdicts(for: tools(0..<5))
                } throws: { error in
                    guard case .unavailable(let reason)? = error as? VerdictServiceError else { return false }
                    return world.relays.allSatisfy { reason.contains($0.url) }
                }
            }
            await #expect(throws: VerdictServiceError.self) { try await world.client.vulnerability("CVE-2001-1000") }
            // What was used last is still told, so that nobody takes it for an exchange.
            #expect(await world.client.indexDigest == index.digest)
            #expect(world.metricsText.contains("verdict_client_unanswered_total"))
            for relay in world.relays { relay.comeBack() }
            while (try? await world.client.verdicts(for: tools(0..<1))) == nil { await Task.yield() }
            try await askAll(world.client, "2001")
        }
    }

    @Test func whatIsKnownOfTheFeedsIsToldOnWithoutAskingAgain() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index])], client: { $0.statusTime = .seconds(3600) }) { world in
            let status = await world.client.status()
            #expect(status.feeds == Samples.feeds)
            world.relays[0].meet("GET /v1/internal/status", with: .hang)
            for _ in 0..<5 { #expect(await world.client.status() == status) }
            #expect(world.relays[0].faults == 0)
            // Another index is asked about at once.
            world.relays[0].meet(with: nil)
            let next = try markedIndex("2002")
            world.indexes[0].use(next)
            for await digest in world.client.indexDigests() where digest == next.digest { break }
            #expect(await world.client.status().indexDigest == next.digest)
        }
    }

    @Test func whatWasToldBeforeAnIndexWasInUseIsToldOnAfterwards() async throws {
        let index = try markedIndex("2001")
        let configure = { (configuration: inout RemoteVerdictConfiguration) in
            configuration.statusTime = .seconds(3600)
        }
        try await Installation.with([TestIndexes([index])], runsClient: false, client: configure) { world in
            let status = await world.client.status()
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet("GET /v1/internal/status", with: .hang)
            #expect(await world.client.status() == status)
            #expect(world.relays[0].faults == 0)
        }
    }

    @Test func whoAsksOfTheFeedsDoesNotWaitForAServiceThatIsSilent() async throws {
        let index = try markedIndex("2001")
        try await Installation.with(
            [TestIndexes([index])],
            client: {
                $0.statusTime = .zero
                $0.noticeTimeout = .milliseconds(50)
                // Who waited so long would be noticed.
                $0.connectTimeout = .seconds(36_000)
            }
        ) { world in
            let status = await world.client.status()
            #expect(status.indexDigest == index.digest)
            world.relays[0].meet("GET /v1/internal/status", with: .hang)
            #expect(await world.client.status() == status)
        }
    }

    @Test func aServiceWithoutAnIndexHasNone() async throws {
        let indexes = [TestIndexes(), TestIndexes()]
        try await Installation.with(indexes) { world in
            await #expect(throws: VerdictServiceError.noIndex) { try await world.client.verdicts(for: tools(0..<5)) }
            #expect(await world.client.indexDigest == nil)
            let status = await world.client.status()
            #expect(status.indexDigest == nil)
            #expect(status.feeds == Samples.feeds)
            // One of them gets one: it is enough.
            indexes[1].use(try markedIndex("2001"))
            for await digest in world.client.indexDigests() {
                #expect(digest == indexes[1].index?.digest)
                break
            }
            try await askAll(world.client, "2001")
        }
    }

    @Test func aQuestionThatIsRefusedIsNotAskedAgain() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index])]) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: .answer(http("400 Bad Request", body: "no package URL")))
            await #expect(throws: VerdictServiceError.unavailable("no package URL")) {
                try await world.client.verdicts(for: tools(0..<5))
            }
            #expect(world.relays[0].faults == 1)
            // One poisoned question closes the way for no other.
            world.relays[0].meet(with: nil)
            try await askAll(world.client, "2001", times: 3)
        }
    }

    @Test func theSecretOpensTheWay() async throws {
        let index = try markedIndex("2001")
        let server = { (configuration: inout VerdictServerConfiguration) in configuration.secret = "word" }
        try await Installation.with([TestIndexes([index])], server: server, client: { $0.secret = "word" }) { world in
            try await askAll(world.client, "2001", times: 2)
        }
        for secret in [nil, "wor", "words", "Word"] {
            try await Installation.with([TestIndexes([index])], server: server, client: { $0.secret = secret }) {
                world in
                await #expect(throws: VerdictServiceError.self) { try await world.client.verdicts(for: tools(0..<2)) }
            }
        }
    }

    @Test func itAnswersWithoutRunning() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index]), TestIndexes([index])], runsClient: false) { world in
            try await askAll(world.client, "2001")
        }
    }

    @Test func whoGivesUpIsLetGo() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index])]) { world in
            #expect(await world.client.indexDigest == index.digest)
            world.relays[0].meet(verdictPath, with: .hang)
            let call = Task { try await world.client.verdicts(for: tools(0..<2)) }
            await world.relays[0].met(1)
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            world.relays[0].meet(with: nil)
            try await askAll(world.client, "2001", times: 3)
        }
    }

    @Test func requestsAreCounted() async throws {
        let index = try markedIndex("2001")
        try await Installation.with([TestIndexes([index])]) { world in
            try await askAll(world.client, "2001", times: 3)
            let url = world.relays[0].url
            let text = world.metricsText
            for line in [
                "verdict_client_requests_total{endpoint=\"\(url)\",outcome=\"ok\",route=\"/v1/internal/verdicts\"}",
                "verdict_client_breaker_state{endpoint=\"\(url)\"} 0",
                "verdict_client_calls_total 3", "verdict_client_index_exchanges_total 1",
            ] { #expect(text.contains(line), "\(line)\n\(text)") }
        }
    }
}
