import Foundation
@_spi(Minting) import Stores
import Testing

@testable import Events

@Suite("Embedded event bus")
struct EmbeddedEventBusTests {
    let bus = EmbeddedEventBus()
    let scope = CompanyScope(companyID: CompanyID())
    let other = CompanyScope(companyID: CompanyID())

    static func event(_ id: Int64) -> Event {
        Event(
            id: EventID(rawValue: id), at: Date(timeIntervalSince1970: 0),
            kind: .agentEnrolled(agent: AgentID(), hostname: "host-\(id)"))
    }

    @Test("subscribers see the events of their company, in order, from when they subscribed")
    func delivers() async throws {
        await bus.publish(Self.event(1), scope: scope)
        var first = bus.subscribe(scope: scope, buffer: 10).makeAsyncIterator()
        var second = bus.subscribe(scope: scope, buffer: 10).makeAsyncIterator()
        await bus.publish(Self.event(2), scope: other)
        for id in Int64(3)...5 { await bus.publish(Self.event(id), scope: scope) }
        for id in Int64(3)...5 {
            #expect(try await first.next() == .appended(EventID(rawValue: id)))
            #expect(try await second.next() == .appended(EventID(rawValue: id)))
        }
    }

    @Test("a slow reader gets what the buffer holds and then an error; others are not disturbed")
    func overflows() async throws {
        var slow = bus.subscribe(scope: scope, buffer: 2).makeAsyncIterator()
        var fast = bus.subscribe(scope: scope, buffer: 10).makeAsyncIterator()
        for id in Int64(1)...3 { await bus.publish(Self.event(id), scope: scope) }
        #expect(bus.subscriberCount == 1)
        #expect(try await slow.next() == .appended(EventID(rawValue: 1)))
        #expect(try await slow.next() == .appended(EventID(rawValue: 2)))
        await #expect(throws: EventSubscriptionError.overflowed) { _ = try await slow.next() }
        for id in Int64(1)...3 { #expect(try await fast.next() == .appended(EventID(rawValue: id))) }
    }

    @Test("a subscription that is let go is forgotten")
    func forgets() async throws {
        do {
            let subscription = bus.subscribe(scope: scope, buffer: 1)
            #expect(bus.subscriberCount == 1)
            withExtendedLifetime(subscription) {}
        }
        #expect(bus.subscriberCount == 0)
        await bus.publish(Self.event(1), scope: scope)
    }

    @Test("a cancelled reader ends without an error")
    func cancels() async throws {
        let subscription = bus.subscribe(scope: scope, buffer: 1)
        let last = try await withThrowingTaskGroup(of: EventHint?.self) { group in
            group.addTask {
                var iterator = subscription.makeAsyncIterator()
                return try await iterator.next()
            }
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(last == nil)
        #expect(bus.subscriberCount == 0)
    }
}
