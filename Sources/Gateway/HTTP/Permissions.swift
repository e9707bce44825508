import HTTPTypes
import Stores

/// What a route for people demands. Replies name permissions by the raw values, so that a client shows what its user may do.
enum Permission: String, Sendable, CaseIterable, Encodable {
    /// Seeing who one is signed in as.
    case viewSelf = "view_self"
    /// Agents, packages, findings, vulnerabilities, their explanations, and the state of the feeds.
    case viewFindings = "view_findings"
    /// The event log and the live stream.
    case viewEvents = "view_events"
    /// Which enrollment tokens there are; never the tokens themselves.
    case viewEnrollment = "view_enrollment"
    /// Making and revoking enrollment tokens: how agents join the company.
    case manageEnrollment = "manage_enrollment"
    /// The audit log, to look at and to take away.
    case viewAudit = "view_audit"
    /// Who the people of the company are, and their sessions.
    case viewUsers = "view_users"
    /// Making users, giving them other roles, removing them, ending their sessions.
    case manageUsers = "manage_users"
    /// Keeping agents out and letting them in again.
    case manageAgents = "manage_agents"
    /// The own sessions.
    case manageOwnSessions = "manage_own_sessions"
    /// Which API tokens there are; never the tokens themselves.
    case viewAPITokens = "view_api_tokens"
    /// Making and revoking API tokens.
    case manageAPITokens = "manage_api_tokens"
    /// Asking for an exception, and taking one back.
    case requestExceptions = "request_exceptions"
    /// Approving what somebody else asked for, or rejecting it.
    case decideExceptions = "decide_exceptions"
    /// Saying within how many days findings are to be dealt with.
    case managePolicy = "manage_policy"
    /// Giving vulnerabilities to people, and writing notes.
    case triage = "triage"
    /// Which endpoints are told of findings, never their secrets, and what became of notifications.
    case viewNotifications = "view_notifications"
    /// Making and removing endpoints, and trying notifications again.
    case manageNotifications = "manage_notifications"
}

extension Permission {
    /// The word by which an API token is given this permission; `nil` for what no program may do for a person: people and tokens are
    /// managed by people who are signed in.
    var scope: String? {
        switch self {
        case .viewFindings: "findings:read"
        case .viewNotifications: "notifications:read"
        case .viewEvents: "events:read"
        case .viewEnrollment: "enrollment:read"
        case .manageEnrollment: "enrollment:write"
        case .viewAudit: "audit:read"
        case .viewUsers: "users:read"
        case .manageAgents: "agents:write"
        case .requestExceptions: "exceptions:write"
        case .triage: "triage:write"
        case .managePolicy: "policy:write"
        // Four eyes are those of people, and where data leaves the company is for people to say.
        case .decideExceptions, .manageNotifications, .viewSelf, .manageUsers, .manageOwnSessions, .viewAPITokens,
            .manageAPITokens:
            nil
        }
    }

    /// The same in the order of their declaration.
    static func listed(_ permissions: Set<Permission>) -> [Permission] { allCases.filter(permissions.contains) }

    /// All scopes.
    static let scopes = allCases.compactMap(\.scope)

    /// `nil` for a word that is no scope.
    init?(scope: String) {
        guard let permission = Self.allCases.first(where: { $0.scope == scope }) else { return nil }
        self = permission
    }
}

/// Who may do what, and what every route demands: this file alone says so.
///
/// The installation's operator is no role and has no route. Who runs the programs on the server's host makes companies and first users
/// there (`zerotrace company`, `zerotrace user`); nobody who signs in can reach beyond the own company.
enum PermissionMatrix {
    /// Which roles have a permission. An owner may do everything within the company.
    static func roles(with permission: Permission) -> Set<Role> {
        switch permission {
        case .viewSelf, .viewFindings, .viewEvents, .manageOwnSessions: [.owner, .admin, .analyst, .viewer, .auditor]
        case .viewEnrollment, .viewUsers, .viewAPITokens, .viewNotifications: [.owner, .admin, .auditor]
        // Only owners make, change and remove owners: `UserRoutes` looks at the role concerned.
        case .manageEnrollment, .manageUsers, .manageAPITokens, .manageAgents, .manageNotifications, .managePolicy:
            [.owner, .admin]
        // The store refuses whoever would approve an own request, owners included.
        case .decideExceptions: [.owner, .admin]
        case .requestExceptions, .triage: [.owner, .admin, .analyst]
        case .viewAudit: [.owner, .auditor]
        }
    }

