import Foundation
import PostgreSQL

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
/// | `DB_POOL_SIZE` | connections for transactions, 1…1000 | 16 |
public struct DatabaseSettings: Sendable {
    /// A variable that cannot be understood. Shows its name, never its value.
    public struct InvalidVariable: Error, Sendable, Equatable, CustomStringConvertible {
        /// "DB_PORT".
        public let name: String
        /// What it must be.
        public let expected: String
        /// In words.
        public var description: String { "\(name) must be \(expected)" }
    }

    /// What the client is told.
    public var client: PostgresConfiguration
    /// The role that the server acts as.
    public var role: String

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
    /// - Throws: ``InvalidVariable``.
    public init?(environment: [String: String]) throws(InvalidVariable) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let host = value("DB_HOST") else { return nil }
        var client = PostgresConfiguration(
            primary: .init(host: host, port: try Self.number(value("DB_PORT"), "DB_PORT", in: 1...65_535) ?? 5432),
            database: value("DB_NAME") ?? "zerotrace", user: value("DB_USER") ?? "zerotrace",
            password: try Self.password(value("DB_PASSWORD"), file: value("DB_PASSWORD_FILE")))
        if let mode = value("DB_SSLMODE") {
            guard let tls = PostgresConfiguration.TLS(rawValue: mode) else {
                let modes = PostgresConfiguration.TLS.allCases.map(\.rawValue).joined(separator: ", ")
                throw InvalidVariable(name: "DB_SSLMODE", expected: "one of \(modes)")
            }
            client.tls = tls
        }
        client.rootCertificate = value("DB_SSLROOTCERT")
        client.maximumTransactions = try Self.number(value("DB_POOL_SIZE"), "DB_POOL_SIZE", in: 1...1000) ?? 16
        client.replicas = try Self.replicas(value("DB_REPLICAS"), port: client.primary.port)
        self.init(client: client, role: value("DB_ROLE") ?? Self.defaultRole)
    }

    private static func number(_ text: String?, _ name: String, in bounds: ClosedRange<Int>) throws(InvalidVariable)
        -> Int?
    {
        guard let text else { return nil }
        guard let number = Int(text), bounds.contains(number) else {
            throw InvalidVariable(name: name, expected: "a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    private static func password(_ text: String?, file: String?) throws(InvalidVariable) -> String? {
        guard let file else { return text }
        guard text == nil else {
            throw InvalidVariable(name: "DB_PASSWORD_FILE", expected: "absent when DB_PASSWORD is there")
        }
        guard let content = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw InvalidVariable(name: "DB_PASSWORD_FILE", expected: "a file that can be read")
        }
        return content.trimmingCharacters(in: .newlines)
    }

    private static func replicas(_ text: String?, port: Int) throws(InvalidVariable) -> [PostgresConfiguration.Endpoint]
    {
        var endpoints: [PostgresConfiguration.Endpoint] = []
        for part in (text ?? "").split(separator: ",") {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard let host = words.first, !host.isEmpty, words.count <= 2 else {
                throw InvalidVariable(name: "DB_REPLICAS", expected: "host[:port] with commas between")
            }
            let own = try number(words.count == 2 ? String(words[1]) : nil, "DB_REPLICAS", in: 1...65_535)
            endpoints.append(.init(host: String(host), port: own ?? port))
        }
        return endpoints
    }
}
