import DataServersTesting
import MemcachedClient
import Settings
import Testing

@Suite("Memcached client", .timeLimit(.minutes(2))) struct MemcachedClientTests {
    @Test("reads its settings") func settings() throws {
        #expect(try MemcachedConfiguration(environment: [:]) == nil)
        let configuration = try #require(
            try MemcachedConfiguration(environment: ["MEMCACHED_HOST": "a,b:1", "MEMCACHED_TIMEOUT": "40"]))
        #expect(configuration.addresses.map(\.description) == ["a:11211", "b:1"])
        #expect(configuration.timeout == .milliseconds(40))
        #expect(throws: ConfigurationError(variable: "MEMCACHED_PREFIX", expected: "up to 64 visible ASCII characters"))
        {
            _ = try MemcachedConfiguration(environment: ["MEMCACHED_HOST": "a", "MEMCACHED_PREFIX": "a b"])
        }
    }

    @Test("keeps, gives and forgets values", .enabled(if: LocalMemcached.isInstalled, "no memcached"))
    func values() async throws {
        let servers = [try await LocalMemcached.start(), try await LocalMemcached.start()]
        var configuration = MemcachedConfiguration(
            addresses: servers.map { ServerAddress(host: "127.0.0.1", port: $0.port) })
        configuration.timeout = .seconds(20)
        let client = MemcachedClient(configuration)
        defer { client.shutDown() }
        let value = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        for group in 0..<40 {
            let replies = try await client.send(
                [
                    .set("k", value, seconds: 100), .set("k", [1], seconds: 100, onlyIfMissing: true), .get("k"),
                    .delete("k"), .get("k"),
                ], group: "\(group)")
            #expect(replies[0] == .done && replies[1] == .notStored && replies[3] == .done && replies[4] == .missing)
            guard case .value(let found, let flags) = replies[2] else {
                Issue.record("\(replies[2])")
                return
            }
            #expect(found == value && ["t100", "t99", "t98"].contains(flags.first))
        }
        let tooLarge = try await client.send(
            [.set("k", [UInt8](repeating: 0, count: 2_000_000), seconds: 9)], group: "a")
        guard case .error = tooLarge[0] else {
            Issue.record("\(tooLarge)")
            return
        }
        #expect(try await client.send([.get("k")], group: "a") == [.missing])
    }
}
