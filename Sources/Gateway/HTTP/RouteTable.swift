import Foundation
import HTTPTypes

/// All routes, and which of them a request means.
struct RouteTable: Sendable {
    let routes: [Route]
    private let templates: [Template]

    private struct Template: Sendable {
        let path: String
        let segments: [Segment]
        /// Indices into `routes`, by method.
        var methods: [HTTPRequest.Method: Int]
    }

    private enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    /// The answer to "which route".
    enum Match {
        case found(Route, parameters: [String: String])
        /// The path exists, with these methods.
        case otherMethod(template: String, allowed: [HTTPRequest.Method])
        case nothing
    }

    /// - Throws: ``GatewayError/inconsistentRoutes(_:)`` for a route that is there twice.
    init(_ routes: [Route]) throws(GatewayError) {
        self.routes = routes
        var templates: [Template] = []
        for (index, route) in routes.enumerated() {
            let place = templates.firstIndex { $0.path == route.path }
            let position = place ?? templates.count
            if place == nil {
                templates.append(Template(path: route.path, segments: Self.segments(of: route.path), methods: [:]))
            }
            guard templates[position].methods.updateValue(index, forKey: route.method) == nil else {
                throw .inconsistentRoutes("\(route.method) \(route.path) is there twice")
            }
        }
        // Literal segments before parameters, so that "/v1/agents/summary" would win over "/v1/agents/{id}".
        self.templates = templates.sorted { Self.parameterCount($0) < Self.parameterCount($1) }
    }

    /// Finds the route of a request. Some thirty templates are compared one after the other, which costs about a microsecond.
    ///
    /// - Parameter path: As it stands in the request line, without query.
    func match(method: HTTPRequest.Method, path: String) -> Match {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for template in templates {
            guard let parameters = Self.parameters(of: template.segments, in: parts) else { continue }
            let lookup = method == .head && template.methods[.head] == nil ? .get : method
            guard let index = template.methods[lookup] else {
                return .otherMethod(
                    template: template.path, allowed: template.methods.keys.sorted { $0.rawValue < $1.rawValue })
            }
            return .found(routes[index], parameters: parameters)
        }
        return .nothing
    }

    private static func segments(of path: String) -> [Segment] {
        path.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    private static func parameterCount(_ template: Template) -> Int {
        template.segments.count { if case .parameter = $0 { true } else { false } }
    }

    private static func parameters(of segments: [Segment], in parts: ArraySlice<Substring>) -> [String: String]? {
        guard segments.count == parts.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard part == text else { return nil }
            case .parameter(let name):
                guard !part.isEmpty, let value = part.removingPercentEncoding else { return nil }
                parameters[name] = value
            }
        }
        return parameters
    }
}
