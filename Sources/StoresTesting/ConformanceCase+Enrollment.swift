import ConformanceTesting
import Foundation
import Inventory
@_spi(Minting) import Stores

extension ConformanceCase {
    static let enrollment: [ConformanceCase] = [
        ConformanceCase("an enrollment token is refused once used up, expired or revoked, and when unknown") { world in
            let scope = try await world.company("company")
            let single = try await world.token(scope, 1, uses: 1, expires: 100)
            _ = try await world.enroll(single, "a", key: 1)
            guard case .usedUp = try await enroll(world, single, key: 2, at: 2) else {
                throw failure("used up", single)
            }
            guard case .unknownToken = try await enroll(world, World.secret(99), key: 3, at: 2) else {
                throw failure("unknown", single)
            }
            let short = try await world.token(scope, 2, uses: 5, expires: 10)
            guard case .expired = try await enroll(world, short, key: 4, at: 10) else {
                throw failure("expired", short)
            }
            let tokens = try await world.store.fetchEnrollmentTokens(scope: scope)
            let id = try unwrap(tokens.first { $0.label == "token 2" }, "token").id
            try await world.store.revokeEnrollmentToken(scope: scope, id: id, at: world.at(5))
            try await world.store.revokeEnrollmentToken(scope: scope, id: id, at: world.at(6))
            guard case .revoked = try await enroll(world, short, key: 5, at: 7) else { throw failure("revoked", short) }
            let shown = try unwrap(
                try await world.store.fetchEnrollmentTokens(scope: scope).first { $0.id == id }, "token")
            try expect(shown.revokedAt, equals: world.at(5), "the first revocation stands")
            try await expect(throws: .notFound("enrollment token"), "unknown id") {
                try await world.store.revokeEnrollmentToken(scope: scope, id: EnrollmentTokenID(), at: world.at(8))
            }
        },
        ConformanceCase("the same key enrolls once, also when the token is used up by it") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope, 1, uses: 1)
            let agent = try await world.enroll(token, "host", key: 1)
            guard case .alreadyEnrolled(let credential) = try await enroll(world, token, key: 1, at: 5) else {
                throw failure("again", token)
            }
            try expect(credential.agentID, equals: agent)
            try expect(credential.companyName, equals: "company")
            try expect(try await world.store.fetchCredential(agentID: agent), equals: credential)
            try expect(try await world.store.fetchCredential(agentID: AgentID()), equals: nil)
            try expect(try await world.store.fetchEnrollmentTokens(scope: scope).map(\.uses), equals: [1])
            try expect(
                try await world.store.fetchEvents(scope: scope, after: EventID(rawValue: 0), limit: 10).count, equals: 1
            )
        },
        ConformanceCase("concurrent enrollments never exceed the uses of a token") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope, 1, uses: 5)
            let outcomes = try await withThrowingTaskGroup(of: EnrollmentOutcome.self) { group in
                for key in UInt64(0)..<12 { group.addTask { try await enroll(world, token, key: key, at: 1) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let enrolled = outcomes.filter { if case .enrolled = $0 { true } else { false } }.count
            let refused = outcomes.filter { if case .usedUp = $0 { true } else { false } }.count
            try expect([enrolled, refused], equals: [5, 7])
            try expect(try await world.store.fetchOverview(scope: scope, at: world.at(2)).agents, equals: 5)
        },
        ConformanceCase("one key enrolling many times at once makes one agent") { world in
            let scope = try await world.company("company")
            let token = try await world.token(scope, 1, uses: 3)
            try await withThrowingTaskGroup(of: EnrollmentOutcome.self) { group in
                for _ in 0..<8 { group.addTask { try await enroll(world, token, key: 1, at: 1) } }
                try await group.waitForAll()
            }
            try expect(try await world.store.fetchOverview(scope: scope, at: world.at(2)).agents, equals: 1)
            try expect(try await world.store.fetchEnrollmentTokens(scope: scope).map(\.uses), equals: [1])
        },
        ConformanceCase("a machine that enrolls again is what the company says") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope, 1, uses: 9)
            func enroll(_ key: UInt64, _ hostname: String) async throws -> EnrollmentOutcome {
                try await world.store.enrollAgent(
                    token: token, publicKey: World.secret(key).bytes, facts: World.facts(hostname), at: world.at(5))
            }
            func set(_ policy: ReenrollmentPolicy, _ scope: CompanyScope) async throws {
                try await world.store.setReenrollmentPolicy(scope: scope, policy, at: world.at(4))
            }
            try expect(try await world.store.fetchReenrollmentPolicy(scope: scope), equals: .allow)
            guard case .enrolled(let first) = try await enroll(1, "Web"), case .enrolled = try await enroll(2, "web")
            else { throw failure("allowed", token) }
            try await set(.refuse, other)
            try expect(try await world.store.fetchReenrollmentPolicy(scope: scope), equals: .allow, "another's")
            try await set(.refuse, scope)
            try expect(try await world.store.fetchReenrollmentPolicy(scope: scope), equals: .refuse)
            guard case .knownMachine = try await enroll(3, "WEB") else { throw failure("refused", token) }
            guard case .alreadyEnrolled = try await enroll(1, "web") else { throw failure("the same key", token) }
            guard case .enrolled = try await enroll(4, "db") else { throw failure("another machine", token) }
            try expect(
                try await world.store.fetchEnrollmentTokens(scope: scope).map(\.uses), equals: [3],
                "what is refused is not counted")
            try await set(.quarantine, scope)
            guard case .quarantined(let twin) = try await enroll(3, "web") else { throw failure("quarantine", token) }
            try expect(try await world.store.fetchCredential(agentID: twin.agentID), equals: nil, "kept out")
            let barred = try await world.store.fetchBarredAgents(scope: scope)
            try expect(barred.map(\.id), equals: [twin.agentID])
            try expect(barred[0].standing, equals: .quarantined)
            guard case .barredKey = try await enroll(3, "web") else { throw failure("still", token) }
            try await world.store.setStanding(
                scope: scope, agentID: twin.agentID, standing: .active, reason: "", at: world.at(6))
            guard case .alreadyEnrolled = try await enroll(3, "web") else { throw failure("let in", token) }
            let log = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(log.filter { $0.action == "enrollment_policy.changed" }.count, equals: 2)
            try expect(
                log.contains { $0.action == "agent.quarantined" && $0.subject == twin.agentID.description },
                "in the log")
            for agent in try await world.store.fetchAgents(
                scope: scope, query: AgentQuery(), page: PageRequest()
            ).items where agent.hostname != "db" {
                try await world.store.setStanding(
                    scope: scope, agentID: agent.id, standing: .revoked, reason: "", at: world.at(7))
            }
            guard case .enrolled = try await enroll(5, "web") else { throw failure("revoked ones are no twins", first) }
        },
        ConformanceCase("an agent replaces its key, and the one before ends") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let token = try await world.token(scope, 1, uses: 9)
            let agent = try await world.enroll(token, "web", key: 1)
            let second = try await world.enroll(token, "db", key: 2)
            func replace(_ scope: CompanyScope, _ old: UInt64, _ new: UInt64) async throws {
                try await world.store.replaceKey(
                    scope: scope, agentID: agent, from: World.secret(old).bytes, to: World.secret(new).bytes,
                    at: world.at(5))
            }
            func key() async throws -> [UInt8]? {
                let credential = try await world.store.fetchCredential(agentID: agent)
                return credential?.publicKey
            }
            try await expect(throws: .notFound("agent"), "another company") { try await replace(other, 1, 3) }
            try await expect(throws: .notFound("agent"), "not its key") { try await replace(scope, 9, 3) }
            try await expect(throws: .alreadyExists("key"), "another agent's key") { try await replace(scope, 1, 2) }
            try expect(try await key(), equals: World.secret(1).bytes)
            for _ in 1...2 { try await replace(scope, 1, 3) }
            try expect(try await key(), equals: World.secret(3).bytes, "also when it is asked for twice")
            try await expect(throws: .notFound("agent"), "the key before has ended") { try await replace(scope, 1, 4) }
            let again = try await enroll(world, token, key: 3, at: 6)
            guard case .alreadyEnrolled(let credential) = again else { throw failure("again", again) }
            try expect(credential.agentID, equals: agent, "the new key is the agent")
            let log = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(log.filter { $0.action == "agent.key_replaced" }.map(\.subject), equals: [agent.description])
            try await world.store.setStanding(
                scope: scope, agentID: agent, standing: .quarantined, reason: "x", at: world.at(7))
            try await expect(throws: .notFound("agent"), "kept out") { try await replace(scope, 3, 5) }
            _ = second
        },
        ConformanceCase("a heartbeat writes facts and last seen, and answers what is held") { world in
            let scope = try await world.company("company")
            let agent = try await world.enroll(try await world.token(scope), "old-name", key: 1)
            let facts = World.facts(
                "New-Name", version: "2.0", warnings: [ScanWarning(path: "/x", reason: "unreadable")])
            let recorded = try await world.store.recordHeartbeat(
                scope: scope, agentID: agent, facts: facts, at: world.at(60))
            try expect(
                recorded,
                equals: RecordedHeartbeat(sync: SyncState(received: nil, applied: nil), isNewScan: false))
            let detail = try unwrap(try await world.store.fetchAgent(scope: scope, id: agent), "agent")
            try expect(detail.facts, equals: facts)
            try expect(detail.summary.hostname, equals: "New-Name")
            try expect(detail.summary.agentVersion, equals: "2.0")
            try expect(detail.summary.lastSeenAt, equals: world.at(60))
            try expect(detail.summary.enrolledAt, equals: world.at(1))
            try expect(detail.summary.os, equals: facts.host.os)
            try expect(
                try await world.store.recordHeartbeat(scope: scope, agentID: AgentID(), facts: facts, at: world.at(61)),
                equals: nil)
        },
    ]

    private static func enroll(_ world: World, _ token: SecretHash, key: UInt64, at time: Double) async throws
        -> EnrollmentOutcome
    {
        try await world.store.enrollAgent(
            token: token, publicKey: World.secret(key).bytes, facts: World.facts("host-\(key)"), at: world.at(time))
    }
}
