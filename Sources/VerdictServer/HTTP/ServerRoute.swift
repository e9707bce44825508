import NIOHTTP1

/// What can be asked; the raw value is the route's name in metrics and the log.
enum ServerRoute: String, CaseIterable, Sendable {
    case verdicts = "/v1/verdicts"
    case query = "/v1/query"
    case queryBatch = "/v1/querybatch"
    case advisory = "/v1/vulns/{id}"
    case vulnerability = "/v1/vulnerabilities/{id}"
    case explanation = "/v1/explanation"
    case status = "/v1/status"
    case changes = "/v1/changes"
    case healthy = "/healthz"
    case ready = "/readyz"
    case metrics = "/metrics"
    case document = "/openapi.json"
    // Between the roles of one installation; `Docs/verdict-messages.md` describes them.
    case internalVerdicts = "/v1/internal/verdicts"
    case internalExplanation = "/v1/internal/explanation"
    case internalVulnerability = "/v1/internal/vulnerability"
    case internalChanges = "/v1/internal/changes"
    case internalStatus = "/v1/internal/status"
    case internalIndex = "/v1/internal/index"
    case unknown

    /// The route of a path, and what stands in place of `{id}`, still encoded.
    static func find(_ path: Substring) -> (route: ServerRoute, id: Substring) {
        if let route = ServerRoute(rawValue: String(path)), route != .unknown { return (route, "") }
        for route in [ServerRoute.advisory, .vulnerability] {
            let prefix = route.rawValue.dropLast(4)
            if path.hasPrefix(prefix), path.utf8.count > prefix.utf8.count {
                let id = path.dropFirst(prefix.count)
                return id.contains("/") ? (.unknown, "") : (route, id)
            }
        }
        switch path {
        case "/-/healthy": return (.healthy, "")
        case "/-/ready": return (.ready, "")
        default: return (.unknown, "")
        }
    }

    /// The method it takes; where that is GET, HEAD too.
    var method: HTTPMethod {
        switch self {
        case .verdicts, .query, .queryBatch, .explanation, .internalVerdicts, .internalExplanation,
            .internalVulnerability, .internalChanges:
            .POST
        case .advisory, .vulnerability, .status, .changes, .healthy, .ready, .metrics, .document, .internalStatus,
            .internalIndex, .unknown:
            .GET
        }
    }

    /// Whether OSV.dev has the same.
    var isOfOSV: Bool {
        switch self {
        case .query, .queryBatch, .advisory: true
        default: false
        }
    }

    /// Whether only roles of the same installation ask for it.
    var isInternal: Bool { rawValue.hasPrefix("/v1/internal/") }

    /// Whether answering takes long whatever the size of the question.
    var isHeavy: Bool { self == .changes || self == .internalChanges }

    /// Whether the answer stays the same as long as the index does.
    var isCacheable: Bool { self == .advisory || self == .vulnerability }

    /// Whether it tells how the process fares, which is never refused for being asked often.
    var isOperation: Bool { self == .healthy || self == .ready || self == .metrics }

    func takes(_ method: HTTPMethod) -> Bool { method == self.method || (method == .HEAD && self.method == .GET) }
}
