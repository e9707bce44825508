import Foundation
import Testing

@testable import AgentKit

@Suite struct AgentSettingsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ text: String) throws -> String {
        try folder.write("agent.json", text.utf8)
        return folder.file("agent.json")
    }

    @Test func theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws {
        let path = try file(
            """
            {"server":"https://file.example","state":"/file","root":"/file","scan_interval":60,"cpu_budget":20,"heartbeat":30,
             "include_declared":true,"report_running":false,"key_days":7,"ca":"/ca.pem","proxy":"none",
             "pin":"sha256//HuE0ycBTXiuHAO+yVVZ54NOxj9u9ZwrZ7oK0midy0VA=","log_level":"debug","token_file":"/token"}
            """)
        var options = AgentSettings()
        options.server = "https://option.example"
        let environment = [
            "ZEROTRACE_SERVER": "https://variable.example", "ZEROTRACE_STATE": "/variable", "ZEROTRACE_CA": "",
        ]
        let settings = try AgentSettings.gather(options: options, environment: environment, file: path)
        #expect(settings.server == "https://option.example")
        #expect(settings.stateFolder == "/variable" && settings.root == "/file")
        #expect(settings.certificateAuthorities == "/ca.pem" && settings.logLevel == "debug")
        let configuration = try settings.configuration(environment: environment)
        #expect(
            configuration
                == AgentConfiguration(
                    server: "https://option.example", token: nil, stateFolder: "/variable", root: "/file",
                    scanSeconds: 60, processorBudget: 0.2, includesDeclared: true, reportsRunning: false,
                    heartbeatSeconds: 30, certificateAuthorities: "/ca.pem",
                    pins: ServerKeyPins("sha256//HuE0ycBTXiuHAO+yVVZ54NOxj9u9ZwrZ7oK0midy0VA="), keySeconds: 7 * 86_400)
        )
    }

    @Test func theProcessorBudgetIsFivePercentUnlessSomebodySaysOtherwise() throws {
        var options = AgentSettings()
        options.server = "https://a"
        func budget(file text: String = "{}", environment: [String: String] = [:]) throws -> Double {
            try AgentSettings.gather(options: options, environment: environment, file: try file(text))
                .configuration(environment: environment).processorBudget
        }
        let (text, variable) = ("{\"cpu_budget\":20}", ["ZEROTRACE_CPU_BUDGET": "100"])
        #expect(try budget() == 0.05)
        #expect(try budget(file: text) == 0.2)
        #expect(try budget(file: text, environment: variable) == 1)
        options.processorPercent = 1
        #expect(try budget(file: text, environment: variable) == 0.01)
        for percent in [0, -1, 101] {
            #expect {
                options.processorPercent = nil
                return try budget(file: "{\"cpu_budget\":\(percent)}")
            } throws: {
                "\($0)" == "cpu_budget must be from 1 to 100 percent"
            }
        }
    }

    @Test(arguments: [
        ("{\"servr\":\"https://x\"}", "servr is no setting"), ("[]", "is no JSON object"), ("{", "is no JSON"),
        ("", "is no JSON"),
        ("{\"server\":7}", "server must be a String"), ("{\"scan_interval\":\"often\"}", "scan_interval must be a Int"),
        ("{\"heartbeat\":1e40}", "a number that is out of range"),
        (String(repeating: "[", count: 60_000), "is no JSON"),
        (String(repeating: " ", count: 65 << 10), "agent.json"),
    ])
    func aFileThatIsNotUnderstoodIsNamedWithTheReason(text: String, reason: String) throws {
        let path = try file(text)
        #expect {
            try AgentSettings(file: path)
        } throws: {
            "\($0)".hasPrefix(path) && "\($0)".contains(reason)
        }
    }

    @Test func aFileThatIsNamedHasToBeThere() {
        #expect(throws: AgentSettingsError.self) {
            try AgentSettings.gather(options: AgentSettings(), environment: [:], file: folder.file("missing"))
        }
        #expect(throws: AgentSettingsError.self) {
            let environment = ["ZEROTRACE_AGENT_CONFIG": folder.file("missing")]
            return try AgentSettings.gather(options: AgentSettings(), environment: environment, file: nil)
        }
    }

    @Test(arguments: [
        nil, "", "zerotrace.example.com", "ftp://zerotrace.example.com", "https://", "https://a/?b",
        "https://secret-name@a/",
    ])
    func anAddressThatIsNoneIsRefusedAndNotShown(server: String?) {
        var settings = AgentSettings()
        settings.server = server
        #expect {
            try settings.configuration(environment: [:])
        } throws: {
            "\($0)".hasPrefix("server ") && !"\($0)".contains("secret-name")
        }
    }

    @Test(arguments: [
        "ZEROTRACE_SCAN_INTERVAL", "ZEROTRACE_CPU_BUDGET", "ZEROTRACE_HEARTBEAT", "ZEROTRACE_KEY_DAYS",
        "ZEROTRACE_INCLUDE_DECLARED", "ZEROTRACE_REPORT_RUNNING",
    ])
    func aVariableThatCannotBeUsedIsNamedWithoutItsValue(name: String) {
        #expect {
            try AgentSettings(environment: [name: "-7 apples"])
        } throws: {
            "\($0)".contains(name) && !"\($0)".contains("apples")
        }
    }

    @Test func theTokenComesFromTheEnvironmentElseFromItsFileWhichMayBeGone() throws {
        var settings = AgentSettings()
        settings.server = "https://a"
        settings.tokenFile = folder.file("token")
        #expect(try settings.configuration(environment: [:]).token == nil)
        try folder.write("token", "abc\n".utf8)
        #expect(try settings.configuration(environment: [:]).token == "abc")
        #expect(try settings.configuration(environment: ["ZEROTRACE_ENROLLMENT_TOKEN": "def"]).token == "def")
        try folder.write("token", [UInt8](repeating: 65, count: 5 << 10))
        #expect(throws: AgentSettingsError.self) { try settings.configuration(environment: [:]) }
    }

    struct ProxyCase: Sendable {
        let server: String
        let environment: [String: String]
        let expected: String?

        init(_ server: String, _ environment: [String: String], _ expected: String?) {
            (self.server, self.environment, self.expected) = (server, environment, expected)
        }
    }

    private static let proxyCases: [ProxyCase] = [
        ProxyCase("https://s.example", ["https_proxy": "http://p:1"], "http://p:1"),
        ProxyCase("https://s.example", ["HTTPS_PROXY": "p:1"], "http://p:1"),
        ProxyCase("https://s.example", ["ALL_PROXY": "p"], "http://p:3128"),
        ProxyCase("http://s.example", ["HTTPS_PROXY": "p:1", "HTTP_PROXY": "p:2"], nil),
        ProxyCase("http://s.example", ["http_proxy": "p:2"], "http://p:2"),
        ProxyCase("https://s.example", ["https_proxy": "p:1", "no_proxy": "other, .example"], nil),
        ProxyCase("https://s.example", ["https_proxy": "p:1", "NO_PROXY": "S.Example"], nil),
        ProxyCase("https://s.example", ["https_proxy": "p:1", "no_proxy": "*"], nil),
        ProxyCase("https://s.example", ["https_proxy": "p:1", "no_proxy": "xample"], "http://p:1"),
        ProxyCase("https://s.example", ["https_proxy": "p:1", "ZEROTRACE_PROXY": "none"], nil),
        ProxyCase("https://s.example", ["ZEROTRACE_PROXY": "http://u:secret@[::1]:9"], "http://[::1]:9"),
    ]

    @Test(arguments: proxyCases)
    func theProxyIsWhatTheEnvironmentSaysUnlessItIsSet(_ proxy: ProxyCase) throws {
        var settings = try AgentSettings(environment: proxy.environment)
        settings.server = proxy.server
        let configuration = try settings.configuration(environment: proxy.environment)
        #expect(configuration.proxy?.description == proxy.expected)
    }

    @Test(arguments: ["socks5://p:1", "https://p:1", "http://", "http://p:99999", "p q", "http://u:secret@:1"])
    func aProxyThatIsNotSpokenIsRefusedAndNotShown(text: String) {
        var settings = AgentSettings()
        (settings.server, settings.proxy) = ("https://s", text)
        #expect {
            try settings.configuration(environment: [:])
        } throws: {
            "\($0)".hasPrefix("proxy must be") && !"\($0)".contains("secret")
        }
    }
}
