import AgentInstallation
import AgentKit
import ArgumentParser
import FoundationEssentials
import Glibc

/// Puts the agent on this machine.
struct InstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Put program, systemd unit, configuration and token in their places.",
        discussion: """
            Says what is in the way and changes nothing, unless told to replace it. Doing it twice does nothing. The token comes from a file \
            or from $ZEROTRACE_ENROLLMENT_TOKEN. Where a package brought the agent, only configuration and token are written.
            Then: systemctl daemon-reload && systemctl enable --now zerotrace-agent
            """)

    @Option(help: ArgumentHelp("Base URL of the server.", valueName: "URL")) var server: String?
    @Option(
        help: ArgumentHelp(
            "Configuration to install, checked first, instead of one that names the server alone.", valueName: "FILE"))
    var config: String?
    @Option(help: ArgumentHelp("File that holds the enrollment token.", valueName: "FILE")) var tokenFile: String?
    @Option(help: ArgumentHelp("Folder that stands for /, as of an image.", valueName: "DIR")) var root = "/"
    @Flag(help: "Put these files in the place of others.") var replace = false

    func run() throws {
        do {
            let steps = try Installation(root: root).install(
                program: "/proc/self/exe", configuration: try text(), token: try token(), replaces: replace)
            for step in steps { StandardStreams.print(Array("\(step)\n".utf8)) }
        } catch let error as InstallationError {
            StandardStreams.tell("\(error)")
            throw ExitCode(1)
        } catch let error as AgentSettingsError {
            throw ValidationError("\(error)")
        }
    }

    /// Only what the agent will understand gets installed.
    private func text() throws -> [UInt8]? {
        if let config {
            _ = try AgentSettings(file: config).configuration(environment: [:])
            return Array(try Data(contentsOf: URL(filePath: config)))
        }
        guard let server else { return nil }
        var settings = AgentSettings()
        settings.server = server
        _ = try settings.configuration(environment: [:])
        return try JSONText.encode(["server": server, "token_file": "/etc/zerotrace/enrollment-token"])
    }

    private func token() throws -> String? {
        var settings = AgentSettings()
        settings.server = "http://localhost"
        settings.tokenFile = tokenFile
        let token = try settings.configuration(environment: SettingsOptions.environment).token
        guard tokenFile == nil || token != nil else {
            throw ValidationError("The token's file is not there, or empty.")
        }
        return token
    }
}

/// Takes the agent from this machine.
struct UninstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall", abstract: "Take away what install put there.",
        discussion: """
            Stop the agent first: systemctl disable --now zerotrace-agent. Configuration, token and state stay unless --purge is given: \
            another installation then goes on as the same agent.
            """)

    @Option(help: ArgumentHelp("Folder that stands for /, as of an image.", valueName: "DIR")) var root = "/"
    @Flag(help: "Also remove configuration, token and state: the machine has to be enrolled anew.") var purge = false

    func run() throws {
        do {
            for step in try Installation(root: root).uninstall(purging: purge) {
                StandardStreams.print(Array("\(step)\n".utf8))
            }
        } catch {
            StandardStreams.tell("\(error)")
            throw ExitCode(1)
        }
    }
}
