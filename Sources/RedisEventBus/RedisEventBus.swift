import Events
import RedisClient
import ServiceLifecycle
@_spi(Minting) import Stores
import Synchronization

/// The bus between processes, over channels of Redis. Does its work in ``run()``.
public final class RedisEventBus: EventBus {
    private let client: RedisClient
    private let channels: EventChannels
    private let subscribers: EventSubscribers
    private let subscriber: RedisSubscriber
    private let outbox = Outbox()

    /// After a failed attempt to publish.
    private static let rest = Duration.milliseconds(200)
    /// Between two hints to look into the store while there is no connection.
    private static let blindInterval = Duration.seconds(1)

    /// Makes a bus; connects to nothing yet.
    public init(client: RedisClient) {
        self.client = client
        let channels = EventChannels(prefix: client.configuration.prefix)
        self.channels = channels
        // The subscriber's news go to the subscribers, whose comings and goings go to the subscriber: one of them must be found later.
        let ears = Ears()
        let subscriber = RedisSubscriber(client) { news in
            guard let (hint, scope) = channels.hint(news) else { return }
            ears.subscribers?.tell(hint, scope: scope)
        }
        self.subscriber = subscriber
        subscribers = EventSubscribers(
            onFirst: { subscriber.subscribe(to: channels.name(of: $0)) },
            onLast: { subscriber.unsubscribe(from: channels.name(of: $0)) })
        ears.set(subscribers)
    }

    /// How many subscriptions stand in this process, over all companies.
    public var subscriberCount: Int { subscribers.count }

    /// Notes the event; ``run()`` sends it.
    public func publish(_ event: Event, scope: CompanyScope) async {
        outbox.put(event.id, scope)
    }

    /// See ``EventBus/subscribe(scope:buffer:)``.
    public func subscribe(scope: CompanyScope, buffer: Int) -> EventSubscription {
        subscribers.subscribe(scope: scope, buffer: buffer)
    }
}

extension RedisEventBus: Service {
    /// Sends and listens until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.subscriber.run() }
                group.addTask { await self.send() }
                group.addTask { await self.watch() }
            }
        }
    }

    private func send() async {
        while !Task.isCancelled {
            await outbox.untilFilled()
            let letters = outbox.takeAll()
            await withTaskGroup(of: Void.self) { group in
                for (scope, id) in letters {
                    group.addTask {
                        let channel = self.channels.name(of: scope)
                        let message = RedisCommand("PUBLISH", [.text(channel), .number(id.rawValue)])
                        // Sent twice at worst, when it is not known whether the first time was in vain.
                        do { try await self.client.send(message, key: channel) } catch { self.outbox.put(id, scope) }
                    }
                }
            }
            if !outbox.isEmpty { try? await Task.sleep(for: Self.rest) }
        }
    }

    private func watch() async {
        while (try? await Task.sleep(for: Self.blindInterval)) != nil {
            if !subscriber.isConnected { subscribers.tellAll(.missed) }
        }
    }
}

/// Where the news of Redis go.
private final class Ears: Sendable {
    private let state = Mutex<EventSubscribers?>(nil)
    var subscribers: EventSubscribers? { state.withLock { $0 } }
    func set(_ subscribers: EventSubscribers) { state.withLock { $0 = subscribers } }
}
