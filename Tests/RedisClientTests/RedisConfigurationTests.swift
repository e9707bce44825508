import RedisClient
import Settings
import Testing

@Suite("Settings of Redis") struct RedisConfigurationTests {
    @Test("without a host there is no Redis") func none() throws {
        #expect(try RedisConfiguration(environment: ["REDIS_PORT": "1"]) == nil)
        #expect(try RedisConfiguration(environment: ["REDIS_HOST": ""]) == nil)
    }

    @Test("reads what is set and has defaults for the rest") func reads() throws {
        let plain = try #require(try RedisConfiguration(environment: ["REDIS_HOST": "cache"]))
        #expect(plain.addresses == [ServerAddress(host: "cache", port: 6_379)])
        #expect(!plain.isCluster && plain.tls == nil && plain.password == nil && plain.prefix == "zerotrace")
        let full = try #require(
            try RedisConfiguration(environment: [
                "REDIS_HOST": "a, b:7001,[::1]:7002", "REDIS_PORT": "7000", "REDIS_CLUSTER": "yes",
                "REDIS_USERNAME": "zt",
                "REDIS_PASSWORD": "pw", "REDIS_TLS": "true", "REDIS_TLS_CA_FILE": "/ca.pem", "REDIS_PREFIX": "two",
                "REDIS_TIMEOUT": "150",
            ]))
        #expect(full.addresses.map(\.description) == ["a:7000", "b:7001", "[::1]:7002"])
        #expect(full.isCluster && full.username == "zt" && full.password?.revealed == "pw" && full.prefix == "two")
        #expect(full.tls?.authorities == "/ca.pem" && full.tls?.checksHost == true)
        #expect(full.timeout == .milliseconds(150))
    }

    @Test(
        "names the variable that is wrong",
        arguments: [
            (["REDIS_PORT": "0"], "REDIS_PORT"), (["REDIS_PORT": "x"], "REDIS_PORT"),
            (["REDIS_HOST": "a:0"], "REDIS_HOST"),
            (["REDIS_HOST": "a,b"], "REDIS_HOST"), (["REDIS_CLUSTER": "maybe"], "REDIS_CLUSTER"),
            (["REDIS_CLUSTER": "1", "REDIS_DATABASE": "1"], "REDIS_DATABASE"),
            (["REDIS_TLS": "1", "REDIS_TLS_CERT_FILE": "/c"], "REDIS_TLS_KEY_FILE"),
            (["REDIS_PREFIX": "a{b}"], "REDIS_PREFIX"),
            (["REDIS_PASSWORD_FILE": "/nowhere/at/all"], "REDIS_PASSWORD_FILE"),
        ])
    func refuses(_ variables: [String: String], _ name: String) {
        let error = #expect(throws: ConfigurationError.self) { () throws in
            _ = try RedisConfiguration(environment: ["REDIS_HOST": "a"].merging(variables) { $1 })
        }
        #expect(error?.variable == name)
    }

    @Test("a password is not shown by printing, dumping or looking into the settings") func secrecy() throws {
        let configuration = try #require(
            try RedisConfiguration(environment: ["REDIS_HOST": "a", "REDIS_PASSWORD": "hunter2"]))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }
}
