import ConformanceTesting
import Events
import Foundation
@_spi(Minting) import Stores

/// One thing that every bus must do.
public struct BusConformanceCase: Sendable, CustomStringConvertible {
    /// The behaviour, in words.
    public let name: String
    /// Throws a ``ConformanceFailure``, or what the bus throws, when a fresh bus does not behave so.
    ///
    /// The first bus is published on, the second one is watched; they may be the same. Both are at work.
    public let run: @Sendable (any EventBus, any EventBus) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (BusWorld) async throws -> Void) {
        self.name = name
        self.run = { here, there in try await run(BusWorld(here: here, there: there)) }
    }

    /// The name.
    public var description: String { name }

    /// Every case. Each wants buses of its own, just made.
    public static let all: [BusConformanceCase] = [
        BusConformanceCase("subscribers hear of the events of their company, in order, the last one included") {
            world in
            let first = try await world.listen(world.one)
            let second = try await world.listen(world.one)
            await world.publish(1, to: world.other)
            for id in Int64(2)...100 { await world.publish(id, to: world.one) }
            for var iterator in [first, second] {
                var last: Int64 = 1
                while last < 100 {
                    let id = try await world.nextID(&iterator)
                    try expect(id > last, "\(id) after \(last)")
                    last = id
                }
            }
        },
        BusConformanceCase("a subscriber that comes later hears of what is published from then on") { world in
            await world.publish(1, to: world.one)
            var later = try await world.listen(world.one)
            await world.publish(2, to: world.one)
            while try await world.nextID(&later) != 2 {}
        },
        BusConformanceCase("a slow reader gets what the buffer holds and then an error; others are not disturbed") {
            world in
            let slow = world.there.subscribe(scope: world.one, buffer: 2)
            var fast = try await world.listen(world.one)
            var heard = slow.makeAsyncIterator()
            // One by one, since what is published at once may be hinted at as one.
            for id in Int64(1)...5 {
                await world.publish(id, to: world.one)
                while try await world.nextID(&fast) != id {}
            }
            var hints = 0
            do {
                while try await heard.next() != nil { hints += 1 }
                throw ConformanceFailure(description: "a slow reader was not cut off")
            } catch EventSubscriptionError.overflowed {}
            try expect(hints == 2, "\(hints) hints from a buffer of 2")
        },
        BusConformanceCase("a cancelled reader ends without an error") { world in
            let subscription = world.there.subscribe(scope: world.one, buffer: 9)
            let isOver = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for try await _ in subscription {}
                    return true
                }
                group.cancelAll()
                return try await group.next() ?? false
            }
            try expect(isOver, "it goes on")
        },
    ]
}

/// Two ends of a bus and two companies.
struct BusWorld: Sendable {
    let here: any EventBus
    let there: any EventBus
    let one = CompanyScope(companyID: CompanyID())
    let other = CompanyScope(companyID: CompanyID())

    func publish(_ id: Int64, to scope: CompanyScope) async {
        let event = Event(
            id: EventID(rawValue: id), at: Date(timeIntervalSince1970: 0),
            kind: .agentEnrolled(agent: AgentID(), hostname: "host-\(id)"))
        await here.publish(event, scope: scope)
    }

    /// Subscribes, and returns once what is published is heard.
    func listen(_ scope: CompanyScope) async throws -> EventSubscription.Iterator {
        var iterator = there.subscribe(scope: scope, buffer: 1_000).makeAsyncIterator()
        await publish(Self.probe, to: scope)
        // Either that, or the word that it may have been missed.
        _ = try await iterator.next()
        return iterator
    }

    private static let probe: Int64 = -1

    /// The next id that is no probe.
    func nextID(_ iterator: inout EventSubscription.Iterator) async throws -> Int64 {
        while let hint = try await iterator.next() {
            if case .appended(let id) = hint, id.rawValue > 0 { return id.rawValue }
        }
        throw ConformanceFailure(description: "the subscription ended")
    }
}
