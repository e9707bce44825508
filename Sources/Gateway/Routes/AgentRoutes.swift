import Hummingbird
import Stores

/// The company's agents and what is on them.
struct AgentRoutes: Sendable {
    let store: any Store

    var routes: [Route] {
        [
            .person(.get, "/v1/agents", .viewFindings, agents),
            .person(.get, "/v1/agents/{id}", .viewFindings, agent),
            .person(.get, "/v1/agents/{id}/packages", .viewFindings, packages),
            .person(.get, "/v1/agents/{id}/findings", .viewFindings, findings),
        ]
    }

    @Sendable private func agents(_ call: Call, _ caller: Caller) async throws -> Response {
        var query = AgentQuery()
        query.search = try call.query.search()
        query.state = try call.query.word("state", as: InventoryState.self)
        query.sort = try call.query.word("sort", as: AgentQuery.Sort.self) ?? .risk
        let page = try await store.fetchAgents(
            scope: caller.scope, query: query, page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, AgentReply.init))
    }

    @Sendable private func agent(_ call: Call, _ caller: Caller) async throws -> Response {
        guard let agent = try await store.fetchAgent(scope: caller.scope, id: try agentID(call)) else {
            throw APIError.notFound
        }
        return try Reply.json(AgentDetailReply(agent))
    }

    @Sendable private func packages(_ call: Call, _ caller: Caller) async throws -> Response {
        let page = try await store.fetchAgentPackages(
            scope: caller.scope, agentID: try agentID(call), search: try call.query.search(),
            page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, AgentPackageReply.init))
    }

    @Sendable private func findings(_ call: Call, _ caller: Caller) async throws -> Response {
        let page = try await store.fetchAgentFindings(
            scope: caller.scope, agentID: try agentID(call), query: try call.query.vulnerabilities(),
            page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, FindingReply.init))
    }

    /// What is no id names nothing, like an id of another company.
    private func agentID(_ call: Call) throws -> AgentID {
        guard let id = AgentID(try call.parameter("id")) else { throw APIError.notFound }
        return id
    }
}
