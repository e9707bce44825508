import Caching
import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle
import Stores

/// Builds the gateway, to be run in a `ServiceGroup`. On graceful shutdown it finishes requests under way, tells stream clients 1001,
/// and returns.
///
/// - Throws: ``GatewayError`` before anything starts.
public func buildGateway(
    configuration: GatewayConfiguration, services: GatewayServices, logger: Logger
) async throws -> some Service {
    try await makeApplication(configuration: configuration, services: services, logger: logger)
}

/// The same with Hummingbird's types in view, for tests.
func makeApplication(
    configuration: GatewayConfiguration, services: GatewayServices, logger: Logger,
    onServerRunning: @escaping @Sendable (Int?) async -> Void = { _ in }
) async throws -> Application<GatewayResponder> {
    try configuration.validate()
    let parts = try await GatewayParts(configuration: configuration, services: services, logger: logger)
    let streams = StreamService(
        store: services.store, bus: services.events, authenticator: parts.authenticator, configuration: configuration,
        places: ConcurrencyLimit(configuration.limits.streams), logger: logger)
    let origin = parts.origin
    let limits = configuration.limits
    let desk = parts.desk
    let securityHeaders = parts.responder.securityHeaders
    let server = HTTPServerBuilder { responder in
        GatewayChannel(
            responder: responder, streams: streams, desk: desk, origin: origin, securityHeaders: securityHeaders,
            limits: limits)
    }
    var application = Application(
        responder: parts.responder, server: server,
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: nil,
            availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
        onServerRunning: { channel in await onServerRunning(channel.localAddress?.port) }, logger: logger)
    application.addServices(PresenceWriter(desk: desk, logger: logger))
    if let shared = services.rateLimits {
        application.addServices(
            RateLimitSharing(limiter: parts.responder.rates, shared: shared, now: services.now, logger: logger))
    }
    return application
}

/// The gateway's parts, put together.
struct GatewayParts: Sendable {
    let authenticator: Authenticator
    let origin: OriginCheck
    let desk: HeartbeatDesk
    let responder: GatewayResponder

    init(configuration: GatewayConfiguration, services: GatewayServices, logger: Logger) async throws {
        let tokens = AccessTokens(
            keys: services.signingKeys, lifetime: configuration.accessTokenLifetime,
            agentLifetime: configuration.agentTokenLifetime, now: services.now)
        let sessions = SessionBoard(store: services.store, lifetime: configuration.sessionCheckInterval)
        let shared = services.sharedMemory.map { GuardedMemory($0, logger: logger) }
        authenticator = Authenticator(
            tokens: tokens, sessions: sessions, services: services, configuration: configuration, shared: shared)
        origin = OriginCheck(isServedOverTLS: configuration.isServedOverTLS)
        let rates = RateLimiter(limits: configuration.limits, isShared: services.rateLimits != nil)
        let securityHeaders = SecurityHeaders(isServedOverTLS: configuration.isServedOverTLS)
        desk = HeartbeatDesk(
            authenticator: authenticator, rates: rates, services: services,
            heartbeatSeconds: configuration.heartbeatSeconds, restingPlaces: configuration.limits.restingAgents)
        let routes = Self.routes(configuration, services, authenticator, origin, desk, shared)
        try PermissionMatrix.check(routes)
        responder = GatewayResponder(
            table: try RouteTable(routes), authenticator: authenticator,
            dashboard: DashboardAssets(directory: configuration.dashboardDirectory, logger: logger),
            securityHeaders: securityHeaders, crossOrigin: CrossOrigin(origins: configuration.allowedOrigins),
            rates: rates,
            trustsForwardedAddress: configuration.trustsForwardedAddress, health: services.health)
    }

    /// The list of all routes: a new group is added here.
    private static func routes(
        _ configuration: GatewayConfiguration, _ services: GatewayServices, _ authenticator: Authenticator,
        _ origin: OriginCheck, _ desk: HeartbeatDesk, _ shared: GuardedMemory?
    ) -> [Route] {
        let limits = configuration.limits
        let throttle = SignInThrottle(limits: limits, shared: shared)
        let auth = AuthRoutes(
            services: services, configuration: configuration, authenticator: authenticator, throttle: throttle,
            cookie: RefreshCookie(isSecure: configuration.isServedOverTLS), origin: origin)
        let agentProtocol = AgentProtocolRoutes(
            services: services, configuration: configuration, authenticator: authenticator, desk: desk,
            intake: ConcurrencyLimit(limits.concurrentInventories, waiting: limits.waitingInventories))
        let openID = OpenIDRoutes(
            services: services, configuration: configuration, authenticator: authenticator, throttle: throttle)
        let passwords = PasswordRoutes(
            services: services, authenticator: authenticator, throttle: throttle, origin: origin, limits: limits)
        return auth.routes + passwords.routes + openID.routes + agentProtocol.routes
            + OverviewRoutes(services: services).routes
            + AgentRoutes(services: services, silentAfter: configuration.silentAfter).routes
            + VulnerabilityRoutes(services: services, silentAfter: configuration.silentAfter).routes
            + EventRoutes(store: services.store, origin: origin).routes
            + EnrollmentRoutes(services: services, limits: limits).routes
            + AuditRoutes(services: services).routes
            + UserRoutes(services: services, authenticator: authenticator, limits: limits).routes
            + APITokenRoutes(services: services, limits: limits).routes
            + AgentStandingRoutes(services: services, authenticator: authenticator, limits: limits).routes
            + ExceptionRoutes(services: services, limits: limits).routes
            + NotificationRoutes(
                services: services, limits: limits, targets: configuration.notificationTargets,
                recipients: configuration.mailRecipients
            ).routes
            + TriageRoutes(services: services, limits: limits).routes
            + RetentionRoutes(services: services, limits: limits).routes
            + VEXRoutes(services: services).routes
            + OperationRoutes(
                services: services, tokens: authenticator.tokens, exposesMetrics: configuration.exposesMetrics
            ).routes
    }
}
