import Notifications

/// What an operator can set on the gateway. Checked as a whole by ``buildGateway(configuration:services:logger:)``.
public struct GatewayConfiguration: Sendable {
    /// Address to bind, "127.0.0.1" or "0.0.0.0".
    public var host = "127.0.0.1"
    /// Port to bind; 0 lets the system choose.
    public var port = 8443
    /// Folder with the built dashboard; `nil` serves a page that says how to get one.
    public var dashboardDirectory: String?
    /// Whether browsers reach the gateway by HTTPS, as they do behind a proxy that terminates TLS. Makes cookies `Secure`, sends
    /// HSTS, and lets `https` origins count as the gateway's own.
    public var isServedOverTLS = false
    /// Whether a proxy in front sets `X-Forwarded-For`; its last entry then counts as the client's address. Never set it without
    /// such a proxy: a client could name any address.
    public var trustsForwardedAddress = false
    /// Whether `/metrics` and the reasons in `/-/ready` are for everybody, and not for the own machine only.
    public var exposesMetrics = false

    /// Origins of pages beside the dashboard that may call the API from browsers, "https://app.example.com" (`API_CORS_ORIGINS`).
    public var allowedOrigins: [String] = []

    /// OpenID providers with which people may sign in, besides their passwords.
    public var identityProviders: [IdentityProvider] = []

    /// Where people may have webhooks sent; whoever delivers them has the same rules and the last word.
    public var notificationTargets = TargetPolicy()
    /// Whom people may have e-mail sent to; `nil` when nobody delivers any.
    public var mailRecipients: RecipientPolicy?

    /// How long an access token of a person works.
    public var accessTokenLifetime = Duration.seconds(600)
    /// How long an access token of an agent works. Longer than a person's: an agent that is kept out is kept out at once all the same (see
    /// `BarredAgents`), and a new token costs more than all heartbeats in between.
    public var agentTokenLifetime = Duration.seconds(3600)
    /// How long a refresh token works; each use gives a new one.
    public var refreshTokenLifetime = Duration.seconds(14 * 24 * 3600)
    /// How long the answer "this session is active" may be reused. Logout on this gateway counts at once.
    public var sessionCheckInterval = Duration.seconds(5)
    /// How far the clock of an agent may be off, either way, in seconds.
    public var proofWindow: Int64 = 300
    /// What agents are told to wait between heartbeats, in seconds.
    public var heartbeatSeconds = 60
    /// How long after its last call an agent counts as silent.
    public var silentAfter = defaultSilence

    /// Limits on what one request or client may cost.
    public var limits = Limits()

    /// Everything with a bound that an installation may want to move.
    public struct Limits: Sendable {
        /// Bytes of a JSON body, inclusive.
        public var jsonBody = 256 << 10
        /// Inventories that are unpacked and parsed at the same time; each takes up to about 100 MB.
        public var concurrentInventories = 8
        /// Inventories that wait for that, unread; more get 429. Some seconds of them: a burst is served late, and who waits longer had better
        /// come again.
        public var waitingInventories = 256
        /// Packages of one inventory, inclusive.
        public var packages = 500_000
        /// Failed sign-ins for one e-mail, and from one address, within ``signInWindow`` before the next gets 429.
        public var failedSignInsPerEmail = 10
        /// See ``failedSignInsPerEmail``.
        public var failedSignInsPerAddress = 50
        /// The window of the two limits above.
        public var signInWindow = Duration.seconds(900)
        /// Proof identifiers remembered against replay. When full, agents get 429 until the oldest leave the window.
        public var rememberedProofs = 500_000
        /// Requests of the people and programs of one company, taken together.
        public var companyRequests = RatePolicy(quota: 30_000, window: .seconds(60))
        /// Requests of all agents of one company, taken together.
        public var fleetRequests = RatePolicy(quota: 600_000, window: .seconds(60))
        /// Requests of one agent.
        public var agentRequests = RatePolicy(quota: 120, window: .seconds(60))
        /// Connections of any kind at the same time; more wait to be accepted.
        public var connections = 20_000
        /// WebSocket connections at the same time.
        public var streams = 10_000
        /// Events that a stream's client may fall behind while its connection takes no more bytes.
        public var streamBacklog = 1024
        /// How long a WebSocket client may take to subscribe.
        public var subscribeTimeout = Duration.seconds(5)
        /// How often a silent WebSocket client is pinged; dropped when it does not answer until the next.
        public var keepalive = Duration.seconds(30)
        /// How long a client may keep the gateway waiting for the body of a request, besides the time that ``minimumBodyRate`` gives it.
        public var bodyPatience = Duration.seconds(10)
        /// Bytes a second that a body has to come with at least.
        public var minimumBodyRate = 4 << 10
        /// How long the gateway waits for one body in any case.
        public var longestBody = Duration.seconds(300)
        /// How long a connection may rest between requests, or take to send one; but see ``restingAgents``.
        public var idleConnection = Duration.seconds(75)
        /// Connections of agents that may rest from one heartbeat to the next, which spares both sides a handshake. Well below ``connections``, as others have to
        /// get in, too: further agents connect anew each time.
        public var restingAgents = 10_000

