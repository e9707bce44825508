import DataServersTesting
import Foundation
import PipelinedConnections
import RedisClient
import Settings
import Testing

@Suite("Redis client", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(3)))
struct RedisClientTests {
    static let password = "pass word"

    func configuration(_ servers: [LocalServer], password: String? = nil) -> RedisConfiguration {
        var configuration = RedisConfiguration(
            addresses: servers.map { ServerAddress(host: "127.0.0.1", port: $0.port) })
        configuration.password = password.map { Secret($0) }
        // The machine may be busy with other tests.
        configuration.timeout = .seconds(30)
        return configuration
    }

    func withClient(_ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Void) async throws {
        let client = try RedisClient(configuration)
        defer { client.shutDown() }
        try await body(client)
    }

    @Test("any bytes come back as they were") func bytes() async throws {
        let server = try await LocalRedis.start()
        try await withClient(configuration([server])) { client in
            let value = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try await client.send(RedisCommand("SET", ["a\r\n", .bytes(value)]), key: nil)
            #expect(try await client.send(RedisCommand("GET", ["a\r\n"]), key: nil).bytes == value)
            #expect(try await client.send(RedisCommand("GET", ["b"]), key: nil) == .null)
        }
    }

    @Test("what thousands ask at once, each gets his own answer") func pipelines() async throws {
        let server = try await LocalRedis.start()
        try await withClient(configuration([server])) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<5_000 {
                    group.addTask { () async throws in
                        let reply = try await client.send(RedisCommand("ECHO", [.number(Int64(number))]), key: nil)
                        #expect(reply.integer == Int64(number))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("an error is the server's word, and spoils nothing") func errors() async throws {
        let server = try await LocalRedis.start()
        try await withClient(configuration([server])) { client in
            try await client.send(RedisCommand("SET", ["a", "x"]), key: nil)
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("LPUSH", ["a", "x"]), key: nil)
            }
            guard case .server(code: "WRONGTYPE", message: _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await client.send(RedisCommand("PING"), key: nil) == .simple("PONG"))
        }
    }

    @Test(
        "speaks TLS and gives the password; a wrong one, or a stranger's certificate, is refused",
        .enabled(if: LocalCertificates.canBeMade, "no openssl"))
    func security() async throws {
        let (certificates, others) = (try await LocalCertificates(), try await LocalCertificates())
        let server = try await LocalRedis.start(password: Self.password, certificates: certificates)
        var right = configuration([server], password: Self.password)
        var tls = TransportSecurity.Options()
        tls.authorities = certificates.authority
        right.tls = tls
        try await withClient(right) { client in
            let reply = try await client.send(RedisCommand("PING"), key: nil)
            #expect(reply == .simple("PONG"))
        }
        var wrongPassword = right
        wrongPassword.password = Secret("hunter2")
        var stranger = right
        stranger.tls?.authorities = others.authority
        var plain = right
        plain.tls = nil
        for wrong in [wrongPassword, stranger, plain] {
            try await withClient(wrong) { client in
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("PING"), key: nil)
                }
                #expect(error?.wasSent == false)
                #expect(!"\(String(describing: error))".contains("hunter2"))
            }
        }
    }

    @Test(
        "a certificate for another name is refused, unless that name is expected or names do not matter",
        .enabled(if: LocalCertificates.canBeMade, "no openssl"))
    func names() async throws {
        let certificates = try await LocalCertificates(for: "DNS:redis.example")
        let server = try await LocalRedis.start(certificates: certificates)
        for (name, checks, isRight) in [
            (nil, true, false), ("other.example", true, false), ("redis.example", true, true), (nil, false, true),
        ] as [(String?, Bool, Bool)] {
            var configuration = configuration([server])
            var tls = TransportSecurity.Options()
            tls.authorities = certificates.authority
            tls.serverName = name
            tls.checksHost = checks
            configuration.tls = tls
            try await withClient(configuration) { client in
                let reply = try? await client.send(RedisCommand("PING"), key: nil)
                #expect((reply != nil) == isRight, "\(name ?? "no name") \(checks)")
            }
        }
    }

    @Test("a server that hangs is given up in time, and used again when it goes on") func hangs() async throws {
        let server = try await LocalRedis.start()
        var configuration = configuration([server])
        configuration.timeout = .milliseconds(500)
        try await withClient(configuration) { client in
            _ = try? await client.send(RedisCommand("PING"), key: nil)
            server.freeze()
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING"), key: nil) }
            server.thaw()
            while (try? await client.send(RedisCommand("PING"), key: nil)) == nil { await Task.yield() }
        }
    }

    @Test("a server that was killed fails what is asked, and is used again when it is back") func restarts()
        async throws
    {
        let server = try await LocalRedis.start()
        try await withClient(configuration([server])) { client in
            try await client.send(RedisCommand("PING"), key: nil)
            server.kill()
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING"), key: nil) }
            try await server.start()
            while (try? await client.send(RedisCommand("PING"), key: nil)) == nil { await Task.yield() }
        }
    }

    @Test("a script is sent once, and again after the server forgot it") func scripts() async throws {
        let server = try await LocalRedis.start()
        try await withClient(configuration([server])) { client in
            let script = RedisScript(source: "return {KEYS[1], ARGV[1] + 1}")
            for _ in 0..<2 {
                for _ in 0..<2 {
                    let reply = try await script.run(on: client, keys: ["k"], arguments: [.number(41)])
                    #expect(reply.array?.map(\.text) == ["k", nil] && reply.array?[1].integer == 42)
                }
                try await client.send(RedisCommand("SCRIPT", ["FLUSH"]), key: nil)
            }
        }
    }
}

