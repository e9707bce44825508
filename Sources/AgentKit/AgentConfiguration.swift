/// What an administrator tells the agent.
public struct AgentConfiguration: Sendable, Hashable {
    /// Base URL of the gateway: "https://zerotrace.example.com". Plain HTTP is for loopback and test networks.
    public var server: String
    /// Enrollment token; only needed until the agent is enrolled.
    public var token: String?
    /// Folder of credential and spool, made 0700.
    public var stateFolder: String
    /// Root to scan.
    public var root: String
    /// Seconds between two scans when nothing is seen to change, before jitter.
    public var scanSeconds: Int
    /// Share of one processor that a scan takes while others want what it wants, more than 0, at most 1.
    public var processorBudget: Double
    /// Whether packages are reported that lock files and the like declare, beside those that are installed.
    public var includesDeclared: Bool
    /// Whether it is reported what of the host is in use.
    public var reportsRunning: Bool
    /// Seconds between two heartbeats; `nil` takes the server's word.
    public var heartbeatSeconds: Int?
    /// PEM file of certificate authorities to trust instead of the system's.
    public var certificateAuthorities: String?
    /// Keys that the server may have, beside what its certificate has to be; `nil` takes any.
    public var pins: ServerKeyPins?
    /// Seconds after which the agent takes another key.
    public var keySeconds: Int64
    /// Proxy that requests go through; `nil` for a direct connection.
    public var proxy: ProxyAddress?

    /// Makes one from its parts.
    public init(
        server: String, token: String? = nil, stateFolder: String, root: String = "/", scanSeconds: Int = 3_600,
        processorBudget: Double = 0.05, includesDeclared: Bool = false, reportsRunning: Bool = true,
        heartbeatSeconds: Int? = nil, certificateAuthorities: String? = nil,
        pins: ServerKeyPins? = nil, keySeconds: Int64 = 30 * 86_400,
        proxy: ProxyAddress? = nil
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
        self.stateFolder = stateFolder
        self.root = root
        self.scanSeconds = scanSeconds
        self.processorBudget = processorBudget
        self.includesDeclared = includesDeclared
        self.reportsRunning = reportsRunning
        self.heartbeatSeconds = heartbeatSeconds
        self.certificateAuthorities = certificateAuthorities
        self.pins = pins
        self.keySeconds = keySeconds
        self.proxy = proxy
    }
}

/// Version of the agent, by semantic versioning.
public let agentVersion = "0.1.0"
