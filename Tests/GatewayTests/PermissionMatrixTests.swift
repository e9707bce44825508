import HTTPTypes
import HummingbirdTesting
@_spi(Minting) import Stores
import Testing

@testable import Gateway

/// The permission matrix is the whole truth of who may do what.
struct PermissionMatrixTests {
    private func routes() async throws -> [Route] {
        let installation = try await Installation()
        return try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: .init(label: "test")
        ).responder.table.routes
    }

    @Test func aRouteAndItsEntryMustAgreeBeforeAnythingIsServed() async throws {
        let routes = try await routes()
        try PermissionMatrix.check(routes)
        let new = Route.open(.get, "/v1/new") { _ in Reply.nothing() }
        #expect(throws: GatewayError.self, "a route without an entry") { try PermissionMatrix.check(routes + [new]) }
        #expect(throws: GatewayError.self, "an entry without a route") {
            try PermissionMatrix.check(Array(routes.dropLast()))
        }
        #expect(throws: GatewayError.self, "a route that is there twice") {
            try PermissionMatrix.check(routes + routes.prefix(1))
        }
        for (index, route) in routes.enumerated() {
            var others = routes
            let other: Route =
                route.access == .open
                ? .person(route.method, route.path, .viewSelf) { _, _ in Reply.nothing() }
                : .open(route.method, route.path) { _ in Reply.nothing() }
            others[index] = other
            #expect(throws: GatewayError.self, "\(route.name) with another access") {
                try PermissionMatrix.check(others)
            }
        }
    }

    @Test func anOwnerMayDoEverythingAndEveryRoleSomething() {
        for permission in Permission.allCases {
            #expect(PermissionMatrix.permissions(of: .owner).contains(permission))
        }
        for role in Role.allCases { #expect(PermissionMatrix.permissions(of: role).contains(.viewSelf)) }
    }

    /// Every role calls every route for people. What a role may is read from the table above as people would state it.
    @Test(arguments: Role.allCases) func rolesGetWhatTheMatrixSays(_ role: Role) async throws {
        let everybody: Set<Permission> = [.viewSelf, .viewFindings, .viewEvents, .manageOwnSessions]
        let expected: [Role: Set<Permission>] = [
            .owner: Set(Permission.allCases), .admin: Set(Permission.allCases).subtracting([.viewAudit]),
            .analyst: everybody.union([.requestExceptions, .triage]), .viewer: everybody,
            .auditor: everybody.union([
                .viewEnrollment, .viewAudit, .viewUsers, .viewAPITokens, .viewNotifications,
            ]),
        ]
        let may = try #require(expected[role])
        let installation = try await Installation()
        let user = try await installation.store.insertUser(
            email: "\(role.rawValue)@green.example", passwordHash: "", role: role,
            companyID: installation.red.company.id, at: installation.clock.now)
        let routes = try await routes()
        try await installation.run { client async throws in
            let token = try await installation.token(user)
            for route in routes {
                guard case .person(let permission) = route.access else { continue }
                let reply = try await client.send(
                    route.method, route.path.replacing("{id}", with: AgentID().description), token: token)
                #expect(
                    (reply.refusal == "403 forbidden") == !may.contains(permission),
                    "\(role) \(route.name): \(reply.refusal)")
            }
        }
    }
}