@Suite("Redis client in a cluster", .enabled(if: LocalRedis.isInstalled, "no redis-server"), .timeLimit(.minutes(4)))
struct RedisClusterTests {
    static let password = "pass word"

    func configuration(_ server: LocalServer) -> RedisConfiguration {
        var configuration = RedisConfiguration(addresses: [ServerAddress(host: "127.0.0.1", port: server.port)])
        configuration.isCluster = true
        configuration.password = Secret(Self.password)
        configuration.timeout = .seconds(5)
        configuration.patience = .seconds(60)
        return configuration
    }

    @Test("finds every key from any node, follows slots that move, while and after they do") func redirects()
        async throws
    {
        let nodes = try await LocalRedis.startCluster(password: Self.password)
        let client = try RedisClient(configuration(nodes[1]))
        defer { client.shutDown() }
        for number in 0..<300 {
            let key = "key \(number)"
            try await client.send(RedisCommand("SET", [.text(key), .number(Int64(number))]), key: key)
        }
        for number in 0..<300 {
            let key = "key \(number)"
            #expect(try await client.send(RedisCommand("GET", [.text(key)]), key: key).integer == Int64(number))
        }
        // `foo` is in slot 12182, which belongs to the third node; it moves to the first.
        let slot = "12182"
        func command(_ node: Int, _ words: String...) async throws -> String {
            try await LocalRedis.command(nodes[node], password: Self.password, words)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let ids = [try await command(0, "cluster", "myid"), try await command(2, "cluster", "myid")]
        try await client.send(RedisCommand("SET", ["foo", "1"]), key: "foo")
        _ = try await command(0, "cluster", "setslot", slot, "importing", ids[1])
        _ = try await command(2, "cluster", "setslot", slot, "migrating", ids[0])
        // Still there; what is not there is asked for where it goes to.
        #expect(try await client.send(RedisCommand("GET", ["foo"]), key: "foo").integer == 1)
        try await client.send(RedisCommand("SET", ["{foo}new", "2"]), key: "{foo}new")
        #expect(try await client.send(RedisCommand("GET", ["{foo}new"]), key: "{foo}new").integer == 2)
        #expect(try await command(2, "exists", "foo") == "1")
        _ = try await command(2, "migrate", "127.0.0.1", "\(nodes[0].port)", "foo", "0", "5000", "auth", Self.password)
        for node in [0, 2, 1] { _ = try await command(node, "cluster", "setslot", slot, "node", ids[0]) }
        #expect(try await client.send(RedisCommand("GET", ["foo"]), key: "foo").integer == 1)
        #expect(try await client.send(RedisCommand("GET", ["{foo}new"]), key: "{foo}new").integer == 2)
    }

    @Test("goes on with the replica when a master is killed") func failsOver() async throws {
        let nodes = try await LocalRedis.startCluster(replicas: 1, password: Self.password)
        let client = try RedisClient(configuration(nodes[0]))
        defer { client.shutDown() }
        try await client.send(RedisCommand("SET", ["foo", "1"]), key: "foo")
        _ = try await client.send(RedisCommand("WAIT", ["1", "5000"]), key: "foo")
        nodes[2].kill()
        // The one that was under way may fail; what was not sent waits for the new master.
        _ = try? await client.send(RedisCommand("PING"), key: "foo")
        #expect(try await client.send(RedisCommand("GET", ["foo"]), key: "foo").integer == 1)
        try await client.send(RedisCommand("SET", ["foo", "2"]), key: "foo")
        #expect(try await client.send(RedisCommand("GET", ["foo"]), key: "foo").integer == 2)
    }
}