    /// What somebody of this role may.
    static func permissions(of role: Role) -> Set<Permission> {
        Set(Permission.allCases.filter { roles(with: $0).contains(role) })
    }

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
        "GET /v1/auth/oidc": .open,
        "GET /v1/auth/oidc/{provider}/start": .open,
        "GET /v1/auth/oidc/{provider}/callback": .open,
        "POST /v1/auth/password-reset": .open,
        "GET /v1/me": .person(.viewSelf),
        "PUT /v1/me/password": .person(.manageOwnSessions),

        "GET /v1/overview": .person(.viewFindings),
        "GET /v1/trend": .person(.viewFindings),
        "GET /v1/feeds": .person(.viewFindings),
        "GET /v1/scan-cost": .person(.viewFindings),
        "GET /v1/agents": .person(.viewFindings),
        "GET /v1/agents/{id}": .person(.viewFindings),
        "GET /v1/agents/{id}/packages": .person(.viewFindings),
        "GET /v1/agents/{id}/findings": .person(.viewFindings),
        "GET /v1/barred-agents": .person(.viewFindings),
        "PUT /v1/agents/{id}/standing": .person(.manageAgents),
        "PUT /v1/agents/{id}/labels": .person(.manageAgents),
        "GET /v1/exceptions": .person(.viewFindings),
        "POST /v1/exceptions": .person(.requestExceptions),
        "GET /v1/exceptions/{id}": .person(.viewFindings),
        "PUT /v1/exceptions/{id}/decision": .person(.decideExceptions),
        "DELETE /v1/exceptions/{id}": .person(.requestExceptions),
        "GET /v1/notification-endpoints": .person(.viewNotifications),
        "POST /v1/notification-endpoints": .person(.manageNotifications),
        "DELETE /v1/notification-endpoints/{id}": .person(.manageNotifications),
        "POST /v1/notification-endpoints/{id}/test": .person(.manageNotifications),
        "GET /v1/notifications": .person(.viewNotifications),
        "POST /v1/notifications/{id}/retry": .person(.manageNotifications),
        "GET /v1/vex": .person(.viewFindings),
        "GET /v1/sla-policy": .person(.viewFindings),
        "PUT /v1/sla-policy": .person(.managePolicy),
        "PUT /v1/vulnerabilities/{id}/assignee": .person(.triage),
        "GET /v1/vulnerabilities/{id}/notes": .person(.viewFindings),
        "POST /v1/vulnerabilities/{id}/notes": .person(.triage),
        "GET /v1/vulnerabilities": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}/agents": .person(.viewFindings),
        "GET /v1/vulnerabilities/{id}/explanation": .person(.viewFindings),

        "GET /v1/events": .person(.viewEvents),
        // A handshake carries no token; who subscribes is checked against `viewEvents` by the stream itself.
        "GET /v1/stream": .open,

        "GET /v1/retention-policy": .person(.viewFindings),
        "PUT /v1/retention-policy": .person(.managePolicy),
        "GET /v1/enrollment-policy": .person(.viewEnrollment),
        "PUT /v1/enrollment-policy": .person(.manageEnrollment),
        "GET /v1/enrollment-tokens": .person(.viewEnrollment),
        "POST /v1/enrollment-tokens": .person(.manageEnrollment),
        "DELETE /v1/enrollment-tokens/{id}": .person(.manageEnrollment),

        "GET /v1/audit": .person(.viewAudit),
        "GET /v1/audit/export": .person(.viewAudit),

        "GET /v1/users": .person(.viewUsers),
        "POST /v1/users": .person(.manageUsers),
        "PATCH /v1/users/{id}": .person(.manageUsers),
        "DELETE /v1/users/{id}": .person(.manageUsers),
        "POST /v1/users/{id}/password-reset": .person(.manageUsers),
        "GET /v1/users/{id}/sessions": .person(.viewUsers),
        "DELETE /v1/users/{id}/sessions/{session}": .person(.manageUsers),
        "GET /v1/sessions": .person(.manageOwnSessions),
        "DELETE /v1/sessions/{id}": .person(.manageOwnSessions),
        "GET /v1/api-tokens": .person(.viewAPITokens),
        "POST /v1/api-tokens": .person(.manageAPITokens),
        "DELETE /v1/api-tokens/{id}": .person(.manageAPITokens),

        "POST /v1/agent/enroll": .open,
        "POST /v1/agent/token": .open,
        "POST /v1/agent/heartbeat": .agent,
        "PUT /v1/agent/inventory": .agent,
        "PUT /v1/agent/key": .agent,

        "GET /-/healthy": .open,
        "GET /-/ready": .open,
        "GET /metrics": .open,
        "GET /openapi.json": .open,
        "GET /.well-known/jwks.json": .open,
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
