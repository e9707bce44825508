import Stores
import Synchronization

/// The bus of a single process.
public final class EmbeddedEventBus: EventBus {
    private typealias Continuation = AsyncThrowingStream<Event, any Error>.Continuation

    private let state = Mutex(State())

    private struct State {
        var subscribers: [CompanyScope: [UInt64: Continuation]] = [:]
        var nextID: UInt64 = 0

        mutating func remove(_ id: UInt64, from scope: CompanyScope) {
            subscribers[scope]?[id] = nil
            if subscribers[scope]?.isEmpty == true { subscribers[scope] = nil }
        }
    }

    /// Makes a bus without subscribers.
    public init() {}

    /// How many subscriptions stand, over all companies.
    public var subscriberCount: Int {
        state.withLock { $0.subscribers.values.reduce(0) { $0 + $1.count } }
    }

    /// Sends the event to the subscriptions of the company, and cuts off those whose buffer is full.
    public func publish(_ event: Event, scope: CompanyScope) async {
        // Yielding under the lock keeps the order the same for all; it only queues. Finishing calls back, hence outside.
        let overflowed = state.withLock { state in
            var overflowed: [Continuation] = []
            for (id, subscriber) in state.subscribers[scope] ?? [:] {
                guard case .dropped = subscriber.yield(event) else { continue }
                state.remove(id, from: scope)
                overflowed.append(subscriber)
            }
            return overflowed
        }
        for subscriber in overflowed { subscriber.finish(throwing: EventSubscriptionError.overflowed) }
    }

    /// See ``EventBus/subscribe(scope:buffer:)``.
    public func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: Event.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(max(1, buffer)))
        let id = state.withLock { state in
            state.nextID += 1
            state.subscribers[scope, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.remove(id, from: scope) }
        }
        return EventSubscription(stream: stream)
    }
}
