import Stores
import Synchronization

/// The subscriptions of one process: what every bus needs behind its own way of hearing of events.
public final class EventSubscribers: Sendable {
    private typealias Continuation = AsyncThrowingStream<EventHint, any Error>.Continuation

    private let state = Mutex(State())
    private let onFirst: @Sendable (CompanyScope) -> Void
    private let onLast: @Sendable (CompanyScope) -> Void

    private struct State {
        var subscribers: [CompanyScope: [UInt64: Continuation]] = [:]
        var nextID: UInt64 = 0

        /// Whether that was the company's last.
        mutating func remove(_ id: UInt64, from scope: CompanyScope) -> Bool {
            guard subscribers[scope]?.removeValue(forKey: id) != nil, subscribers[scope]?.isEmpty == true else {
                return false
            }
            subscribers[scope] = nil
            return true
        }
    }

    /// Makes an empty set. Both closures are called while it is locked, so that they come in order: they must not call back, nor wait.
    ///
    /// - Parameters:
    ///   - onFirst: A company has a subscription now and had none.
    ///   - onLast: A company has none any more.
    public init(
        onFirst: @escaping @Sendable (CompanyScope) -> Void = { _ in },
        onLast: @escaping @Sendable (CompanyScope) -> Void = { _ in }
    ) {
        self.onFirst = onFirst
        self.onLast = onLast
    }

    /// How many subscriptions stand, over all companies.
    public var count: Int { state.withLock { $0.subscribers.values.reduce(0) { $0 + $1.count } } }

    /// Adds one.
    public func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: EventHint.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(max(1, buffer)))
        let id = state.withLock { state in
            state.nextID += 1
            if state.subscribers[scope] == nil { onFirst(scope) }
            state.subscribers[scope, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: scope) }
        return EventSubscription(stream: stream)
    }

    /// Gives a hint to the subscriptions of a company, and cuts off those whose buffer is full.
    public func tell(_ hint: EventHint, scope: CompanyScope) {
        // Yielding under the lock keeps the order the same for all; it only queues. Finishing calls back, hence outside.
        let overflowed = state.withLock { state in
            var overflowed: [Continuation] = []
            for (id, subscriber) in state.subscribers[scope] ?? [:] {
                guard case .dropped = subscriber.yield(hint) else { continue }
                if state.remove(id, from: scope) { onLast(scope) }
                overflowed.append(subscriber)
            }
            return overflowed
        }
        for subscriber in overflowed { subscriber.finish(throwing: EventSubscriptionError.overflowed) }
    }

    /// Gives a hint to all subscriptions.
    public func tellAll(_ hint: EventHint) {
        for scope in state.withLock({ Array($0.subscribers.keys) }) { tell(hint, scope: scope) }
    }

    private func remove(_ id: UInt64, from scope: CompanyScope) {
        state.withLock { state in
            if state.remove(id, from: scope) { onLast(scope) }
        }
    }
}
