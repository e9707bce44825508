import Stores

/// Spreads events to the subscribers of a company, in this process and, in other implementations, in others.
///
/// What an implementation owes: a subscriber sees the events of its own company only, in the order they were published by any one
/// publisher, each at most once. Publishing never waits for subscribers.
public protocol EventBus: Sendable {
    /// Sends an event that is already in the store to whoever watches the company.
    func publish(_ event: Event, scope: CompanyScope) async
    /// Watches a company from now on; ends when the subscription and its iterators are gone or its reader is cancelled.
    ///
    /// - Parameter buffer: Most events that may wait for the reader, at least 1.
    func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription
}

/// Why a subscription ended on its own.
public enum EventSubscriptionError: Error, Sendable, Equatable {
    /// The reader fell behind by as many events as the buffer holds. It should read on from the store.
    case overflowed
}

/// Events of one company as they happen. For one reader.
///
/// Ends by throwing ``EventSubscriptionError/overflowed`` after the events that the buffer holds when the reader falls behind.
public struct EventSubscription: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = Event

    private let stream: AsyncThrowingStream<Event, any Error>

    /// Made by buses only.
    public init(stream: AsyncThrowingStream<Event, any Error>) { self.stream = stream }

    /// Reads the events.
    public func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator()) }

    /// Reads the events in turn; `nil` when the reading task is cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<Event, any Error>.Iterator

        /// Waits for the next event.
        public mutating func next() async throws -> Event? { try await base.next() }
    }
}
