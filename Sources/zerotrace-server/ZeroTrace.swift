import ArgumentParser
import DirectCommands

/// The tree of commands.
struct ZeroTrace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zerotrace",
        abstract: "Which of your machines are exposed to which known vulnerabilities, why, and what to do first.",
        version: zeroTraceVersion,
        subcommands: [
            ServeCommand.self, GatewayCommand.self, ProcessorCommand.self, MigrateCommand.self, QueueCommand.self,
            KeysCommand.self,
            ScanCommand.self, MatchCommand.self, FeedsCommand.self, IndexCommand.self,
            CompanyCommand.self, UserCommand.self, TokenCommand.self, DeployCommand.self, AgentCommand.self,
            VerifyCommand.self,
            RetentionCommand.self,
            LoadtestCommand.self, EnrichmentCommand.self, VersionCompareCommand.self, PURLCommand.self,
            CVSSCommand.self,
        ])
}
