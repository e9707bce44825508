import ArgumentParser
import Foundation
import Settings

/// Applies inventories and advisory changes, beside others that do the same.
struct ProcessorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processor", abstract: "Apply inventories and advisory changes, as one of several processes.",
        discussion: """
            Needs DB_HOST and REDIS_HOST. Verdicts come from ENRICHMENT_URL, else from the index in the data folder. On SIGTERM it finishes \
            the inventory under way and gives the rest back.
            """)
    @OptionGroup var role: RoleOptions
    @OptionGroup var processor: ProcessorOptions
    @Option(
        help: ArgumentHelp(
            "Show /-/healthy, /-/ready and /metrics there, to whoever can reach it. Default: $PROCESSOR_LISTEN, else nowhere.",
            valueName: "HOST:PORT"))
    var listen: String?

    func run() async throws {
        let deployment = try role.data.deployment()
        try deployment.requireShared(by: "processor")
        var configuration = RoleConfiguration(deployment: deployment, processor: try processor.configuration())
        configuration.processor?.operations = try operations()
        try await runApplication(configuration, logger: try role.makeLogger())
    }
    private func operations() throws -> ServerAddress? {
        let variables = EnvironmentVariables(ProcessInfo.processInfo.environment, family: "PROCESSOR_")
        guard let listen else { return try variables.list("LISTEN", defaultPort: 8_421).first }
        guard let address = ServerAddress(listen, defaultPort: 8_421) else {
            throw ValidationError("\(listen) is no HOST:PORT.")
        }
        return address
    }
}
