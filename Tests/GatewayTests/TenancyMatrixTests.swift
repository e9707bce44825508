import BackendTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import Inventory
import NIOCore
@_spi(Minting) import Stores
import Testing
import Wire

@testable import Gateway

/// Every route of the route table, with everything that another company has: 404 or 403, always. On every store; PostgreSQL runs it
/// under row level security, as a role that owns nothing.
struct TenancyMatrixTests {
    /// What a tenant has that a path can name, by the collection before the parameter. A new collection has to be entered here.
    private struct Holdings {
        let tenant: Tenant
        let identifiers: [String: String]

        init(_ tenant: Tenant, _ installation: Installation) async throws {
            let now = installation.clock.now
            let session = try await installation.store.insertSession(
                userID: tenant.owner.id, refreshToken: Secret.hash(Secret.makeRefreshToken()),
                expiresAt: now.addingTimeInterval(1e6), at: now)
            let token = try await installation.store.insertAPIToken(
                scope: tenant.scope, userID: tenant.owner.id, token: Secret.hash(Secret.makeAPIToken()), name: "ci",
                scopes: ["findings:read"], expiresAt: now.addingTimeInterval(1e6), at: now)
            // Asked for by the viewer, so that the owner may decide.
            let exception = try await installation.store.requestException(
                scope: tenant.scope, ExceptionScope(vulnerability: Sample.vulnerability.id, package: nil),
                reason: "of \(tenant.company.name)", expiresAt: now.addingTimeInterval(1e6), by: tenant.viewer.id,
                at: now)
            let endpoint = try await installation.store.insertEndpoint(
                scope: tenant.scope,
                EndpointDraft(
                    kind: .webhook, target: "https://\(tenant.company.name).example/", label: "", minimumSeverity: nil,
                    exploitedOnly: false, secret: []), by: tenant.owner.id, at: now)
            let notification = try await installation.store.insertTestNotification(
                scope: tenant.scope, endpoint: endpoint.id, at: now)
            self.tenant = tenant
            identifiers = [
                "agents": tenant.agentID.description, "enrollment-tokens": tenant.invitation.id.description,
                "users": tenant.viewer.id.description, "sessions": session.id.description,
                "api-tokens": token.id.description, "exceptions": exception.id.description,
                "notification-endpoints": endpoint.id.description, "notifications": notification.description,
            ]
        }

        /// The route's path with these things in it; `nil` when it names something that is public.
        func path(_ route: Route) -> String? {
            let parts = route.path.split(separator: "/").map(String.init)
            var path = ""
            for (index, part) in parts.enumerated() {
                guard part.hasPrefix("{") else {
                    path += "/" + part
                    continue
                }
                guard let id = identifiers[parts[index - 1]] else { return nil }
                path += "/" + id
            }
            return path
        }

        /// Nothing that names the tenant may stand in a reply to another, but what that one named in the request.
        func isMentioned(in reply: TestResponse, besides named: String = "") -> Bool {
            let text = String(buffer: reply.body)
            let emails = [tenant.owner.email, tenant.viewer.email]
            return ([tenant.company.name, tenant.company.id.description] + emails + identifiers.values).contains {
                !named.contains($0) && text.contains($0)
            }
        }
    }

    /// A body that the route takes, so that it is not refused for its form.
    private static func body(_ route: Route) -> String? {
        switch route.method {
        case .get, .delete: nil
        case .put: #"{"standing":"active","reason":"test","labels":["x"],"approved":true,"user_id":null}"#
        default: #"{"role":"analyst","text":"a note"}"#
        }
    }

    /// Paths that name what is public, such as a CVE; of these nothing of another company may be in the reply.
    private static let publicCollections: Set<String> = ["vulnerabilities"]

