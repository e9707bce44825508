import AgentKit
import ArgumentParser
import FoundationEssentials

/// What several commands take beside the configuration file and the environment.
struct SettingsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file. Default: $ZEROTRACE_AGENT_CONFIG, then /etc/zerotrace/agent.json.", valueName: "FILE"))
    var config: String?
    @Option(help: ArgumentHelp("Base URL of the server.", valueName: "URL")) var server: String?
    @Option(help: ArgumentHelp("File that holds the enrollment token.", valueName: "FILE")) var tokenFile: String?
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp("Folder of credential and spool. Default: /var/lib/zerotrace-agent.", valueName: "DIR"))
    var stateFolder: String?
    @Option(
        help: ArgumentHelp("PEM file of certificate authorities to trust instead of the system's.", valueName: "FILE"))
    var ca: String?
    @Option(
        help: ArgumentHelp(
            "Keys that the server may have, as curl takes them: sha256//BASE64 of the public key, several with ; between them.",
            valueName: "PINS"))
    var pin: String?
    @Option(
        help: ArgumentHelp(
            "http://host:port to go through, or none. Default: what https_proxy and no_proxy say.", valueName: "PROXY"))
    var proxy: String?

    /// What the command line says of these.
    var settings: AgentSettings {
        var settings = AgentSettings()
        settings.server = server
        settings.tokenFile = tokenFile
        settings.stateFolder = stateFolder
        settings.certificateAuthorities = ca
        settings.pin = pin
        settings.proxy = proxy
        return settings
    }

    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// All that is set, wherever. Ends the command as a wrong use of it when something cannot be used.
    func gather(_ options: AgentSettings) throws -> AgentSettings {
        do {
            return try AgentSettings.gather(options: options, environment: Self.environment, file: config)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

/// How `status` and `doctor` answer.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
