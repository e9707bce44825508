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
    private static func identifiers(_ tenant: Tenant) -> [String: String] {
        ["agents": tenant.agentID.description, "enrollment-tokens": tenant.invitation.id.description]
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

    /// Nothing that names the tenant may stand in a reply to another, but what that one named in the request.
    private static func mentions(_ tenant: Tenant, _ reply: TestResponse, besides named: String = "") -> Bool {
        let text = String(buffer: reply.body)
        return ([tenant.company.name, tenant.company.id.description] + identifiers(tenant).values).contains {
            $0 != named && text.contains($0)
        }
    }

    @Test(arguments: TestBackend.Kind.available)
    func idsOfAnotherCompanyNameNothing(_ kind: TestBackend.Kind) async throws {
        let installation = try await Installation(on: kind)
        let routes = try await Self.routes(installation)
        #expect(routes.count > 20)
        try await installation.run { client async throws in
            for (mine, theirs) in [(installation.red, installation.blue), (installation.blue, installation.red)] {
                let token = try await installation.token(mine.owner)
                for route in routes {
                    guard case .person = route.access, let collection = Self.collection(route) else { continue }
                    for id in Self.identifiers(theirs).values.sorted() {
                        let reply = try await client.send(
                            route.method, route.path.replacing("{id}", with: id) + "?package=pkg:deb/debian/bash@1",
                            token: token, json: route.method == .get ? nil : "{}")
                        let tells = Self.mentions(theirs, reply, besides: id)
                        #expect(!tells, "\(route.name) tells of another company")
                        guard !Self.publicCollections.contains(collection) else { continue }
                        #expect([403, 404].contains(reply.status.code), "\(route.name): \(reply.refusal)")
                    }
                    guard !Self.publicCollections.contains(collection) else { continue }
                    #expect(Self.identifiers(mine)[collection] != nil, "\(collection): what has a tenant of these?")
                }
            }
        }
        // What the other asked for in vain is there, and is still there.
        try await installation.run { client async throws in
            let token = try await installation.token(installation.red.owner)
            for route in routes.sorted(by: { $0.method.rawValue > $1.method.rawValue }) {
                guard case .person = route.access, let collection = Self.collection(route),
                    let id = Self.identifiers(installation.red)[collection]
                else { continue }
                let reply = try await client.send(
                    route.method, route.path.replacing("{id}", with: id), token: token)
                #expect(reply.status.kind == .successful, "\(route.name): \(reply.refusal)")
            }
        }
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
            for route in routes {
                let id = Self.collection(route).flatMap { Self.identifiers(mine)[$0] } ?? "CVE-2023-0464"
                let path = route.path.replacing("{id}", with: id)
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
            let (mine, theirs) = (installation.red, installation.blue)
            let token = try await installation.token(mine.owner)
            for route in routes where route.method == .get {
                let id = Self.collection(route).flatMap { Self.identifiers(mine)[$0] } ?? "CVE-2023-0464"
                for query in ["", "?after=0&limit=500", "?after=\(latest.rawValue - 1)", "?newest=true", "?q=blue"] {
                    let reply = try await client.send(
                        .get, route.path.replacing("{id}", with: id) + query, token: token)
                    let tells = Self.mentions(theirs, reply)
                    #expect(!tells, "\(route.name)\(query)")
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
