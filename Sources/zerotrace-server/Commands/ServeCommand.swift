import ArgumentParser
import Foundation
import Gateway
import Logging
import Telemetry

/// Runs every role in one process.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the whole server in this process, with all data in one folder.",
        discussion: "It stops on SIGTERM and SIGINT once requests under way are answered.")
    @OptionGroup var data: DataOptions
    @Option(help: "Address to listen on.") var host = "127.0.0.1"
    @Option(help: "Port to listen on; 0 picks a free one, which the log tells.") var port = 8420
    @Option(help: ArgumentHelp("Folder of the built dashboard.", valueName: "DIR")) var dashboard: String?
    @Option(help: "Seconds between an agent's heartbeats.") var heartbeat = 300
    @Option(help: "Minutes between feed syncs; 0 leaves syncing to `zerotrace feeds sync`.") var feedMinutes = 60
    @OptionGroup var source: FeedSourceOptions
    @Flag(help: "Serve /metrics to whoever can reach the port.") var metrics = false
    @Flag(help: "Say that a proxy in front of this port speaks TLS, so that cookies are marked secure.") var behindTLS =
        false
    @Flag(
        help:
            "Take a client's address from X-Forwarded-For, as the proxy in front writes it. Nobody else may reach the port then."
    )
    var trustProxy = false
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = Logger.Level.info

    func run() async throws {
        guard (0...65_535).contains(port), heartbeat >= 1, feedMinutes >= 0 else {
            throw ValidationError(
                "A port is 0 to 65535; a heartbeat takes at least 1 second; feed minutes are not negative.")
        }
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label) }
        var logger = Logger(label: "zerotrace")
        logger.logLevel = logLevel
        let application = try await buildApplication(configuration, logger: logger)
        try await application.run()
    }

    private var configuration: ServeConfiguration {
        var gateway = GatewayConfiguration()
        gateway.host = host
        gateway.port = port
        gateway.dashboardDirectory = dashboard
        gateway.heartbeatSeconds = heartbeat
        gateway.exposesMetrics = metrics
        gateway.isServedOverTLS = behindTLS
        gateway.trustsForwardedAddress = trustProxy
        var configuration = ServeConfiguration(data: data.folder, gateway: gateway)
        if feedMinutes > 0 { configuration.feedInterval = .seconds(feedMinutes * 60) }
        configuration.feedArguments = ["feeds", "sync", "--data", data.folder.path] + source.arguments
        return configuration
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
