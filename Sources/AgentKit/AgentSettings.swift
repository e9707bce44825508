import BoundedInput
import FoundationEssentials
import Settings

/// What an administrator set in one place: the configuration file, the environment, or the command line. What is `nil` was not set there.
public struct AgentSettings: Sendable, Equatable {
    /// Base URL of the server; file `server`, variable `ZEROTRACE_SERVER`.
    public var server: String?
    /// File with the enrollment token; file `token_file`, variable `ZEROTRACE_ENROLLMENT_TOKEN_FILE`.
    public var tokenFile: String?
    /// Folder of credential and spool; file `state`, variable `ZEROTRACE_STATE`.
    public var stateFolder: String?
    /// Root to scan; file `root`, variable `ZEROTRACE_ROOT`.
    public var root: String?
    /// Seconds between scans; file `scan_interval`, variable `ZEROTRACE_SCAN_INTERVAL`.
    public var scanSeconds: Int?
    /// Percent of one processor that a scan takes while the machine is busy; file `cpu_budget`, variable `ZEROTRACE_CPU_BUDGET`.
    public var processorPercent: Int?
    /// Seconds between heartbeats; file `heartbeat`, variable `ZEROTRACE_HEARTBEAT`.
    public var heartbeatSeconds: Int?
    /// Whether what is only declared is reported; file `include_declared`, variable `ZEROTRACE_INCLUDE_DECLARED`.
    public var includesDeclared: Bool?
    /// Whether it is reported what of the host is in use; file `report_running`, variable `ZEROTRACE_REPORT_RUNNING`.
    public var reportsRunning: Bool?
    /// Days after which the key is replaced; file `key_days`, variable `ZEROTRACE_KEY_DAYS`.
    public var keyDays: Int?
    /// PEM file of certificate authorities; file `ca`, variable `ZEROTRACE_CA`.
    public var certificateAuthorities: String?
    /// Keys that the server may have, as text; file `pin`, variable `ZEROTRACE_PIN`.
    public var pin: String?
    /// Proxy as text, `none` for a direct connection whatever the environment says; file `proxy`, variable `ZEROTRACE_PROXY`.
    public var proxy: String?
    /// Level of the log; file `log_level`, variable `ZEROTRACE_LOG_LEVEL`.
    public var logLevel: String?

    /// Where the file is looked for when nobody says where it is.
    public static let standardFile = "/etc/zerotrace/agent.json"
    /// Where credential and spool are when nobody says where they are.
    public static let standardStateFolder = "/var/lib/zerotrace-agent"
    /// Most bytes of the file.
    static let fileLimit = 64 << 10
    /// Most bytes of a token's file.
    static let tokenLimit = 4 << 10

    /// Nothing set.
    public init() {}

    /// These, and where they say nothing, the others.
    public func over(_ other: AgentSettings) -> AgentSettings {
        var result = self
        result.server = server ?? other.server
        result.tokenFile = tokenFile ?? other.tokenFile
        result.stateFolder = stateFolder ?? other.stateFolder
        result.root = root ?? other.root
        result.scanSeconds = scanSeconds ?? other.scanSeconds
        result.processorPercent = processorPercent ?? other.processorPercent
        result.heartbeatSeconds = heartbeatSeconds ?? other.heartbeatSeconds
        result.includesDeclared = includesDeclared ?? other.includesDeclared
        result.reportsRunning = reportsRunning ?? other.reportsRunning
        result.keyDays = keyDays ?? other.keyDays
        result.certificateAuthorities = certificateAuthorities ?? other.certificateAuthorities
        result.pin = pin ?? other.pin
        result.proxy = proxy ?? other.proxy
        result.logLevel = logLevel ?? other.logLevel
        return result
    }
}

/// Settings that cannot be used: which, and what they should be. Never shows a value, which may be a secret put in the wrong place.
public struct AgentSettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, variable or setting, and what it has to be.
    public let description: String
    init(_ description: String) { self.description = description }
}

// MARK: The places

