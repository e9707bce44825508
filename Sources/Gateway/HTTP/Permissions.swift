import Stores

/// What a route for people demands.
enum Permission: String, Sendable, CaseIterable {
    /// Seeing who one is signed in as.
    case viewSelf
    /// Agents, packages, findings, vulnerabilities, their explanations, and the state of the feeds.
    case viewFindings
    /// The event log and the live stream.
    case viewEvents
    /// Enrollment tokens: how agents join the company.
    case manageEnrollment
}

/// Which role may do what. This table is the whole truth; ``check(_:)`` holds it against the routes at start.
enum PermissionTable {
    static func permissions(of role: Role) -> Set<Permission> {
        switch role {
        case .owner, .admin: [.viewSelf, .viewFindings, .viewEvents, .manageEnrollment]
        case .analyst, .viewer, .auditor: [.viewSelf, .viewFindings, .viewEvents]
        }
    }

    /// - Throws: ``GatewayError/inconsistentRoutes(_:)`` when a permission guards nothing, or a route can be called by no role.
    static func check(_ routes: [Route]) throws(GatewayError) {
        var used: Set<Permission> = []
        for route in routes {
            if case .person(let permission, _) = route.endpoint { used.insert(permission) }
        }
        let granted = Role.allCases.reduce(into: Set<Permission>()) { $0.formUnion(permissions(of: $1)) }
        for permission in Permission.allCases {
            guard used.contains(permission) else {
                throw .inconsistentRoutes("no route demands \(permission.rawValue)")
            }
            guard granted.contains(permission) else {
                throw .inconsistentRoutes("no role has \(permission.rawValue)")
            }
        }
    }
}
