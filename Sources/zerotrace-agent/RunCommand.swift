import AgentKit
import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import ServiceLifecycle

/// Runs the agent until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Enroll when needed, then report until stopped.",
        discussion: """
            The enrollment token comes from $ZEROTRACE_ENROLLMENT_TOKEN or from a file, never from the command line, where every user \
            of the machine could read it. It is needed once; later runs use the key in the state folder.
            """)

    @Option(help: ArgumentHelp("Base URL of the server. Default: $ZEROTRACE_SERVER.", valueName: "URL"))
    var server: String?
    @Option(help: ArgumentHelp("File that holds the enrollment token.", valueName: "FILE")) var tokenFile: String?
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp("Folder of credential and spool. Default: /var/lib/zerotrace-agent.", valueName: "DIR"))
    var stateFolder = "/var/lib/zerotrace-agent"
    @Option(help: ArgumentHelp("Folder to report as a root file system.", valueName: "DIR")) var root = "/"
    @Option(help: "Seconds between scans when nothing is seen to change.") var scanInterval = 3_600
    @Option(help: "Seconds between heartbeats. Default: what the server says.") var heartbeat: Int?
    @Flag(help: "Also report packages that lock files and the like declare, whether or not they are installed.")
    var includeDeclared = false
    @Option(help: "Days after which the agent takes another key.") var keyDays = 30
    @Option(
        help: ArgumentHelp("PEM file of certificate authorities to trust instead of the system's.", valueName: "FILE"))
    var ca: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = Logger.Level.info

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let server = server ?? environment["ZEROTRACE_SERVER"] else {
            throw ValidationError("Which server? Give --server or set ZEROTRACE_SERVER.")
        }
        guard scanInterval >= 1, heartbeat.map({ $0 >= 1 }) ?? true else {
            throw ValidationError("Intervals are at least 1 second.")
        }
        guard (1...3_650).contains(keyDays) else { throw ValidationError("A key lives for 1 to 3650 days.") }
        let configuration = AgentConfiguration(
            server: server, token: try enrollmentToken(environment), stateFolder: stateFolder, root: root,
            scanSeconds: scanInterval, includesDeclared: includeDeclared, heartbeatSeconds: heartbeat,
            certificateAuthorities: ca,
            keySeconds: Int64(keyDays) * 86_400)
        var logger = Logger(label: "zerotrace-agent") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
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

    private func enrollmentToken(_ environment: [String: String]) throws -> String? {
        guard let tokenFile else { return environment["ZEROTRACE_ENROLLMENT_TOKEN"] }
        guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
            throw ValidationError("\(tokenFile) cannot be read.")
        }
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