        /// The defaults.
        public init() {}
    }

    /// How long an agent may not call before it counts as silent, where nothing else is said: three heartbeats of the default length.
    public static let defaultSilence = Duration.seconds(900)

    /// The defaults.
    public init() {}
}

/// Why the gateway cannot be built.
public enum GatewayError: Error, Sendable, Equatable {
    /// A setting is out of its bounds; the text names it.
    case invalidConfiguration(String)
    /// A route, a role or a permission contradicts the others; a mistake in this target.
    case inconsistentRoutes(String)
}

extension GatewayConfiguration {
    /// Checks the settings against each other, before anything starts.
    func validate() throws(GatewayError) {
        guard (0...65535).contains(port) else { throw .invalidConfiguration("port: not 0…65535") }
        let durations: [(String, Duration)] = [
            ("accessTokenLifetime", accessTokenLifetime), ("agentTokenLifetime", agentTokenLifetime),
            ("refreshTokenLifetime", refreshTokenLifetime),
            ("signInWindow", limits.signInWindow), ("silentAfter", silentAfter),
            ("subscribeTimeout", limits.subscribeTimeout),
            ("keepalive", limits.keepalive), ("idleConnection", limits.idleConnection),
            ("bodyPatience", limits.bodyPatience), ("longestBody", limits.longestBody),
        ]
        for (name, duration) in durations where duration <= .zero {
            throw .invalidConfiguration("\(name): not positive")
        }
        let counts: [(String, Int)] = [
            ("heartbeatSeconds", heartbeatSeconds), ("jsonBody", limits.jsonBody), ("packages", limits.packages),
            ("concurrentInventories", limits.concurrentInventories), ("waitingInventories", limits.waitingInventories),
            ("rememberedProofs", limits.rememberedProofs),
            ("failedSignInsPerEmail", limits.failedSignInsPerEmail), ("streams", limits.streams),
            ("connections", limits.connections), ("restingAgents", limits.restingAgents),
            ("minimumBodyRate", limits.minimumBodyRate),
            ("failedSignInsPerAddress", limits.failedSignInsPerAddress), ("streamBacklog", limits.streamBacklog),
        ]
        for (name, count) in counts where count < 1 { throw .invalidConfiguration("\(name): less than 1") }
        let policies = [
            ("companyRequests", limits.companyRequests), ("fleetRequests", limits.fleetRequests),
            ("agentRequests", limits.agentRequests),
        ]
        for (name, policy) in policies
        where !(1...1_000_000_000).contains(policy.quota) || policy.window < .milliseconds(1)
            || policy.window > .seconds(86_400)
        {
            throw .invalidConfiguration("\(name): not 1 to 1000000000 within a millisecond to a day")
        }
        for provider in identityProviders {
            if let fault = provider.fault {
                throw .invalidConfiguration("identityProviders: \(provider.name): \(fault)")
            }
        }
        guard Set(identityProviders.map(\.name)).count == identityProviders.count else {
            throw .invalidConfiguration("identityProviders: a name is there twice")
        }
        for origin in allowedOrigins where !CrossOrigin.isOrigin(origin) {
            throw .invalidConfiguration("allowedOrigins: \(origin) is no origin such as https://app.example.com")
        }
        guard proofWindow > 0 else { throw .invalidConfiguration("proofWindow: not positive") }
    }
}
