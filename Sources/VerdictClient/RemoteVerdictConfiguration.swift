import CircuitBreaking

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the enrichment role is, and how hard it is asked.
public struct RemoteVerdictConfiguration: Sendable {
    /// Base addresses, without repetition: `http://host:port` or `https://host:port`, and a path before `/v1/…` where a proxy has one.
    public let endpoints: [String]
    /// The word that the enrichment role wants to hear from its own (`VerdictServerConfiguration.secret`); `nil` says none.
    public var secret: String?
    /// A PEM file of the authorities that `https` endpoints are checked against; `nil` takes the system's.
    public var authorities: String?

    /// Longest time for a connection to be made.
    public var connectTimeout = Duration.seconds(2)
    /// Longest time that an endpoint's word on its index is waited for, where the others' have come. Who is late is not out of reach.
    public var noticeTimeout = Duration.milliseconds(500)
    /// How long what was told of index and feeds is told on without asking again.
    public var statusTime = Duration.seconds(2)
    /// Longest time for one request to one endpoint, its answer included.
    public var requestTimeout = Duration.seconds(10)
    /// Longest time for one call with everything that is tried for it. Then it is ``VerdictServiceError/unavailable(_:)``.
    public var callTimeout = Duration.seconds(30)

    /// Most packages in one request, 1 to 10,000. What a call asks beyond it is asked in parts, all of one index.
    public var batchSize = 1_000
    /// Verdict requests under way at a time. Calls beyond it are gathered and asked together.
    public var concurrency = 8
    /// Most bytes of one answer.
    public var answerBytes = 256 << 20

    /// When a request is made a second time elsewhere, because it takes long.
    public var hedging = Hedging()
    /// How often and how fast a request that failed is made again.
    public var retries = Retries()
    /// When an endpoint is left alone.
    public var breaker = CircuitBreaker.Settings()

    /// How long an index that no endpoint in reach has in use any more is waited for, while others are out of reach. Then the newest
    /// that can be had is taken, even if it is older: endpoints that come and go do not make the catalogue be matched to and fro.
    public var indexPatience = Duration.seconds(30)
    /// How long an endpoint may hold back its word that nothing changed.
    public var watchTime = Duration.seconds(20)

    /// A second request for what takes longer than nearly all.
    public struct Hedging: Sendable {
        /// Whether it is done at all.
        public var isOn = true
        /// The delay is that quantile of the times that requests of like size took lately, 0 to 1.
        public var quantile = 0.95
        /// The least delay.
        public var least = Duration.milliseconds(20)
        /// The greatest delay, and the one while too little is known.
        public var most = Duration.seconds(1)
        /// Most second requests for each first one, on the average.
        public var share = 0.1

        /// The defaults.
        public init() {}
    }

    /// Requests made again.
    public struct Retries: Sendable {
        /// Most requests for one answer, the first included and second requests not.
        public var attempts = 5
        /// Rest before the second; doubles, and is drawn between half of it and the whole.
        public var rest = Duration.milliseconds(50)
        /// Longest rest, also when an endpoint asks for a longer one with `Retry-After`.
        public var longestRest = Duration.seconds(5)
        /// Most requests made again for each first one, on the average: when everything fails, asking thrice as much helps nobody.
        public var share = 0.5

        /// The defaults.
        public init() {}
    }

    /// Takes the defaults for all but the endpoints.
    ///
    /// - Parameter endpoints: One to 64.
    /// - Throws: ``RemoteVerdictConfigurationError`` that names the first address that is none.
    public init(endpoints: [String]) throws(RemoteVerdictConfigurationError) {
        var known: [String] = []
        for text in endpoints {
            let address = try Self.address(text)
            if !known.contains(address) { known.append(address) }
        }
        guard (1...64).contains(known.count) else { throw .numberOfEndpoints(known.count) }
        self.endpoints = known
    }

    /// An address without the slash at its end.
    private static func address(_ text: String) throws(RemoteVerdictConfigurationError) -> String {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, url.user() == nil, url.password() == nil, url.query() == nil,
            url.fragment() == nil, (1...65_535).contains(url.port ?? 80)
        else { throw .noEndpoint(text) }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }
}

/// What is wrong with the settings.
public enum RemoteVerdictConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text is no `http` or `https` address of a host, or names a user, a query or a fragment.
    case noEndpoint(String)
    /// There must be one to 64.
    case numberOfEndpoints(Int)
    /// The file of authorities cannot be read.
    case authorities(String)

    /// For people.
    public var description: String {
        switch self {
        case .noEndpoint(let text): "no http or https address of an enrichment service: \(text)"
        case .numberOfEndpoints(let count): "1 to 64 enrichment endpoints are taken, not \(count)"
        case .authorities(let reason): "the file of authorities cannot be used: \(reason)"
        }
    }
}