extension AgentSettings {
    /// Reads a configuration file: one JSON object. A member that is not known is an error, as it would be a misspelt one that does nothing.
    public init(file path: String) throws(AgentSettingsError) {
        let bytes: [UInt8]
        do { bytes = try BoundedFile.read(path, limit: Self.fileLimit) } catch {
            throw AgentSettingsError("\(error)")
        }
        do { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) } catch let error as DecodingError {
            throw AgentSettingsError("\(path): \(Self.reason(error))")
        } catch {
            throw AgentSettingsError("\(path): \(error)")
        }
    }

    /// Reads the variables. An empty one counts as not set.
    public init(environment: [String: String]) throws(AgentSettingsError) {
        let variables = EnvironmentVariables(environment, family: "ZEROTRACE_")
        server = variables.text("SERVER")
        tokenFile = variables.text("ENROLLMENT_TOKEN_FILE")
        stateFolder = variables.text("STATE")
        root = variables.text("ROOT")
        certificateAuthorities = variables.text("CA")
        pin = variables.text("PIN")
        proxy = variables.text("PROXY")
        logLevel = variables.text("LOG_LEVEL")
        do {
            scanSeconds = try variables.number("SCAN_INTERVAL", in: Self.periods)
            processorPercent = try variables.number("CPU_BUDGET", in: Self.processorPercents)
            heartbeatSeconds = try variables.number("HEARTBEAT", in: Self.periods)
            keyDays = try variables.number("KEY_DAYS", in: Self.keyLives)
            if variables.text("INCLUDE_DECLARED") != nil {
                includesDeclared = try variables.flag("INCLUDE_DECLARED", default: false)
            }
            if variables.text("REPORT_RUNNING") != nil {
                reportsRunning = try variables.flag("REPORT_RUNNING", default: true)
            }
        } catch {
            throw AgentSettingsError("\(error)")
        }
    }

    /// Puts together what the places say: command line before environment before file.
    ///
    /// - Parameters:
    ///   - file: Path given by somebody; `nil` takes `$ZEROTRACE_AGENT_CONFIG`, then ``standardFile`` where there is one.
    public static func gather(
        options: AgentSettings, environment: [String: String], file: String?
    ) throws(AgentSettingsError) -> AgentSettings {
        let named = file ?? environment["ZEROTRACE_AGENT_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let fromEnvironment = try AgentSettings(environment: environment)
        let isThere = named != nil || FileManager.default.fileExists(atPath: standardFile)
        let fromFile = isThere ? try AgentSettings(file: named ?? standardFile) : AgentSettings()
        return options.over(fromEnvironment).over(fromFile)
    }
}

// MARK: Use

extension AgentSettings {
    /// Seconds that a period may have.
    static let periods = 1...31_536_000
    /// Percent of a processor that a scan may be given: less would be never, more than everything there is.
    public static let processorPercents = 1...100
    /// Days that a key may live.
    static let keyLives = 1...3_650

    /// Checks everything and adds what was not said.
    ///
    /// A token file that is not there gives no token: the token is needed once, and may be removed when the agent is enrolled.
    public func configuration(environment: [String: String]) throws(AgentSettingsError) -> AgentConfiguration {
        guard let server else { throw AgentSettingsError("server is not set: which server?") }
        guard let url = URL(string: server), let host = url.host, !host.isEmpty,
            ["http", "https"].contains(url.scheme?.lowercased()), url.query == nil, url.user == nil
        else { throw AgentSettingsError("server must be a URL such as https://zerotrace.example.com") }
        try check("scan_interval", scanSeconds, Self.periods, "seconds")
        try check("cpu_budget", processorPercent, Self.processorPercents, "percent")
        try check("heartbeat", heartbeatSeconds, Self.periods, "seconds")
        try check("key_days", keyDays, Self.keyLives, "days")
        var configuration = AgentConfiguration(
            server: server, token: try token(environment), stateFolder: stateFolder ?? Self.standardStateFolder,
            heartbeatSeconds: heartbeatSeconds, certificateAuthorities: certificateAuthorities, pins: try pins(url),
            proxy: try proxy(environment, url))
        if let root { configuration.root = root }
        if let scanSeconds { configuration.scanSeconds = scanSeconds }
        if let processorPercent { configuration.processorBudget = Double(processorPercent) / 100 }
        if let includesDeclared { configuration.includesDeclared = includesDeclared }
        if let reportsRunning { configuration.reportsRunning = reportsRunning }
        if let keyDays { configuration.keySeconds = Int64(keyDays) * 86_400 }
        return configuration
    }

