import AgentKit
import ArgumentParser

@main
struct ZeroTraceAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zerotrace-agent",
        abstract: "Reports the installed software of this machine to a ZeroTrace server.",
        version: agentVersion,
        subcommands: [
            RunCommand.self, ScanCommand.self, StatusCommand.self, DoctorCommand.self, InstallCommand.self,
            UninstallCommand.self,
        ])
}
