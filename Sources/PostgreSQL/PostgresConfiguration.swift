/// Where a database is, who calls, and the limits of the calls.
public struct PostgresConfiguration: Sendable {
    /// A server.
    public struct Endpoint: Sendable, Hashable {
        /// A name, an address, or the folder of a Unix socket; several separated by commas when one of them may take over from another.
        public var host: String
        /// 1…65535; for a socket the number in its file name.
        public var port: Int

        /// Makes one from its parts.
        public init(host: String, port: Int = 5432) {
            self.host = host
            self.port = port
        }
    }

    /// What libpq calls `sslmode`.
    ///
    /// - Source: PostgreSQL manual 34.19, <https://www.postgresql.org/docs/15/libpq-ssl.html>
    public enum TLS: String, Sendable, CaseIterable {
        /// Never.
        case disable
        /// When the server offers it; no certificate is checked.
        case prefer
        /// Always; no certificate is checked, so that only listeners are kept out.
        case require
        /// Always, with a certificate of a known authority.
        case verifyCA = "verify-ca"
        /// Always, with a certificate of a known authority for this very host.
        case verifyFull = "verify-full"
    }

    /// The server that takes writes.
    public var primary: Endpoint
    /// Servers that follow it and may answer reads that allow it.
    public var replicas: [Endpoint] = []
    /// Whether the primary must take writes: then one that became a standby is left for the one that took over. False to look at a
    /// standby itself.
    public var requiresWrites = true
    /// Name of the database.
    public var database: String
    /// Name of the role that signs in.
    public var user: String
    /// Its password; `nil` where the server asks for none. Never printed.
    public var password: String?
    /// Whether connections are encrypted.
    public var tls = TLS.prefer
    /// A file with the certificates of known authorities, for ``TLS/verifyCA`` and ``TLS/verifyFull``; `nil` for libpq's own place.
    public var rootCertificate: String?
    /// A role to act as after signing in, which should own nothing; `nil` to act as ``user``.
    public var role: String?
    /// Shown in `pg_stat_activity`.
    public var applicationName = "zerotrace"
    /// Configuration parameters that every connection begins with; names and values of the program's own, without spaces.
    public var settings: [String: String] = [:]
    /// Connections that requests share, each several requests at a time; 1…64.
    public var lanes = 2
    /// Connections that transactions have to themselves; 1…1000.
    public var maximumTransactions = 16
    /// How long a connection may take to be made, whole seconds, at least 2 (libpq's least).
    public var connectTimeout = Duration.seconds(5)
    /// How long a request waits for a connection, reconnecting meanwhile when the server is away.
    public var acquireTimeout = Duration.seconds(10)
    /// How long the server works on a statement before it gives up.
    public var statementTimeout = Duration.seconds(30)

    /// Makes one; everything else has its default.
    public init(primary: Endpoint, database: String, user: String, password: String? = nil) {
        self.primary = primary
        self.database = database
        self.user = user
        self.password = password
    }

    /// What libpq is told to connect to an endpoint, by its keywords.
    ///
    /// Dead peers are noticed by keep-alives and by the time that sent bytes may stay unacknowledged.
    func parameters(for endpoint: Endpoint, writable: Bool) -> [(String, String)] {
        var parameters = [
            ("host", endpoint.host), ("port", String(endpoint.port)), ("dbname", database), ("user", user),
            ("sslmode", tls.rawValue), ("application_name", applicationName), ("client_encoding", "UTF8"),
            ("connect_timeout", String(max(2, connectTimeout.components.seconds))), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
            ("target_session_attrs", writable && requiresWrites ? "read-write" : "any"),
            ("options", options),
        ]
        if let password { parameters.append(("password", password)) }
        if let rootCertificate { parameters.append(("sslrootcert", rootCertificate)) }
        return parameters
    }

    private var options: String {
        let limits = [
            ("statement_timeout", String(statementTimeout.milliseconds)),
            ("idle_in_transaction_session_timeout", "60000"),
        ]
        return (limits + settings.sorted { $0.key < $1.key }).map { "-c \($0.0)=\($0.1)" }.joined(separator: " ")
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the password.
    public var description: String { "\(user)@\(primary.host):\(primary.port)/\(database)" }
    /// Without the password.
    public var debugDescription: String { description }
    /// Without the password, so that no dump shows it.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension Duration {
    /// Whole milliseconds, at least 1.
    var milliseconds: Int64 {
        max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
