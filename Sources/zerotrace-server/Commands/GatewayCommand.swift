import ArgumentParser

/// Serves the API and the dashboard, beside others that do the same.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Serve the API and the dashboard, as one of several processes.",
        discussion: """
            Needs DB_HOST and REDIS_HOST. Verdicts come from ENRICHMENT_URL, else from the index in the data folder. Gateways that stand \
            beside each other need the same key for access tokens: API_SIGNING_KEY_FILE, else signing.key in the data folder.
            """)
    @OptionGroup var role: RoleOptions
    @OptionGroup var gateway: GatewayOptions

    func run() async throws {
        let deployment = try role.data.deployment()
        try deployment.requireShared(by: "gateway")
        let configuration = RoleConfiguration(
            deployment: deployment, gateway: try gateway.configuration(), drain: .seconds(gateway.drain))
        try await runApplication(configuration, logger: try role.makeLogger())
    }
}
