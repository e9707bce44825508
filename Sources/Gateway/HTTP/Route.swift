import HTTPTypes
import Hummingbird

/// One thing that the API can do, as data.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// "/v1/agents/{id}/packages"; a parameter takes one segment that is not empty.
    let path: String
    let endpoint: Endpoint
    /// Whether it hands out something whole, which is as old as its beginning when it ends anyway.
    var isExport: Bool { path == "/v1/audit/export" || path == "/v1/vex" }

    /// Who may call, and what then runs. The kind of handler follows from the access, so that no handler sees a company's data that
    /// did not declare so.
    enum Endpoint: Sendable {
        case open(@Sendable (Call) async throws -> Response)
        case person(Permission, @Sendable (Call, Caller) async throws -> Response)
        case agent(@Sendable (Call, AgentCaller) async throws -> Response)
    }

    /// Anybody may call.
    static func open(
        _ method: HTTPRequest.Method, _ path: String, _ handler: @escaping @Sendable (Call) async throws -> Response
    ) -> Route {
        Route(method: method, path: path, endpoint: .open(handler))
    }

    /// Signed-in people whose role has the permission may call.
    static func person(
        _ method: HTTPRequest.Method, _ path: String, _ permission: Permission,
        _ handler: @escaping @Sendable (Call, Caller) async throws -> Response
    ) -> Route {
        Route(method: method, path: path, endpoint: .person(permission, handler))
    }

    /// Enrolled agents may call.
    static func agent(
        _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Call, AgentCaller) async throws -> Response
    ) -> Route {
        Route(method: method, path: path, endpoint: .agent(handler))
    }
}
