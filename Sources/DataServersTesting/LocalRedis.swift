import Foundation

/// Redis servers for tests.
public enum LocalRedis {
    /// Whether the tests can have any.
    public static let isInstalled = LocalServer.isInstalled("redis-server") && LocalServer.isInstalled("redis-cli")

    /// One server without persistence.
    ///
    /// - Parameters:
    ///   - password: Of the default user; `nil` stands for none.
    ///   - certificates: With it, the server speaks TLS only.
    public static func start(
        password: String? = nil, certificates: LocalCertificates? = nil, more: [String] = []
    ) async throws -> LocalServer {
        try await LocalServer.start("redis-server") { port, folder in
            var arguments = [
                "--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--appendonly", "no", "--daemonize", "no",
            ]
            if let password { arguments += ["--requirepass", password, "--masterauth", password] }
            if let certificates {
                arguments += [
                    "--port", "0", "--tls-port", "\(port)", "--tls-ca-cert-file", certificates.authority,
                    "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
                    "--tls-auth-clients", "no",
                ]
            } else {
                arguments += ["--port", "\(port)"]
            }
            return arguments + more
        }
    }

    /// A cluster whose slots are spread over the masters; with a replica for each if wanted.
    public static func startCluster(
        masters: Int = 3, replicas: Int = 0, password: String
    ) async throws -> [LocalServer] {
        var nodes: [LocalServer] = []
        for _ in 0..<(masters * (1 + replicas)) {
            nodes.append(
                try await start(
                    password: password,
                    more: [
                        "--cluster-enabled", "yes", "--cluster-port", "\(try LocalServer.freePort())",
                        "--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0",
                    ]))
        }
        try await command(
            nodes[0], password: password,
            ["--cluster", "create"] + nodes.map { "127.0.0.1:\($0.port)" }
                + ["--cluster-replicas", "\(replicas)", "--cluster-yes"])
        for node in nodes { try await untilHealthy(node, size: nodes.count, password: password) }
        return nodes
    }

    /// Runs `redis-cli` against a server.
    /// - Returns: What it prints.
    @discardableResult
    public static func command(_ server: LocalServer, password: String, _ arguments: [String]) async throws -> String {
        let target = arguments.first == "--cluster" ? [] : ["-h", "127.0.0.1", "-p", "\(server.port)"]
        return try await LocalProcess.run(
            "redis-cli", target + ["-a", password, "--no-auth-warning"] + arguments)
    }

    private static func untilHealthy(_ node: LocalServer, size: Int, password: String) async throws {
        for _ in 0..<500 {
            let state = try await command(node, password: password, ["cluster", "info"])
            if state.contains("cluster_state:ok"), state.contains("cluster_known_nodes:\(size)") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw LocalServer.Failure(description: "the cluster does not form")
    }
}

/// Memcached for tests.
public enum LocalMemcached {
    /// Whether the tests can have one.
    public static let isInstalled = LocalServer.isInstalled("memcached")

    /// One server with little memory.
    public static func start() async throws -> LocalServer {
        try await LocalServer.start("memcached") { port, _ in
            ["-l", "127.0.0.1", "-p", "\(port)", "-U", "0", "-m", "16"] + (getuid() == 0 ? ["-u", "nobody"] : [])
        }
    }
}
