import Crypto
import Foundation
import Inventory
import LoopbackTesting
import Testing
import Wire

@testable import AgentKit

@Suite(.timeLimit(.minutes(15))) struct AgentTests {
    private let gateway = GatewayDouble()
    private let log = RecordedLog()
    private let state: TemporaryFolder
    private let machine: Machine

    init() throws {
        state = try TemporaryFolder()
        machine = try Machine(packages: ["a", "b"])
    }

    /// Runs the agent as long as the body takes.
    private func withAgent(
        token: String? = GatewayDouble.enrollmentToken, heartbeatSeconds: Int = 1, keySeconds: Int64 = 86_400,
        includesDeclared: Bool = false, reportsRunning: Bool = true,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let gateway = gateway
        try await LoopbackServer.with(handler: { gateway.serve($0) }) { server in
            let agent = Agent(
                configuration: AgentConfiguration(
                    server: server.url, token: token, stateFolder: state.path, root: machine.root,
                    includesDeclared: includesDeclared, reportsRunning: reportsRunning,
                    heartbeatSeconds: heartbeatSeconds, keySeconds: keySeconds),
                logger: log.logger, runningScanner: machine.runningScanner)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await agent.run() }
                group.addTask { try await body() }
                // The first to end is the body, or the agent with an error.
                try await group.next()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private func steps() -> [GatewayDouble.Step] { gateway.withState { $0.steps } }

    @Test func enrollsSendsEverythingAndThenOnlyCalls() async throws {
        try await withAgent { [gateway] in
            await gateway.until { $0.heartbeatDigests.count == 3 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .heartbeat, .heartbeat]))
        #expect(!steps().dropFirst(3).contains { $0 != .heartbeat })
        let digest = try Machine.digest(["a", "b"])
        gateway.withState { state in
            #expect(state.held?.digest == digest)
            #expect(Set(state.heartbeatDigests) == [digest.description])
            #expect(state.facts?.os?.id == "debian")
            #expect(state.facts?.droppedReports == 0)
            #expect(state.facts?.lastScan?.yields.contains("nice") == true)
            #expect(state.problems == [])
        }
    }

    /// A lock file installs nothing.
    @Test(arguments: [false, true])
    func whatIsOnlyDeclaredIsReportedWhenAskedFor(includesDeclared: Bool) async throws {
        try machine.folder.write("srv/yarn.lock", "ms@^2:\n  version \"2.0.0\"\n".utf8)
        try await withAgent(includesDeclared: includesDeclared) { [gateway] in
            await gateway.until { $0.heartbeatDigests.count == 1 }
        }
        let names = gateway.withState { $0.held?.packages.map(\.name) }
        #expect(names == (includesDeclared ? ["a", "b", "ms"] : ["a", "b"]))
    }

    @Test func whatIsInUseIsSentOnceWhenAskedForAndAgainWhenItChanges() async throws {
        gateway.withState { $0.running = .kept }
        try machine.listen([80])
        try await withAgent { [gateway, machine] in
            await gateway.until { $0.heartbeatDigests.count == 5 }
            try machine.listen([80, 443])
            try machine.install(["a"])
            await gateway.until { $0.runningStates.count == 2 && $0.steps.last == .heartbeat }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .heartbeat, .heartbeat]))
        gateway.withState { state in
            #expect(state.runningStates.map { $0.listeners.map(\.port) } == [[80], [80, 443]])
            let digests = state.runningStates.map(\.digest.description)
            #expect(state.runningDigests.prefix(5).allSatisfy { $0 == digests[0] })
            #expect(state.runningDigests.last == digests[1])
            #expect(state.problems == [])
        }
    }

    /// What no server asks for, none gets; and one that does not take it is not pestered.
    @Test(arguments: [
        (GatewayDouble.RunningManners.unknown, 0), (.forgotten, 1), (.refused(400), 1), (.refused(413), 1),
    ])
    func aServerThatDoesNotTakeWhatIsInUseIsServedAllTheSame(manners: GatewayDouble.RunningManners, sent: Int)
        async throws
    {
        gateway.withState { $0.running = manners }
        try machine.listen([80])
        try await withAgent { [gateway] in await gateway.until { $0.heartbeatDigests.count == 4 } }
        #expect(gateway.withState { $0.runningStates.count } == sent)
        #expect(gateway.withState { $0.held?.digest } == (try Machine.digest(["a", "b"])))
        #expect(gateway.withState { $0.problems } == [])
    }

    @Test func whatIsInUseIsNotLookedAtWhenItIsNotToBeReported() async throws {
        gateway.withState { $0.running = .kept }
        try machine.listen([80])
        try await withAgent(reportsRunning: false) { [gateway] in
            await gateway.until { $0.heartbeatDigests.count == 2 }
        }
        #expect(gateway.withState { $0.runningStates } == [])
        #expect(gateway.withState { $0.runningDigests } == [nil, nil])
        #expect(try AgentStatus(stateFolder: state.path, now: 0).restarts == nil)
    }

    @Test func whatIsTooMuchToBeSentIsSentInPart() throws {
        let long = String(repeating: "x", count: 400)
        let state = RunningState(
            restarts: (0..<256).map {
                .init(service: nil, program: "\($0)", packages: [long], files: [long])
            }, running: (0..<2_000).map { "pkg:generic/\($0)-\(long)" })
        let sent = AgentSession.sendable(state)
        #expect(try JSONEncoder().encode(sent).count <= AgentProtocol.runningLimit)
        #expect(sent.gaps == ["limit"] && !sent.restarts.isEmpty && !sent.running.isEmpty)
        let small = RunningState(running: ["pkg:generic/a"])
        #expect(AgentSession.sendable(small) == small)
    }

    @Test func anOldKeyIsReplacedAndReportsGoOn() async throws {
        try await withAgent(keySeconds: 0) { [gateway] in
            await gateway.until { $0.heartbeatDigests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .key, .token, .full, .heartbeat]))
        let key = try StoredKeys(state.path)
        #expect(key.current == gateway.withState { $0.key } || key.next == gateway.withState { $0.key })
        #expect(gateway.withState { $0.problems } == [])
    }

    /// The server has taken the key, and the agent hears nothing of it: neither while it runs nor when it starts anew.
    @Test(arguments: [false, true])
    func aLostReplyToAKeyDoesNotLockTheAgentOut(_ restarts: Bool) async throws {
        try await withAgent { [gateway] in await gateway.until { $0.heartbeatDigests.count == 1 } }
        let first = try #require(gateway.withState { $0.key })
        #expect(try StoredKeys(state.path) == StoredKeys(current: first, next: nil))
        gateway.withState { $0.losesKeyReply = true }
        try await withAgent(keySeconds: 0) { [gateway] in
            await gateway.until { $0.steps.filter { $0 == .key }.count == (restarts ? 1 : 2) }
        }
        let taken = try #require(gateway.withState { $0.key })
        #expect(taken != first)
        try await withAgent { [gateway] in
            let before = gateway.withState { $0.heartbeatDigests.count }
            await gateway.until { $0.heartbeatDigests.count == before + 2 }
        }
        #expect(try StoredKeys(state.path) == StoredKeys(current: taken, next: nil))
        #expect(gateway.withState { $0.problems } == [])
    }

    /// The public keys of the credential as it is kept.
    private struct StoredKeys: Equatable {
        let current: [UInt8]
        let next: [UInt8]?

        init(current: [UInt8], next: [UInt8]?) { (self.current, self.next) = (current, next) }

        init(_ folder: String) throws {
            let credential = try Credential.loadOrCreate(in: try StateFolder(path: folder))
            current = Array(credential.key.publicKey.rawRepresentation)
            next = credential.nextKey.map { Array($0.publicKey.rawRepresentation) }
        }
    }

    @Test func aChangeIsSeenAndSentAsADelta() async throws {
        try await withAgent(heartbeatSeconds: 3_600) { [gateway, machine] in
            await gateway.until { $0.steps.last == .heartbeat }
            try machine.install(["a", "c"])
            await gateway.until { $0.digests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .delta]))
        let digests = [try Machine.digest(["a", "b"]), try Machine.digest(["a", "c"])]
        #expect(gateway.withState { $0.digests } == digests)
        #expect(gateway.withState { $0.problems } == [])
    }

    /// A package database that is written anew with the same packages is read, and no reason to call.
    @Test func aScanThatFindsNothingNewMakesNoCall() async throws {
        try await withAgent(heartbeatSeconds: 3_600) { [gateway, machine, log] in
            await gateway.until { $0.steps.last == .heartbeat }
            try machine.install(["a", "b"])
            var scans = 0
            for await line in log.stream where line.contains("scanned") {
                scans += 1
                if scans == 2 { break }
            }
            try machine.install(["a", "c"])
            await gateway.until { $0.digests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .delta]))
        #expect(gateway.withState { $0.problems } == [])
    }

    /// Nothing can be written since the key was made. Whatever happens is reported, and when the agent starts anew it enrolls with the same key.
    @Test func aFullDiskStopsNoReports() async throws {
        let key = try StoredKeys(state.path).current
        let names =
            ["credential.json", "acknowledged.gz", "status.json"] + (1...3).map { "report-000000000000000\($0).gz" }
        for name in names {
            // Files are written under this name first.
            try FileManager.default.createDirectory(
                atPath: state.file(name + ".new"), withIntermediateDirectories: false)
        }
        try await withAgent(keySeconds: 0) { [gateway, machine] in
            await gateway.until { $0.heartbeatDigests.count == 2 }
            try machine.install(["a", "c"])
            await gateway.until { $0.digests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .heartbeat]))
        #expect(steps().filter { $0 == .delta }.count == 1, "the base is known, though it is not on disk")
        #expect(!steps().contains(.key), "a key that cannot be kept is not offered")
        #expect(log.lines.contains { $0.contains("credential not kept") })
        #expect(log.lines.contains { $0.contains("report kept in memory alone") })
        for name in names { try FileManager.default.removeItem(atPath: state.file(name + ".new")) }
        try await withAgent { [gateway] in
            let before = gateway.withState { $0.heartbeatDigests.count }
            await gateway.until { $0.heartbeatDigests.count == before + 2 }
        }
        #expect(gateway.withState { $0.held?.digest } == (try Machine.digest(["a", "c"])))
        #expect(try StoredKeys(state.path) == StoredKeys(current: key, next: nil))
        #expect(try Credential.loadOrCreate(in: try StateFolder(path: state.path)).isEnrolled)
        #expect(gateway.withState { $0.problems } == [])
    }

    @Test func aChangeAfterManyQuietCallsIsStillSeen() async throws {
        try await withAgent { [gateway, machine] in
            await gateway.until { $0.heartbeatDigests.count == 2 }
            try machine.install(["a"])
            await gateway.until { $0.digests.count == 2 }
        }
        #expect(gateway.withState { $0.held?.digest } == (try Machine.digest(["a"])))
    }

    @Test func aServerWithoutTheBaseGetsEverything() async throws {
        try await withAgent(heartbeatSeconds: 3_600) { [gateway, machine] in
            await gateway.until { $0.steps.last == .heartbeat }
            gateway.withState { $0.held = nil }
            try machine.install(["a", "c"])
            await gateway.until { $0.digests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .delta, .full]))
        #expect(gateway.withState { $0.held?.digest } == (try Machine.digest(["a", "c"])))
    }

    @Test(arguments: [HeartbeatReply.Action.sendFull, .sendDelta])
    func aServerThatHoldsAnotherStateIsBroughtToThisOne(action: HeartbeatReply.Action) async throws {
        gateway.withState { $0.actions = [action] }
        try await withAgent { [gateway] in
            await gateway.until { $0.heartbeatDigests.count == 2 }
        }
        #expect(steps().starts(with: [.enroll, .token, .full, .heartbeat, .full, .heartbeat]))
        #expect(gateway.withState { $0.problems } == [])
    }

    @Test func whatHappensWhileTheServerIsAwayArrivesInOrder() async throws {
        gateway.withState { $0.isAway = true }
        let spool = try #require(ChangeWatcher(paths: [state.path]))
        defer { spool.stop() }
        try await withAgent(heartbeatSeconds: 3_600) { [gateway, machine, state] in
            await gateway.until { $0.missed >= 1 }
            try machine.install(["c"])
            while Self.reports(in: state) < 2, !Task.isCancelled {
                await spool.signal.wait()
                spool.signal.clear()
            }
            gateway.withState { $0.isAway = false }
            try machine.install(["d"])
            await gateway.until { $0.digests.count == 3 && $0.steps.last == .heartbeat }
        }
        #expect(gateway.withState { $0.digests } == (try [["a", "b"], ["c"], ["d"]].map(Machine.digest)))
        #expect(gateway.withState { $0.problems } == [])
        #expect(Self.reports(in: state) == 0)
    }

    @Test func anotherRunGoesOnAsTheSameAgent() async throws {
        try await withAgent { [gateway] in await gateway.until { $0.steps.last == .heartbeat } }
        try machine.install(["a"])
        try await withAgent(token: nil) { [gateway] in await gateway.until { $0.digests.count == 2 } }
        #expect(steps().filter { $0 == .enroll }.count == 1)
        #expect(steps().filter { $0 == .full }.count == 1, "the second run starts from what was acknowledged")
        #expect(gateway.withState { $0.problems } == [], "and with the same key")
    }

    @Test func aTokenThatIsRefusedEndsTheRun() async throws {
        await #expect(throws: AgentError.refused(status: 401, code: "token_unknown", message: "no")) {
            try await withAgent(token: "wrong") { try await Task.sleep(for: .seconds(3_600)) }
        }
        #expect(steps() == [.enroll])
    }

    /// As when a request comes to a server whose clock is wrong, and the next one to another.
    @Test(arguments: [AgentErrorCode.clockSkew, .tokenExpired, .proofReplayed])
    func whatOneOfSeveralServersHasAgainstTheTimeEndsNoRun(_ code: AgentErrorCode) async throws {
        let now = Int64(Date().timeIntervalSince1970)
        gateway.withState { $0.scripted[.token] = [GatewayDouble.refusal(401, code, serverTime: now)] }
        try await withAgent { [gateway] in await gateway.until { $0.heartbeatDigests.count == 1 } }
        #expect(steps().starts(with: [.enroll, .token, .token, .full, .heartbeat]))
    }

    @Test func withoutATokenThereIsNothingToDo() async throws {
        await #expect(throws: AgentError.notEnrolled) {
            try await withAgent(token: nil) { try await Task.sleep(for: .seconds(3_600)) }
        }
        #expect(steps() == [])
    }

    @Test func cancellationEndsAWaitingAgent() async throws {
        gateway.withState { $0.isAway = true }
        // Returning at all is the point: the agent waits an hour, or for a server that is not there.
        try await withAgent(heartbeatSeconds: 3_600) { [gateway] in await gateway.until { $0.missed >= 1 } }
        gateway.withState { $0.isAway = false }
        try await withAgent(heartbeatSeconds: 3_600) { [gateway] in
            await gateway.until { $0.steps.last == .heartbeat }
        }
        #expect(steps() == [.enroll, .token, .full, .heartbeat])
    }

    @Test func noSecretIsEverLogged() async throws {
        gateway.withState { state in
            state.scripted[.enroll] = [.answer(500), GatewayDouble.refusal(429, .enrollmentUsedUp)]
            state.scripted[.heartbeat] = [GatewayDouble.refusal(401, .tokenExpired), .hangUp]
        }
        try await withAgent { [gateway, machine] in
            await gateway.until { $0.heartbeatDigests.count >= 1 }
            try machine.install(["a"])
            await gateway.until { $0.digests.count == 2 }
        }
        let folder = try StateFolder(path: state.path)
        let key = try Credential.loadOrCreate(in: folder).key.rawRepresentation
        let secrets =
            gateway.withState { $0.tokens + $0.proofs }
            + [GatewayDouble.enrollmentToken, Base64URL.encode(key), key.base64EncodedString(), "PRIVATE"]
        #expect(secrets.count > 8 && log.lines.count > 4)
        for line in log.lines {
            for secret in secrets { #expect(!line.contains(secret)) }
        }
    }

    private static func reports(in folder: TemporaryFolder) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("report-") && $0.hasSuffix(".gz") }.count
    }
}
