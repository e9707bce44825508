import PostgreSQL
import PostgresStore
import Testing

@Suite("Database settings")
struct SettingsTests {
    @Test("without a host there is no database")
    func absent() throws {
        #expect(try DatabaseSettings(environment: [:]) == nil)
        #expect(try DatabaseSettings(environment: ["DB_HOST": "", "DB_PORT": "x"]) == nil)
    }

    @Test("reads every variable")
    func reads() throws {
        let settings = try #require(
            try DatabaseSettings(environment: [
                "DB_HOST": "a,b", "DB_PORT": "6432", "DB_NAME": "n", "DB_USER": "u", "DB_PASSWORD": "secret",
                "DB_SSLMODE": "verify-full", "DB_SSLROOTCERT": "/ca.pem", "DB_ROLE": "r", "DB_REPLICAS": "c:1,d",
                "DB_POOL_SIZE": "7", "DB_REPLICA_STALENESS": "250",
            ]))
        let client = settings.client
        #expect(client.primary == .init(host: "a,b", port: 6432))
        #expect(client.replicas == [.init(host: "c", port: 1), .init(host: "d", port: 6432)])
        #expect(
            [client.database, client.user, client.password, client.rootCertificate] == ["n", "u", "secret", "/ca.pem"])
        #expect(client.tls == .verifyFull)
        #expect(client.maximumTransactions == 7)
        #expect(settings.role == "r")
        #expect(settings.replicaStaleness == .milliseconds(250))
        #expect(!"\(settings)".contains("secret"))
        #expect(!String(reflecting: settings).contains("secret"))
        let plain = try #require(try DatabaseSettings(environment: ["DB_HOST": "h"]))
        #expect(plain.client.primary == .init(host: "h", port: 5432))
        #expect([plain.client.database, plain.client.user, plain.role] == ["zerotrace", "zerotrace", "zerotrace_app"])
    }

    @Test(
        "what cannot be understood is named, and its value is not",
        arguments: [
            ("DB_PORT", "70000"), ("DB_PORT", "x"), ("DB_SSLMODE", "maybe"), ("DB_POOL_SIZE", "-7"),
            ("DB_REPLICA_STALENESS", "99"),
            ("DB_REPLICAS", ":1"),
            ("DB_REPLICAS", "a:b"), ("DB_PASSWORD_FILE", "/nonexistent/secret"),
        ])
    func invalid(_ name: String, _ value: String) {
        do {
            _ = try DatabaseSettings(environment: ["DB_HOST": "h", name: value])
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.variable == name)
            #expect(!"\(error)".contains(value))
        }
    }
}
