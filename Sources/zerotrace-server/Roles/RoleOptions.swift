import ArgumentParser
import Foundation
import Gateway
import Logging
import Mail
import Notifications
import Settings
import Telemetry

/// What every role's command takes.
struct RoleOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @Option(help: "trace, debug, info, notice, warning, error or critical. Default: $API_LOG_LEVEL, else info.")
    var logLevel: Logger.Level?

    /// A logger whose lines are JSON.
    func makeLogger() throws -> Logger {
        let level = try logLevel ?? EnvironmentVariables.api.choice("LOG_LEVEL", of: Logger.Level.self) ?? .info
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label) }
        var logger = Logger(label: "zerotrace")
        logger.logLevel = level
        return logger
    }
}

/// What the commands that serve the API take.
struct GatewayOptions: ParsableArguments {
    @Option(help: "Address to listen on. Default: $API_HOST, else 127.0.0.1.") var host: String?
    @Option(help: "Port to listen on; 0 picks a free one, which the log tells. Default: $API_PORT, else 8420.")
    var port: Int?
    @Option(help: ArgumentHelp("Folder of the built dashboard.", valueName: "DIR")) var dashboard: String?
    @Option(help: "Seconds between an agent's heartbeats.") var heartbeat = 300
    @Flag(help: "Serve /metrics to whoever can reach the port.") var metrics = false
    @Flag(
        help:
            "Say that a proxy in front of this port speaks TLS, so that cookies are marked secure. API_ENV=production says so, too."
    )
    var behindTLS = false
    @Flag(
        help:
            "Take a client's address from X-Forwarded-For, as the proxy in front writes it. Nobody else may reach the port then."
    )
    var trustProxy = false
    @Option(
        help:
            "Seconds in which requests are still taken after SIGTERM, so that whoever sends them sees first that /-/ready says no."
    )
    var drain = 0

    /// Where the installation stands.
    private enum Environment: String, CaseIterable { case development, production }

    func validate() throws {
        guard (0...65_535).contains(port ?? 0), heartbeat >= 1, (0...3_600).contains(drain) else {
            throw ValidationError(
                "A port is 0 to 65535; a heartbeat takes at least 1 second; draining takes 0 to 3600.")
        }
    }

    func configuration() throws -> GatewayConfiguration {
        let variables = EnvironmentVariables.api
        var gateway = GatewayConfiguration()
        gateway.host = host ?? variables.text("HOST") ?? gateway.host
        gateway.port = try port ?? variables.number("PORT", in: 0...65_535, default: 8_420)
        gateway.dashboardDirectory = dashboard
        gateway.heartbeatSeconds = heartbeat
        gateway.exposesMetrics = metrics
        gateway.isServedOverTLS = try behindTLS || variables.choice("ENV", of: Environment.self) == .production
        gateway.trustsForwardedAddress = trustProxy
        gateway.allowedOrigins = variables.words("CORS_ORIGINS")
        gateway.notificationTargets = .configured
        gateway.silentAfter = try EnvironmentVariables.silentAfter()
        // Without the password, which is the processors' alone.
        if EnvironmentVariables.smtp.text("HOST") != nil { gateway.mailRecipients = .configured }
        let limits = gateway.limits
        gateway.limits.companyRequests = try variables.requestsPerMinute("RATE_LIMIT", default: limits.companyRequests)
        gateway.limits.fleetRequests = try variables.requestsPerMinute(
            "FLEET_RATE_LIMIT", default: limits.fleetRequests)
        gateway.limits.agentRequests = try variables.requestsPerMinute(
            "AGENT_RATE_LIMIT", default: limits.agentRequests)
        if let path = variables.text("OIDC_FILE") { gateway.identityProviders = try IdentityProvider.read(path: path) }
        return gateway
    }
}

extension EnvironmentVariables {
    fileprivate func requestsPerMinute(
        _ name: String, default policy: RatePolicy
    ) throws(ConfigurationError) -> RatePolicy {
        guard let quota = try number(name, in: 1...100_000_000) else { return policy }
        return RatePolicy(quota: quota, window: .seconds(60))
    }
}

/// What the commands that apply inventories take.
struct ProcessorOptions: ParsableArguments {
    @Option(help: "Companies whose inventories are applied at once. Default: 8.") var workers = 8

    func validate() throws {
        guard (1...256).contains(workers) else { throw ValidationError("There are 1 to 256 workers.") }
    }

    func configuration() throws -> ProcessorConfiguration {
        var notifications = NotificationDeliverer.Configuration()
        notifications.policy = .configured
        notifications.relay = try MailRelay(environment: ProcessInfo.processInfo.environment)
        notifications.recipients = .configured
        return ProcessorConfiguration(
            workers: workers, notifications: notifications, silentAfter: try EnvironmentVariables.silentAfter())
    }
}

extension TargetPolicy {
    /// `NOTIFY_TRUSTED_HOSTS` of this process.
    static var configured: TargetPolicy {
        let variables = EnvironmentVariables(ProcessInfo.processInfo.environment, family: "NOTIFY_")
        return TargetPolicy(trusted: variables.words("TRUSTED_HOSTS"))
    }
}

extension RecipientPolicy {
    /// `SMTP_RECIPIENT_DOMAINS` of this process.
    static var configured: RecipientPolicy {
        RecipientPolicy(domains: EnvironmentVariables.smtp.words("RECIPIENT_DOMAINS"))
    }
}

extension EnvironmentVariables {
    /// `SMTP_…` of this process.
    static var smtp: EnvironmentVariables {
        EnvironmentVariables(ProcessInfo.processInfo.environment, family: "SMTP_")
    }

    /// `AGENT_SILENT_AFTER` of this process, in seconds.
    static func silentAfter() throws(ConfigurationError) -> Duration {
        let variables = EnvironmentVariables(ProcessInfo.processInfo.environment, family: "AGENT_")
        guard let seconds = try variables.number("SILENT_AFTER", in: 1...31_536_000) else {
            return GatewayConfiguration.defaultSilence
        }
        return .seconds(seconds)
    }

    /// `API_…` of this process.
    static var api: EnvironmentVariables {
        EnvironmentVariables(ProcessInfo.processInfo.environment, family: "API_")
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
