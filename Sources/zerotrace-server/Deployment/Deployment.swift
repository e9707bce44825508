import Enrichment
import MemcachedClient
import Notifications
import PostgresStore
import RedisClient
import SQLiteStore
import Settings
import Stores
import VerdictClient

/// Which parts the installation stands on: what the environment names, else what fits into one process and one folder.
struct Deployment: Sendable {
    /// Everything that lies in files: SQLite, feeds, index, key.
    let data: DataFolder
    /// `DB_…`; `nil` stands for SQLite in the folder.
    let database: DatabaseSettings?
    /// `REDIS_…`; `nil` stands for queue and bus in this process.
    let redis: RedisConfiguration?
    /// `MEMCACHED_…`; `nil` stands for no such level of the cache.
    let memcached: MemcachedConfiguration?
    /// `ENRICHMENT_…`; `nil` stands for the index in the folder.
    let enrichment: RemoteVerdictConfiguration?
    /// The file with the key that signs access tokens; several gateways need the same one.
    let signingKey: String
    /// The file with the key under which secrets are sealed; gateways and processors need the same one.
    let sealingKey: String

    /// Reads what the environment names.
    ///
    /// - Throws: ``ConfigurationError``, ``RemoteVerdictConfigurationError``.
    init(data: DataFolder, environment: [String: String]) throws {
        self.data = data
        database = try DatabaseSettings(environment: environment)
        redis = try RedisConfiguration(environment: environment)
        memcached = try MemcachedConfiguration(environment: environment)
        enrichment = try RemoteVerdictConfiguration(environment: environment)
        signingKey = EnvironmentVariables(environment, family: "API_").text("SIGNING_KEY_FILE") ?? data.signingKey
        sealingKey = EnvironmentVariables(environment, family: "NOTIFY_").text("KEY_FILE") ?? data.sealingKey
    }

    /// Opens the store; SQLite's is made when it is new, PostgreSQL's must have been.
    func openStore() async throws -> any Store {
        guard let database else {
            try data.create()
            return try SQLiteStore(path: data.database)
        }
        do {
            return try await PostgresStore.open(database)
        } catch StoreError.databaseTooNew(let found, let supported) {
            throw Refusal(
                "the database is at migration \(found), and this program knows \(supported): take a newer program")
        } catch StoreError.unavailable(let reason), StoreError.timedOut(let reason), StoreError.failed(let reason) {
            throw Refusal("the database cannot be used: \(reason)")
        }
    }

    /// The seal of the installation; its key is made when there is none.
    func openSeal() throws -> SecretSeal {
        try data.create()
        return SecretSeal(key: try SealingKeyFile.loadOrCreate(path: sealingKey))
    }

    /// Whether a role can do its work in a process of its own.
    ///
    /// - Throws: What is missing, in words.
    func requireShared(by role: String) throws {
        let missing = [
            database == nil ? "a database that processes can share (DB_HOST)" : nil,
            redis == nil ? "a queue that processes can share (REDIS_HOST)" : nil,
        ].compactMap(\.self)
        guard !missing.isEmpty else { return }
        throw Refusal(
            """
            `zerotrace \(role)` is one of several processes and needs \(missing.joined(separator: " and ")). \
            `zerotrace serve` runs everything in one process.
            """)
    }
}

extension RemoteVerdictConfiguration {
    /// Reads `ENRICHMENT_URL` (addresses, parted by commas), `ENRICHMENT_SECRET` or `ENRICHMENT_SECRET_FILE`, `ENRICHMENT_TLS_CA_FILE`.
    ///
    /// - Returns: `nil` when there is no `ENRICHMENT_URL`.
    fileprivate init?(environment: [String: String]) throws {
        let variables = EnvironmentVariables(environment, family: "ENRICHMENT_")
        guard variables.text("URL") != nil else { return nil }
        do { try self.init(endpoints: variables.words("URL")) } catch {
            throw ConfigurationError(
                variable: "ENRICHMENT_URL", expected: "http or https addresses, parted by commas")
        }
        secret = try variables.secret("SECRET")?.revealed
        authorities = variables.text("TLS_CA_FILE")
    }
}
