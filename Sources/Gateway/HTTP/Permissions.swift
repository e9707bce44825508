import HTTPTypes
import Stores

/// What a route for people demands.
enum Permission: String, Sendable, CaseIterable {
    /// Seeing who one is signed in as.
    case viewSelf
    /// Agents, packages, findings, vulnerabilities, their explanations, and the state of the feeds.
    case viewFindings
    /// The event log and the live stream.
    case viewEvents
    /// Which enrollment tokens there are; never the tokens themselves.
    case viewEnrollment
    /// Making and revoking enrollment tokens: how agents join the company.
    case manageEnrollment
    /// The audit log, to look at and to take away.
    case viewAudit
}

/// Who may do what, and what every route demands: this file alone says so.
///
/// The installation's operator is no role and has no route. Who runs the programs on the server's host makes companies and first users
/// there (`zerotrace company`, `zerotrace user`); nobody who signs in can reach beyond the own company.
enum PermissionMatrix {
    /// Which roles have a permission. An owner may do everything within the company.
    static func roles(with permission: Permission) -> Set<Role> {
        switch permission {
        case .viewSelf, .viewFindings, .viewEvents: [.owner, .admin, .analyst, .viewer, .auditor]
        case .viewEnrollment: [.owner, .admin, .auditor]
        case .manageEnrollment: [.owner, .admin]
        case .viewAudit: [.owner, .auditor]
        }
    }

    /// Whether somebody of this role may.
    static func allows(_ role: Role, _ permission: Permission) -> Bool { roles(with: permission).contains(role) }

    /// What calling a route takes.
    enum Access: Sendable, Equatable {
        /// Nothing; the handler itself looks at what it is given.
        case open
        /// Somebody signed in whose role has the permission.
        case person(Permission)
        /// An enrolled agent that proves its key.
        case agent
    }

    /// Every route, by method and path.
    static let routes: [String: Access] = [
        "POST /v1/auth/login": .open,
        "POST /v1/auth/refresh": .open,
        "POST /v1/auth/logout": .open,
        "GET /v1/me": .person(.viewSelf),

        "GET /v1/overview": .person(.viewFindings),
        "GET /v1/feeds": .person(.viewFindings),
        "GET /v1/agents": .person(.viewFindings),
        "GET /v1/agents/{id}": .person(.viewFindings),
        "GET /v1/agents/{id}/packages": .person(.viewFindings),
        "GET /v1/agents/{id}/findings": .person(.viewFindings),
        "GET /v1/vulnerabilities": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}/agents": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}/explanation": .person(.viewFindings),

        "GET /v1/events": .person(.viewEvents),
        // A handshake carries no token; who subscribes is checked against `viewEvents` by the stream itself.
        "GET /v1/stream": .open,

        "GET /v1/enrollment-tokens": .person(.viewEnrollment),
        "POST /v1/enrollment-tokens": .person(.manageEnrollment),
        "DELETE /v1/enrollment-tokens/{id}": .person(.manageEnrollment),

        "GET /v1/audit": .person(.viewAudit),
        "GET /v1/audit/export": .person(.viewAudit),

        "POST /v1/agent/enroll": .open,
        "POST /v1/agent/token": .open,
        "POST /v1/agent/heartbeat": .agent,
        "PUT /v1/agent/inventory": .agent,

        "GET /-/healthy": .open,
        "GET /-/ready": .open,
        "GET /metrics": .open,
        "GET /openapi.json": .open,
    ]

    /// Holds the routes that the code declares against the table, before anything is served.
    ///
    /// - Throws: ``GatewayError/inconsistentRoutes(_:)`` for a route without an entry, an entry without a route, a route whose code demands
    ///   something else than its entry, and a permission that guards nothing.
    static func check(_ declared: [Route], against entries: [String: Access] = routes) throws(GatewayError) {
        var left = entries
        var used: Set<Permission> = []
        for route in declared {
            guard let entry = left.removeValue(forKey: route.name) else {
                throw .inconsistentRoutes("\(route.name) has no entry in the permission matrix, or is there twice")
            }
            guard entry == route.access else {
                throw .inconsistentRoutes(
                    "\(route.name): the permission matrix says \(entry), the route \(route.access)")
            }
            if case .person(let permission) = entry { used.insert(permission) }
        }
        if let entry = left.keys.sorted().first { throw .inconsistentRoutes("\(entry): there is no such route") }
        if let idle = Permission.allCases.first(where: { !used.contains($0) }) {
            throw .inconsistentRoutes("no route demands \(idle.rawValue)")
        }
    }
}

extension Route {
    /// "GET /v1/agents/{id}": how the permission matrix calls it.
    var name: String { "\(method.rawValue) \(path)" }

    /// What the code demands.
    var access: PermissionMatrix.Access {
        switch endpoint {
        case .open: .open
        case .person(let permission, _): .person(permission)
        case .agent: .agent
        }
    }
}
