import AgentKit
import ArgumentParser
import Logging
import ServiceLifecycle

/// Runs the agent until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Enroll when needed, then report until stopped.",
        discussion: """
            The enrollment token comes from $ZEROTRACE_ENROLLMENT_TOKEN or from a file, never from the command line, where every user \
            of the machine could read it. It is needed once; later runs use the key in the state folder. Options come before the \
            environment, and the environment before the configuration file.
            """)

    @OptionGroup var options: SettingsOptions
    @Option(help: ArgumentHelp("Folder to report as a root file system. Default: /.", valueName: "DIR")) var root:
        String?
    @Option(help: "Seconds between scans when nothing is seen to change. Default: 3600.") var scanInterval: Int?
    @Option(
        help: ArgumentHelp(
            "Percent of one processor that a scan takes while the machine is busy. Default: 5.", valueName: "PERCENT"))
    var cpuBudget: Int?
    @Option(help: "Seconds between heartbeats. Default: what the server says.") var heartbeat: Int?
    @Flag(help: "Also report packages that lock files and the like declare, whether or not they are installed.")
    var includeDeclared = false
    @Flag(
        inversion: .prefixedNo,
        help: "Report what of the machine is in use: pending restarts, open ports, packages that run. Default: yes.")
    var reportRunning: Bool?
    @Option(help: "Days after which the agent takes another key. Default: 30.") var keyDays: Int?
    @Option(help: "trace, debug, info, notice, warning, error or critical. Default: info.") var logLevel: Logger.Level?

    func run() async throws {
        let settings = try options.gather(asked)
        let configuration: AgentConfiguration
        do { configuration = try settings.configuration(environment: SettingsOptions.environment) } catch {
            throw ValidationError("\(error)")
        }
        guard let level = settings.logLevel.map(Logger.Level.init(rawValue:)) ?? .info else {
            throw ValidationError("log_level is no level of a log.")
        }
        var logger = Logger(label: "zerotrace-agent") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: Agent(configuration: configuration, logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }

    /// The service group's own messages are of no use to whoever reads the agent's log.
    private var quiet: Logger {
        var logger = Logger(label: "lifecycle") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }

    /// What the command line says.
    private var asked: AgentSettings {
        var settings = options.settings
        settings.root = root
        settings.scanSeconds = scanInterval
        settings.processorPercent = cpuBudget
        settings.heartbeatSeconds = heartbeat
        settings.includesDeclared = includeDeclared ? true : nil
        settings.reportsRunning = reportRunning
        settings.keyDays = keyDays
        settings.logLevel = logLevel?.rawValue
        return settings
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
