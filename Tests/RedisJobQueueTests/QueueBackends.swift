import DataServersTesting
import Foundation
import JobQueue
import JobQueueTesting
import PipelinedConnections
import RedisClient
import RedisJobQueue
import Settings

/// Redis as the tests have it: servers are started once and shared, keys are not.
enum QueueBackends {
    static let password = "not 4 secrets"

    private static let single = Task { try await SingleServer() }
    private static let cluster = Task { try await LocalRedis.startCluster(masters: 3, password: password) }

    private struct SingleServer {
        let certificates: LocalCertificates
        let server: LocalServer

        init() async throws {
            certificates = try await LocalCertificates()
            server = try await LocalRedis.start(password: password, certificates: certificates)
        }
    }

    /// One server with TLS and password.
    static func singleConfiguration() async throws -> RedisConfiguration {
        let single = try await single.value
        var configuration = RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: single.server.port)])
        var tls = TransportSecurity.Options()
        tls.authorities = single.certificates.authority
        configuration.tls = tls
        return own(configuration)
    }

    /// Three masters with a password.
    static func clusterConfiguration() async throws -> RedisConfiguration {
        let nodes = try await cluster.value
        // One address is enough: the others are learnt.
        var configuration = RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: nodes[0].port)])
        configuration.isCluster = true
        return own(configuration)
    }

    private static func own(_ configuration: RedisConfiguration) -> RedisConfiguration {
        var configuration = configuration
        configuration.password = Secret(password)
        configuration.prefix = "test-\(UUID().uuidString)"
        // The machine may be busy with other tests.
        configuration.timeout = .seconds(30)
        return configuration
    }

    /// Lends a queue that listens for work.
    static func withQueue<R: Sendable>(
        _ configuration: RedisConfiguration, policy: QueuePolicy = QueuePolicy(), partitions: Int? = nil,
        clock: ManualClock? = nil, _ body: @escaping @Sendable (RedisJobQueue) async throws -> R
    ) async throws -> R {
        let client = try RedisClient(configuration)
        defer { client.shutDown() }
        let queue = RedisJobQueue(client: client, policy: policy, partitions: partitions, clock: clock)
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await queue.run()
                return nil
            }
            group.addTask { try await body(queue) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}
