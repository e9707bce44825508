import Stores

/// The bus of a single process.
public final class EmbeddedEventBus: EventBus {
    private let subscribers = EventSubscribers()

    /// Makes a bus without subscribers.
    public init() {}

    /// How many subscriptions stand, over all companies.
    public var subscriberCount: Int { subscribers.count }

    /// Hints at the event to the subscriptions of the company, and cuts off those whose buffer is full.
    public func publish(_ event: Event, scope: CompanyScope) async {
        subscribers.tell(.appended(event.id), scope: scope)
    }

    /// See ``EventBus/subscribe(scope:buffer:)``.
    public func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription {
        subscribers.subscribe(scope: scope, buffer: buffer)
    }
}
