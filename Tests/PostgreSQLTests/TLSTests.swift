import DataServersTesting
import PostgreSQL
import PostgresTesting
import Testing

/// Servers with certificates of their own; what a client accepts is libpq's business, that it is told so is ours.
@Suite(
    "PostgreSQL client, TLS",
    .enabled(if: hasServer && LocalCertificates.canBeMade, "PostgreSQL or openssl is not installed"))
struct TLSTests {
    /// Lends a server whose certificate is good for 127.0.0.1 and not for localhost.
    private func withServer(_ body: (PostgresCluster, LocalCertificates) async throws -> Void) async throws {
        let known = try await LocalCertificates()
        let cluster = try PostgresCluster(port: try LocalServer.freePort(), identity: known.identity)
        try await body(cluster, known)
        cluster.stop()
    }

    private func configure(
        _ cluster: PostgresCluster, _ tls: PostgresConfiguration.TLS, _ authority: String?, host: String = "127.0.0.1"
    ) -> (inout PostgresConfiguration) -> Void {
        {
            $0.primary = .init(host: host, port: cluster.port ?? 0)
            ($0.tls, $0.rootCertificate, $0.acquireTimeout) = (tls, authority, .seconds(30))
        }
    }

    /// Whether the connection is encrypted, as the server sees it.
    private static let isEncrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"

    private func expectRefusal(of cluster: PostgresCluster, _ change: (inout PostgresConfiguration) -> Void)
        async throws
    {
        try await withClient(of: cluster, change) { client in
            do {
                _ = try await client.ask("select 1")
                Issue.record("nothing was thrown")
            } catch let PostgresError.cannotConnect(failure) { #expect(failure.reason == .tls, "\(failure.message)") }
            await #expect(throws: PostgresError.self) { try await client.withTransaction { _ in } }
            await #expect(throws: PostgresError.self) {
                try await client.withDedicatedSession { _ = try $0.query("select 1") }
            }
        }
    }

    @Test("a certificate of a known authority is accepted, for requests, transactions and sessions")
    func accepts() async throws {
        try await withServer { cluster, known in
            let checks: [(PostgresConfiguration.TLS, String)] = [
                (.require, "127.0.0.1"), (.verifyCA, "localhost"), (.verifyFull, "127.0.0.1"),
            ]
            for (tls, host) in checks {
                try await withClient(of: cluster, configure(cluster, tls, known.authority, host: host)) { client in
                    try await expect(true) { try await client.ask(Self.isEncrypted).value() }
                    try await expect(true) {
                        try await client.withTransaction { try await $0.query(Self.isEncrypted).value(as: Bool.self) }
                    }
                    try await expect(true) {
                        try await client.withDedicatedSession { try $0.query(Self.isEncrypted).value(as: Bool.self) }
                    }
                }
            }
        }
    }

    @Test("another authority's certificate, one for another host, and none at all are refused, at once")
    func refuses() async throws {
        let stranger = try await LocalCertificates()
        try await withServer { cluster, known in
            try await expectRefusal(of: cluster, configure(cluster, .verifyFull, stranger.authority))
            try await expectRefusal(of: cluster, configure(cluster, .verifyCA, stranger.authority))
            try await expectRefusal(of: cluster, configure(cluster, .verifyFull, known.authority, host: "localhost"))
            try await expectRefusal(of: cluster, configure(cluster, .verifyFull, "/nonexistent/ca.pem"))
        }
        let plain = try PostgresCluster(port: try LocalServer.freePort())
        try await expectRefusal(of: plain, configure(plain, .require, nil))
        try await withClient(of: plain, configure(plain, .prefer, nil)) { client in
            try await expect(false) { try await client.ask(Self.isEncrypted).value() }
        }
        plain.stop()
    }

    @Test(
        "each new connection is checked again: a server that came back with another certificate is refused until it has the right one"
    )
    func reconnects() async throws {
        let stranger = try await LocalCertificates()
        try await withServer { cluster, known in
            try await withClient(of: cluster, configure(cluster, .verifyFull, known.authority)) { client in
                try await expect(true) { try await client.ask(Self.isEncrypted).value() }
                cluster.stop(keeping: true)
                try cluster.start(identity: stranger.identity)
                await #expect(throws: PostgresError.self) {
                    _ = try await client.run([PostgresStatement("select 1")], isRepeatable: true)
                }
                cluster.stop(keeping: true)
                try cluster.start(identity: known.identity)
                try await expect(true) {
                    try await client.run([PostgresStatement(Self.isEncrypted)], isRepeatable: true)[0].value()
                }
            }
        }
    }
}

extension LocalCertificates {
    fileprivate var identity: PostgresCluster.Identity { .init(certificate: certificate, key: key) }
}
