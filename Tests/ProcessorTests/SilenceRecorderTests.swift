import Foundation
import Inventory
import Logging
@_spi(Minting) import Stores
import Testing

@testable import Processor

struct SilenceRecorderTests {
    /// Several at once, as in several processes, look again and again; the agent falls silent twice.
    @Test func eachSilenceIsToldOnceHoweverManyLook() async throws {
        let installation = try Installation()
        let store = installation.store
        let start = Date(timeIntervalSince1970: 1_790_000_000)
        let scope = CompanyScope(companyID: try await store.insertCompany(named: "quiet", at: start).id)
        let user = try await store.insertUser(
            email: "quiet@example.com", passwordHash: "", role: .owner, companyID: scope.companyID, at: start)
        _ = try await store.insertEndpoint(
            scope: scope,
            EndpointDraft(
                kind: .webhook, target: "https://example.com/", label: "", minimumSeverity: .critical,
                exploitedOnly: true, secret: []), by: user.id, at: start)
        let token = SecretHash(bytes: [UInt8](repeating: 1, count: 32))
        _ = try await store.insertEnrollmentToken(
            scope: scope, token: token, label: "", maximumUses: 1, expiresAt: start.addingTimeInterval(1e6), at: start)
        let facts = HeartbeatFacts(
            host: .init(hostname: "web"), agentVersion: "1", droppedReports: 0, warnings: [])
        guard
            case .enrolled(let agent) = try await store.enrollAgent(
                token: token, publicKey: [UInt8](repeating: 2, count: 32), facts: facts, at: start)
        else { return #expect(Bool(false), "not enrolled") }
        func look(_ seconds: Double) async throws -> Int {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...3 {
                    group.addTask {
                        let recorder = SilenceRecorder(
                            store: store, silentAfter: .seconds(900), interval: .seconds(1),
                            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                            now: { start.addingTimeInterval(seconds) })
                        return try await recorder.recordOnce()
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        #expect(try await look(899) == 0)
        #expect(try await look(901) == 1)
        #expect(try await look(950) == 0)
        _ = try await store.recordHeartbeat(
            scope: scope, agentID: agent.agentID, facts: facts, at: start.addingTimeInterval(1_000))
        #expect(try await look(1_500) == 0, "it is back")
        #expect(try await look(1_901) == 1)
        #expect(try await look(1_000 + 900 + 86_401) == 0, "no news any more")
    }
}
