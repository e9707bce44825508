import ArgumentParser
import Enrichment

/// Runs every role in one process.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the whole server in this process.",
        discussion: """
            All data is in one folder unless the environment names parts that processes share: DB_HOST (PostgreSQL), REDIS_HOST, \
            MEMCACHED_HOST, ENRICHMENT_URL. It stops on SIGTERM and SIGINT once requests under way are answered.
            """)
    @OptionGroup var role: RoleOptions
    @OptionGroup var gateway: GatewayOptions
    @OptionGroup var processor: ProcessorOptions
    @Option(help: "Minutes between feed syncs; 0 leaves syncing to `zerotrace feeds sync`.") var feedMinutes = 60
    @OptionGroup var source: FeedSourceOptions

    func validate() throws {
        guard feedMinutes >= 0 else { throw ValidationError("Feed minutes are not negative.") }
    }

    func run() async throws {
        let deployment = try role.data.deployment()
        var configuration = RoleConfiguration(
            deployment: deployment, gateway: try gateway.configuration(), processor: try processor.configuration(),
            drain: .seconds(gateway.drain))
        // Whoever asks others for verdicts has no use for an index of its own.
        if feedMinutes > 0, deployment.enrichment == nil {
            configuration.feeds = FeedConfiguration(
                interval: .seconds(feedMinutes * 60),
                arguments: ["feeds", "sync", "--data", deployment.data.path] + source.arguments)
        }
        try await runApplication(configuration, logger: try role.makeLogger())
    }
}
