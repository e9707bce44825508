import Stores

/// What a subscriber is told. The events themselves are in the store.
public enum EventHint: Sendable, Hashable {
    /// An event was appended under this id; perhaps others before it.
    case appended(EventID)
    /// Hints may have been lost: there may be events that nobody hinted at.
    case missed
}

/// Tells the subscribers of a company that its event log has grown, in this process and, in other implementations, in others.
///
/// What an implementation owes: a subscriber hears of its own company only. The ids that one publisher hints at come in the order in
/// which they were published, each at most once; a hint may be left out when a later one of the same company is given. When hints may
/// have been lost in any other way, ``EventHint/missed`` comes after them. Publishing never waits for subscribers, nor for a network.
public protocol EventBus: Sendable {
    /// Hints at an event that is already in the store to whoever watches the company.
    func publish(_ event: Event, scope: CompanyScope) async
    /// Watches a company from now on; ends when the subscription and its iterators are gone or its reader is cancelled.
    ///
    /// - Parameter buffer: Most hints that may wait for the reader, at least 1.
    func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription
}

/// Why a subscription ended on its own.
public enum EventSubscriptionError: Error, Sendable, Equatable {
    /// The reader fell behind by as many hints as the buffer holds. It should read on from the store.
    case overflowed
}

/// Hints of one company as they come. For one reader.
///
/// Ends by throwing ``EventSubscriptionError/overflowed`` after the hints that the buffer holds when the reader falls behind.
public struct EventSubscription: AsyncSequence, Sendable {
    /// One hint.
    public typealias Element = EventHint

    private let stream: AsyncThrowingStream<EventHint, any Error>

    /// Made by buses only.
    public init(stream: AsyncThrowingStream<EventHint, any Error>) { self.stream = stream }

    /// Reads the hints.
    public func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator()) }

    /// Reads the hints in turn; `nil` when the reading task is cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<EventHint, any Error>.Iterator

        /// Waits for the next hint.
        public mutating func next() async throws -> EventHint? { try await base.next() }
    }
}