    private static func routes(_ installation: Installation) async throws -> [Route] {
        try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: .init(label: "test")
        ).responder.table.routes
    }

    /// The collection that the path's parameter is one of; `nil` without parameter.
    private static func collection(_ route: Route) -> String? {
        let parts = route.path.split(separator: "/").map(String.init)
        return parts.firstIndex(of: "{id}").map { parts[$0 - 1] }
    }

    @Test(arguments: TestBackend.Kind.available)
    func idsOfAnotherCompanyNameNothing(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let routes = try await Self.routes(installation)
        #expect(routes.count > 20)
        let (red, blue) = (
            try await Holdings(installation.red, installation), try await Holdings(installation.blue, installation)
        )
        try await installation.run { client async throws in
            for (mine, theirs) in [(red, blue), (blue, red)] {
                let token = try await installation.token(mine.tenant.owner)
                for route in routes {
                    guard case .person = route.access, let collection = Self.collection(route) else { continue }
                    let isPublic = Self.publicCollections.contains(collection)
                    #expect(isPublic || mine.path(route) != nil, "\(route.path): what has a tenant of these?")
                    let paths =
                        theirs.identifiers.values.map { Self.path(route, everywhere: $0) }
                        + [theirs.path(route)].compactMap(\.self)
                    for path in paths {
                        let reply = try await client.send(
                            route.method, path + "?package=pkg:deb/debian/bash@1", token: token, json: Self.body(route))
                        let isMentioned = theirs.isMentioned(in: reply, besides: path)
                        #expect(!isMentioned, "\(route.name) tells of another company")
                        #expect(
                            isPublic || [403, 404].contains(reply.status.code), "\(route.name): \(reply.refusal)")
                    }
                }
            }
        }
        // What the other asked for in vain is there, and is still there. What is named last goes last.
        let own = routes.filter { red.path($0) != nil && Self.collection($0) != nil }.sorted {
            ($0.method == .delete ? 1 : 0, -$0.path.count, $0.name) < (
                $1.method == .delete ? 1 : 0, -$1.path.count, $1.name
            )
        }
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            for route in own {
                guard case .person = route.access, let path = red.path(route) else { continue }
                // The session is the owner's own, so the path below another user leads nowhere.
                guard !route.path.contains("{session}") else { continue }
                let reply = try await client.send(route.method, path, token: token, json: Self.body(route))
                #expect(reply.status.kind == .successful, "\(route.name): \(reply.refusal)")
            }
        }
    }

    /// The path with one id in all places.
    private static func path(_ route: Route, everywhere id: String) -> String {
        route.path.replacing(#/\{[a-z]+\}/#, with: id)
    }

    @Test(arguments: TestBackend.Kind.available)
    func cursorsOfAnotherCompanyNameNothing(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let document = Document(.init(bytes: PackageResources.openapi_json))
        let routes = try await Self.routes(installation).filter { route in
            let parameters = document["paths"][route.path][route.method.rawValue.lowercased()]["parameters"]
            return (0..<(parameters.count ?? 0)).contains { parameters[$0]["name"].text == "cursor" }
        }
        #expect(routes.count >= 5)
        try await installation.run { client async throws in
            let (mine, theirs) = (installation.red, installation.blue)
            var tokens: [CompanyID: String] = [:]
            for tenant in [mine, theirs] { tokens[tenant.company.id] = try await installation.token(tenant.owner) }
            let packages = "/v1/agents/\(theirs.agentID)/packages?limit=1"
            let page = try await client.send(.get, packages, token: tokens[theirs.company.id])
            let foreign = try #require(page.json["next_cursor"].text)
            let next = try await client.send(
                .get, "\(packages)&cursor=\(foreign)", token: tokens[theirs.company.id])
            #expect(next.status == .ok, "it is a cursor that works")
            let holdings = try await Holdings(mine, installation)
            for route in routes {
                let path = holdings.path(route) ?? Self.path(route, everywhere: "CVE-2023-0464")
                let reply = try await client.send(
                    route.method, "\(path)?cursor=\(foreign)", token: tokens[mine.company.id])
                #expect([403, 404].contains(reply.status.code), "\(route.name): \(reply.refusal)")
                let damaged = CompanyCursor.seal("nonsense", scope: mine.scope)
                let own = try await client.send(
                    route.method, "\(path)?cursor=\(damaged)", token: tokens[mine.company.id])
                #expect(own.refusal == "400 invalid_request", "\(route.name)")
            }
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func noReplyTellsOfAnotherCompany(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let latest = try await installation.store.fetchLatestEventID(scope: installation.blue.scope)
        let routes = try await Self.routes(installation)
        try await installation.run { client async throws in
            let mine = try await Holdings(installation.red, installation)
            let theirs = try await Holdings(installation.blue, installation)
            let token = try await installation.token(mine.tenant.owner)
            for route in routes where route.method == .get {
                let path = mine.path(route) ?? Self.path(route, everywhere: "CVE-2023-0464")
                for query in ["", "?after=0&limit=500", "?after=\(latest.rawValue - 1)", "?newest=true", "?q=blue"] {
                    let reply = try await client.send(.get, path + query, token: token)
                    let isMentioned = theirs.isMentioned(in: reply)
                    #expect(!isMentioned, "\(route.name)\(query)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func agentsReachTheirOwnCompanyOnly(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let extra = try await Tenant.apply(
            Array(Sample.packages.prefix(1)), to: installation.blue.agentID, installation.blue.scope,
            installation.store,
            now: installation.clock.now)
        #expect(extra != nil)
        try await installation.run { client async throws in
            let agent = TestAgent(key: installation.red.agentKey, clock: installation.clock)
            let other = TestAgent(key: installation.blue.agentKey, clock: installation.clock)
            let body = Array(#"{"agent_id":"\#(installation.blue.agentID)"}"#.utf8)
            let taken = try await agent.send(client, .post, AgentProtocol.tokenPath, body: body)
            #expect(taken.refusal == "401 unknown_agent", "another company's agent id")
            let stolen = try await other.token(client, installation.blue.agentID)
            let reply = try await agent.send(
                client, .post, AgentProtocol.heartbeatPath, token: stolen, body: agent.heartbeat(nil))
            #expect(reply.refusal == "401 unauthorized", "another company's access token")
            let token = try await agent.token(client, installation.red.agentID)
            let base = Inventory(Array(Sample.packages.prefix(1)))
            let delta = Inventory(Sample.packages).delta(from: base).encoded()
            let applied = try await agent.send(
                client, .put, AgentProtocol.inventoryPath, token: token, body: delta,
                headers: ["Content-Type": AgentProtocol.inventoryDeltaMediaType])
            #expect(applied.refusal == "409 base_unknown", "an inventory that only the other company holds")
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func theStreamShowsTheOwnCompanyOnly(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let latest = try await installation.store.fetchLatestEventID(scope: installation.red.scope)
        let token = try await installation.token(installation.red.viewer)
        try await installation.run(.live) { client async throws in
            let port = try #require(client.port)
            try await StreamClient.with(port: port) { session async throws in
                try await session.subscribe(token, after: 0)
                #expect(try await session.document()["latest"].int == Int(latest.rawValue))
                var last = -1
                while last < Int(latest.rawValue) {
                    let event = try await session.document()["event"]
                    #expect(event["data"]["hostname"].text == "web.red")
                    last = event["id"].int ?? Int.max
                }
            }
        }
    }
}
