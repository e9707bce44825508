import PostgreSQL
import Settings

/// Where the store's database is, as operators say it.
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `DB_HOST` | name, address or socket folder; several with commas when one of them may take over from another | none: no PostgreSQL |
/// | `DB_PORT` | 1…65535 | 5432 |
/// | `DB_NAME` | database | zerotrace |
/// | `DB_USER` | role that signs in | zerotrace |
/// | `DB_PASSWORD` | its password; `DB_PASSWORD_FILE` names a file that holds it | none |
/// | `DB_SSLMODE` | libpq's `sslmode` | prefer |
/// | `DB_SSLROOTCERT` | file with the certificates of known authorities | libpq's |
/// | `DB_ROLE` | role that the server acts as, which owns nothing | zerotrace_app |
/// | `DB_REPLICAS` | `host[:port]`, with commas: standbys that may answer reads | none |
/// | `DB_REPLICA_STALENESS` | milliseconds that what is read there may be old at most, 100…60000 | 2000 |
/// | `DB_POOL_SIZE` | connections for transactions, 1…1000 | 16 |
public struct DatabaseSettings: Sendable {
    /// What the client is told.
    public var client: PostgresConfiguration
    /// The role that the server acts as.
    public var role: String
    /// How old what a standby answers may be.
    public var replicaStaleness = Duration.seconds(2)

    /// The role's name unless somebody chooses another.
    public static let defaultRole = "zerotrace_app"

    /// Makes one from its parts.
    public init(client: PostgresConfiguration, role: String = defaultRole) {
        self.client = client
        self.role = role
    }

    /// Reads variables.
    ///
    /// - Returns: `nil` when there is no `DB_HOST`.
    public init?(environment: [String: String]) throws(ConfigurationError) {
        let variables = EnvironmentVariables(environment, family: "DB_")
        guard let host = variables.text("HOST") else { return nil }
        let port = try variables.number("PORT", in: 1...65_535, default: 5_432)
        var client = PostgresConfiguration(
            primary: .init(host: host, port: port), database: variables.text("NAME") ?? "zerotrace",
            user: variables.text("USER") ?? "zerotrace", password: try variables.secret("PASSWORD")?.revealed)
        client.tls = try variables.choice("SSLMODE", of: PostgresConfiguration.TLS.self) ?? client.tls
        client.rootCertificate = variables.text("SSLROOTCERT")
        client.maximumTransactions = try variables.number(
            "POOL_SIZE", in: 1...1_000, default: client.maximumTransactions)
        client.replicas = try variables.list("REPLICAS", defaultPort: port).map { .init(host: $0.host, port: $0.port) }
        self.init(client: client, role: variables.text("ROLE") ?? Self.defaultRole)
        replicaStaleness = .milliseconds(try variables.number("REPLICA_STALENESS", in: 100...60_000, default: 2_000))
    }
}
