import Crypto
import Events
import Foundation
import JobQueue
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
    /// Signs access tokens; see ``SigningKeyFile``.
    public let signingKey: Curve25519.Signing.PrivateKey
    /// What `/-/healthy` and `/-/ready` tell; the gateway itself reports the check "store".
    public let health: HealthState
    /// The wall clock.
    public let now: @Sendable () -> Date
    /// Writes all metrics in Prometheus text format; `nil` when none are kept.
    public let metricsText: (@Sendable () -> String)?

    /// Brings the parts together.
    public init(
        store: any Store, verdicts: any VerdictService, queue: any JobQueue, events: any EventBus,
        signingKey: Curve25519.Signing.PrivateKey, health: HealthState = HealthState(),
        now: @escaping @Sendable () -> Date = { Date() },
        metricsText: (@Sendable () -> String)? = nil
    ) {
        self.store = store
        self.verdicts = verdicts
        self.queue = queue
        self.events = events
        self.signingKey = signingKey
        self.health = health
        self.now = now
        self.metricsText = metricsText
    }
}
