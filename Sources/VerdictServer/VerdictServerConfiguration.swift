/// Where the service listens and how much it lets anyone ask.
public struct VerdictServerConfiguration: Sendable {
    /// Address or name to listen on.
    public var host = "127.0.0.1"
    /// Port; 0 picks a free one.
    public var port = 8000
    /// Threads that do the matching of large requests; `nil` takes one for each processor.
    public var workers: Int?
    /// Whether `/metrics` and the reasons behind `/readyz` are shown to whoever can reach the port; else to this machine alone.
    public var exposesMetrics = false
    /// What processors and gateways have to say on the paths between roles (`Authorization: Bearer …`); `nil` lets in whoever reaches the
    /// port.
    public var secret: String?
    /// Requests a second that one client may make on the average, and at once; `nil` for as many as it likes. Clients are told apart by
    /// address, those of IPv6 by their first 64 bits. Who has the secret, and questions after health and metrics, are not counted.
    public var requestsPerSecond: Int?
    /// Seconds that a cache between here and a client may keep what is said of an advisory or a vulnerability; `nil` says nothing of it.
    /// With their `ETag`, clients and caches ask anew whether it has changed.
    public var cacheSeconds: Int?
    /// Bounds on connections and requests.
    public var limits = ServerLimits()

    /// The defaults.
    public init() {}
}

/// Bounds that keep one client from taking the service away from the others. All are inclusive.
public struct ServerLimits: Sendable {
    /// Open connections. Further ones wait in the system's queue until one closes.
    public var connections = 4_096
    /// Bytes of one request's body.
    public var bodyBytes = 16 << 20
    /// Bytes of all bodies that are being received or answered. A request beyond it is told 503 and when to come again.
    public var totalBodyBytes = 512 << 20
    /// Bytes of a request's line and header together.
    public var headBytes = 32 << 10
    /// Levels of nesting in a JSON body.
    public var depth = 32
    /// Packages in one request to `/v1/verdicts`.
    public var packages = 10_000
    /// Queries in one request to `/v1/querybatch`, as OSV.dev has it.
    public var queries = 1_000
    /// Results on one page of `/v1/query`, and of one query of `/v1/querybatch`, as OSV.dev has it.
    public var pageResults = 1_000
    /// Bytes of full records after which a page of `/v1/query` ends, at least one record on each.
    public var pageBytes = 8 << 20
    /// Bodies of at least this size are answered by a worker, so that they do not hold up small ones.
    public var workerBodyBytes = 8 << 10
    /// Seconds a connection may take to bring a whole request head, idle time included.
    public var headSeconds: Int64 = 60
    /// Seconds a request may take to bring its whole body.
    public var bodySeconds: Int64 = 30
    /// Seconds a client may take to read an answer.
    public var replySeconds: Int64 = 30
    /// Seconds a refused client may go on sending before its connection is cut, so that it can read why.
    public var lingerSeconds: Int64 = 2
    /// Seconds that a role may have the word that the index is still the same held back.
    public var watchSeconds: Int64 = 25
    /// Names on one page of changes between roles.
    public var pageNames = 100_000
    /// Seconds that requests under way get to finish once the service is told to stop.
    public var shutdownSeconds: Int64 = 8

    /// The defaults.
    public init() {}
}
