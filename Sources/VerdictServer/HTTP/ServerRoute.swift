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
        case .verdicts, .query, .queryBatch, .explanation: .POST
        case .advisory, .vulnerability, .status, .changes, .healthy, .ready, .metrics, .document, .unknown: .GET
        }
    }

    /// Whether OSV.dev has the same.
    var isOfOSV: Bool {
        switch self {
        case .query, .queryBatch, .advisory: true
        default: false
        }
    }

    func takes(_ method: HTTPMethod) -> Bool { method == self.method || (method == .HEAD && self.method == .GET) }
}
