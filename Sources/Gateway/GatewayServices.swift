import Caching
import Crypto
import Events
import Foundation
import JobQueue
import Notifications
import Stores
import Telemetry
import Verdicts

/// What the gateway works with; the composition root picks the parts.
public struct GatewayServices: Sendable {
    /// The truth.
    public let store: any Store
    /// Explanations and the state of the advisories.
    public let verdicts: any VerdictService
    /// Told when a company has work.
    public let queue: any JobQueue
    /// Rings when a company has a new event.
    public let events: any EventBus
    /// Overviews, which all who look at a company's first page share.
    public let overviews: TieredCache<Overview>
    /// Sign access tokens; see ``SigningKeyRing``.
    public let signingKeys: @Sendable () -> SigningKeys
    /// What `/-/healthy` and `/-/ready` tell; the gateway itself reports the check "store".
    public let health: HealthState
    /// The wall clock.
    public let now: @Sendable () -> Date
    /// What the gateways of the installation tell each other of request limits; `nil` when there is but one.
    public let rateLimits: (any SharedRateLimits)?
    /// What they remember together of sign-ins and proofs; `nil` when there is but one.
    public let sharedMemory: (any SharedMemory)?
    /// With which the secrets of endpoints are stored; `nil` for as they are.
    public let secretSeal: SecretSeal?
    /// Writes all metrics in Prometheus text format; `nil` when none are kept.
    public let metricsText: (@Sendable () -> String)?

    /// Brings the parts together.
    ///
    /// - Parameter signingKeys: Keys that come and go; without it `signingKey` signs for good.
    public init(
        store: any Store, verdicts: any VerdictService, queue: any JobQueue, events: any EventBus,
        overviews: TieredCache<Overview> = GatewayServices.overviewCache(levels: []),
        signingKey: Curve25519.Signing.PrivateKey, health: HealthState = HealthState(),
        now: @escaping @Sendable () -> Date = { Date() },
        metricsText: (@Sendable () -> String)? = nil,
        rateLimits: (any SharedRateLimits)? = nil, sharedMemory: (any SharedMemory)? = nil,
        secretSeal: SecretSeal? = nil, signingKeys: (@Sendable () -> SigningKeys)? = nil
    ) {
        self.secretSeal = secretSeal
        self.store = store
        self.verdicts = verdicts
        self.queue = queue
        self.events = events
        self.overviews = overviews
        self.signingKeys = signingKeys ?? { SigningKeys(signingKey) }
        self.health = health
        self.now = now
        self.metricsText = metricsText
        self.rateLimits = rateLimits
        self.sharedMemory = sharedMemory
    }

    /// A cache of overviews.
    ///
    /// An answer is kept for two seconds, which bounds how late a change without an event shows, such as an inventory that has
    /// arrived and waits.
    /// - Parameter levels: The nearest first, after the memory of this process.
    public static func overviewCache(levels: [GuardedLevel]) -> TieredCache<Overview> {
        TieredCache(
            kind: "overview-3", policy: CachePolicy(ttl: .seconds(2), memoryCapacity: 1_000), codec: .json,
            levels: levels)
    }
}
