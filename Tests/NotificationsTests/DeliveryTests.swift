import BackendTesting
import Foundation
import LoopbackTesting
import NIOCore
import NIOPosix
import Stores
import Synchronization
import Testing

@testable import Notifications

/// Against a real server that fails, is slow, and lies.
struct DeliveryTests {
    @Test(arguments: TestBackend.Kind.available)
    func whatFailsComesAgainUnderTheSameIDUntilItIsTaken(_ kind: TestBackend.Kind) async throws {
        let (place, receiver) = (try await Place(kind), Receiver())
        let server = try await LoopbackServer { request in
            switch receiver.take(request) {
            case 0: .answer(500)
            case 1: .hangUp
            case 2: .answer(302, headers: ["location": "/elsewhere"])
            default: .answer(204)
            }
        }
        let id = try await place.notify(server.url + "/hook")
        let deliverer = place.deliverer()
        var failures: [String?] = []
        for _ in 0..<4 {
            #expect(try await deliverer.deliverOnce() == 1)
            #expect(try await deliverer.deliverOnce() == 0, "not before its time")
            failures.append(try await place.notifications()[0].failure)
            place.clock.advance(seconds: 3_600)
        }
        #expect(failures[0] == "HTTP 500")
        #expect(failures[1]?.hasPrefix("no answer") == true)
        #expect(failures[2] == "HTTP 302", "no redirect is followed")
        let messages = receiver.messages
        #expect(messages.count == 4)
        #expect(Set(messages.map(\.id)) == ["msg_\(id)"])
        #expect(Set(messages.map(\.body)).count == 1)
        #expect(Set(messages.map(\.timestamp)).count == 4, "a receiver can refuse what is old")
        #expect(messages.allSatisfy { $0.isSigned })
        let last = try await place.notifications()[0]
        #expect(last.state == .delivered)
        #expect(last.attempts == 4)
        #expect(try await deliverer.deliverOnce() == 0)
        try await server.stop()
    }

    @Test func whoNeverAnswersHoldsUpNobodyForLong() async throws {
        let (place, receiver) = (try await Place(), Receiver())
        // Takes connections and says nothing.
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let server = try await LoopbackServer { request in
            _ = receiver.take(request)
            return .answer(200)
        }
        _ = try await place.notify("http://127.0.0.1:\(silent.localAddress?.port ?? 0)/")
        place.clock.advance(seconds: 1)
        _ = try await place.notify(server.url)
        #expect(try await place.deliverer(timeout: .milliseconds(300)).deliverOnce() == 2)
        #expect(receiver.messages.count == 1)
        let states = try await place.notifications().map(\.state)
        #expect(states == [.delivered, .waiting])
        #expect(try await place.notifications()[1].failure?.hasPrefix("no answer") == true)
        try await server.stop()
        try await silent.close()
    }

    @Test func whatIsTriedTooOftenDiesWithItsReasonAndCanBeTriedAgain() async throws {
        let (place, receiver) = (try await Place(), Receiver())
        let isWell = Mutex(false)
        let server = try await LoopbackServer { request in
            _ = receiver.take(request)
            return .answer(isWell.withLock { $0 } ? 200 : 503)
        }
        let id = try await place.notify(server.url)
        let deliverer = place.deliverer()
        for _ in 0..<12 {
            #expect(try await deliverer.deliverOnce() == 1)
            place.clock.advance(seconds: 86_400)
        }
        let dead = try await place.notifications()[0]
        #expect(dead.state == .dead)
        #expect(dead.failure == "after 12 tries: HTTP 503")
        #expect(try await deliverer.deliverOnce() == 0)
        isWell.withLock { $0 = true }
        try await place.store.retryNotification(scope: place.scope, id: id, at: place.clock.now)
        #expect(try await deliverer.deliverOnce() == 1)
        #expect(try await place.notifications()[0].state == .delivered)
        #expect(receiver.messages.count == 13)
        try await server.stop()
    }

    @Test func aReceiverThatIsGoneIsNotAskedAgain() async throws {
        let (place, receiver) = (try await Place(), Receiver())
        let server = try await LoopbackServer { request in
            _ = receiver.take(request)
            return .answer(410)
        }
        _ = try await place.notify(server.url)
        _ = try await place.deliverer().deliverOnce()
        #expect(try await place.notifications()[0].state == .dead)
        try await server.stop()
    }

    /// The name "localhost" and the address are not public; nothing is sent.
    @Test(arguments: [
        "http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://0x7f000001", "https://2130706433",
    ])
    func nothingIsSentIntoTheOperatorsNetwork(_ host: String) async throws {
        let (place, receiver) = (try await Place(), Receiver())
        let server = try await LoopbackServer { request in
            _ = receiver.take(request)
            return .answer(200)
        }
        let port = server.url.split(separator: ":").last.map(String.init) ?? ""
        _ = try await place.notify("\(host):\(port)/")
        _ = try await place.deliverer(trusting: []).deliverOnce()
        #expect(receiver.messages.isEmpty)
        let found = try await place.notifications()[0]
        #expect(found.state != .delivered)
        #expect(found.failure?.hasPrefix("target refused") == true, "\(found.failure ?? "")")
        try await server.stop()
    }

    /// Inventories come twice and at once, verdicts are recorded again, deliverers race, requests are lost after they arrived.
    @Test(arguments: TestBackend.Kind.available)
    func thereIsExactlyOneNotificationForEachFindingFirstSeen(_ kind: TestBackend.Kind) async throws {
        let (place, receiver) = (try await Place(kind), Receiver())
        let server = try await LoopbackServer { request in
            // Every third is taken, and the answer lost.
            receiver.take(request) % 3 == 2 ? .hangUp : .answer(200)
        }
        try await place.endpoint(server.url)
        var agents: [AgentID] = []
        for number in 1...6 { agents.append(try await place.enroll(UInt8(number))) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                for (index, agent) in agents.enumerated() {
                    group.addTask { try await place.apply("package-\(index % 2)", to: agent) }
                }
            }
            try await group.waitForAll()
        }
        let deliverers = [place.deliverer(), place.deliverer(), place.deliverer()]
        for _ in 0..<40 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for deliverer in deliverers { group.addTask { _ = try await deliverer.deliverOnce() } }
                try await group.waitForAll()
            }
            if try await place.notifications().allSatisfy({ $0.state == .delivered }) { break }
            place.clock.advance(seconds: 43_200)
        }
        let messages = receiver.messages
        let findings = messages.map { Finding($0.body) }
        #expect(Set(findings).count == 6 * 3, "each agent and each vulnerability of its package")
        for (id, group) in Dictionary(grouping: messages, by: \.id) {
            #expect(Set(group.map(\.body)).count == 1, "\(id) stands for one finding")
        }
        #expect(Set(messages.map(\.id)).count == 6 * 3, "and each finding has one id")
        #expect(messages.count > 6 * 3, "some were repeated")
        #expect(messages.allSatisfy { $0.isSigned })
        let last = try await place.notifications()
        #expect(last.allSatisfy { $0.state == .delivered })
        #expect(try await place.store.verify() == [])
        try await server.stop()
    }

    private struct Finding: Hashable {
        let agent: String?
        let vulnerability: String?

        init(_ body: String) {
            let document = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
            let data = document?["data"] as? [String: Any]
            agent = data?["agent_id"] as? String
            vulnerability = data?["vulnerability"] as? String
        }
    }
}
