import Caching
import RedisClient
import ServiceLifecycle
@_spi(Minting) import Stores

/// Tells other processes, over a channel of Redis, to forget what they keep of a company in memory.
///
/// A hint as all else here: who misses it gives old answers until their time in memory is over. Whoever was not connected for a while
/// forgets everything once it is.
public final class RedisInvalidations: Service {
    private let client: RedisClient
    private let subscriber: RedisSubscriber
    private let channel: String

    /// Makes one; connects to nothing yet.
    ///
    /// - Parameter onInvalidation: Forget this company; `nil` stands for all. Called on an event loop: must be quick.
    public init(client: RedisClient, onInvalidation: @escaping @Sendable (CompanyScope?) -> Void) {
        self.client = client
        channel = "\(client.configuration.prefix):cache:invalidations"
        subscriber = RedisSubscriber(client) { news in
            switch news {
            case .listening: onInvalidation(nil)
            case .message(_, let payload):
                onInvalidation(CompanyID(String(decoding: payload, as: UTF8.self)).map { CompanyScope(companyID: $0) })
            }
        }
        subscriber.subscribe(to: channel)
    }

    /// Tells the others.
    public func publish(_ scope: CompanyScope) async throws {
        try await client.send(
            RedisCommand("PUBLISH", [.text(channel), .text(scope.companyID.description)]), key: channel)
    }

    /// Listens until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.subscriber.run() }
    }
}