    private func check(
        _ name: String, _ value: Int?, _ bounds: ClosedRange<Int>, _ unit: String
    ) throws(AgentSettingsError) {
        guard let value, !bounds.contains(value) else { return }
        throw AgentSettingsError("\(name) must be from \(bounds.lowerBound) to \(bounds.upperBound) \(unit)")
    }

    private func token(_ environment: [String: String]) throws(AgentSettingsError) -> String? {
        if let token = environment["ZEROTRACE_ENROLLMENT_TOKEN"], !token.isEmpty { return token }
        guard let tokenFile, FileManager.default.fileExists(atPath: tokenFile) else { return nil }
        do {
            let bytes = try BoundedFile.read(tokenFile, limit: Self.tokenLimit)
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
        } catch {
            throw AgentSettingsError("token_file: \(error)")
        }
    }

    private func pins(_ server: URL) throws(AgentSettingsError) -> ServerKeyPins? {
        guard let pin else { return nil }
        guard let pins = ServerKeyPins(pin) else {
            throw AgentSettingsError("pin must be as sha256//BASE64, several with ; between them")
        }
        guard server.scheme?.lowercased() == "https" else {
            throw AgentSettingsError("pin needs a server with https: there is no key without TLS")
        }
        return pins
    }

    private func proxy(_ environment: [String: String], _ server: URL) throws(AgentSettingsError) -> ProxyAddress? {
        guard proxy != "none", let text = proxy ?? ProxyAddress.text(in: environment, server: server) else {
            return nil
        }
        guard let address = ProxyAddress(text) else {
            throw AgentSettingsError("proxy must be none, or as http://proxy.example.com:3128")
        }
        return address
    }
}

// MARK: JSON

extension AgentSettings: Decodable {
    private enum Member: String, CodingKey, CaseIterable {
        case server, state, root, heartbeat, ca, pin, proxy
        case tokenFile = "token_file"
        case scanInterval = "scan_interval"
        case cpuBudget = "cpu_budget"
        case includeDeclared = "include_declared"
        case reportRunning = "report_running"
        case keyDays = "key_days"
        case logLevel = "log_level"
    }

    private struct AnyMember: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads the members of the file.
    public init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: AnyMember.self).allKeys.map(\.stringValue)
        if let unknown = names.sorted().first(where: { Member(rawValue: $0) == nil }) {
            let known = Member.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw AgentSettingsError("\(unknown.prefix(40)) is no setting; there are \(known)")
        }
        let members = try decoder.container(keyedBy: Member.self)
        server = try members.decodeIfPresent(String.self, forKey: .server)
        tokenFile = try members.decodeIfPresent(String.self, forKey: .tokenFile)
        stateFolder = try members.decodeIfPresent(String.self, forKey: .state)
        root = try members.decodeIfPresent(String.self, forKey: .root)
        scanSeconds = try members.decodeIfPresent(Int.self, forKey: .scanInterval)
        processorPercent = try members.decodeIfPresent(Int.self, forKey: .cpuBudget)
        heartbeatSeconds = try members.decodeIfPresent(Int.self, forKey: .heartbeat)
        includesDeclared = try members.decodeIfPresent(Bool.self, forKey: .includeDeclared)
        reportsRunning = try members.decodeIfPresent(Bool.self, forKey: .reportRunning)
        keyDays = try members.decodeIfPresent(Int.self, forKey: .keyDays)
        certificateAuthorities = try members.decodeIfPresent(String.self, forKey: .ca)
        pin = try members.decodeIfPresent(String.self, forKey: .pin)
        proxy = try members.decodeIfPresent(String.self, forKey: .proxy)
        logLevel = try members.decodeIfPresent(String.self, forKey: .logLevel)
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            let name = context.codingPath.map(\.stringValue).joined(separator: ".")
            return name.isEmpty ? "is no JSON object" : "\(name) must be a \(type)"
        default: return "is no JSON, or has a number that is out of range"
        }
    }
}
