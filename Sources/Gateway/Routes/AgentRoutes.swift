import Foundation
import Hummingbird
import Inventory
import Stores

/// The company's agents and what is on them.
struct AgentRoutes: Sendable {
    let services: GatewayServices
    let silentAfter: Duration

    private var store: any Store { services.store }

    var routes: [Route] {
        [
            .person(.get, "/v1/agents", .viewFindings, agents),
            .person(.get, "/v1/agents/{id}", .viewFindings, agent),
            .person(.get, "/v1/agents/{id}/packages", .viewFindings, packages),
            .person(.get, "/v1/agents/{id}/findings", .viewFindings, findings),
            .person(.get, "/v1/scan-cost", .viewFindings, scanCost),
        ]
    }

    @Sendable private func agents(_ call: Call, _ caller: Caller) async throws -> Response {
        var query = AgentQuery()
        query.search = try call.query.search()
        query.state = try call.query.word("state", as: InventoryState.self)
        switch try call.query.choice("silent") {
        case nil: break
        case true: query.seenBefore = silenceLimit
        case false: query.seenSince = silenceLimit
        }
        query.sort = try call.query.word("sort", as: AgentQuery.Sort.self) ?? .risk
        let page = try await store.fetchAgents(
            scope: caller.scope, query: query, page: try call.query.page(of: caller.scope))
        let (accepted, limit) = (try await acceptance(of: page.items.map(\.id), caller), silenceLimit)
        return try Reply.json(
            ListReply(page, of: caller.scope) { AgentReply($0, accepted[$0.id], silentBefore: limit) })
    }

    /// Who called last before this moment is silent.
    private var silenceLimit: Date { services.now().addingTimeInterval(-silentAfter.timeInterval) }

    @Sendable private func agent(_ call: Call, _ caller: Caller) async throws -> Response {
        let id = try agentID(call)
        guard let agent = try await store.fetchAgent(scope: caller.scope, id: id) else { throw APIError.notFound }
        return try Reply.json(
            AgentDetailReply(
                agent, try await store.fetchRunning(scope: caller.scope, agents: [id])[id],
                try await acceptance(of: [agent.summary.id], caller)[agent.summary.id],
                silentBefore: silenceLimit))
    }

    @Sendable private func packages(_ call: Call, _ caller: Caller) async throws -> Response {
        let page = try await store.fetchAgentPackages(
            scope: caller.scope, agentID: try agentID(call), search: try call.query.search(),
            page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, AgentPackageReply.init))
    }

    @Sendable private func findings(_ call: Call, _ caller: Caller) async throws -> Response {
        let (id, now) = (try agentID(call), services.now())
        var query = try call.query.vulnerabilities()
        let accepted = try await store.fetchAcceptance(scope: caller.scope, agents: [id], at: now)[id]
        query.restrict(
            to: try call.query.findingState(), accepted: Set(accepted?.vulnerabilities.keys.map(\.self) ?? []),
            entirely: Set(accepted?.vulnerabilities.keys.map(\.self) ?? []))
        let policy = try await store.fetchSLAPolicy(scope: caller.scope)
        let use = try await store.fetchRunning(scope: caller.scope, agents: [id])[id].map { PackageUse($0.state) }
        let page = try await store.fetchAgentFindings(
            scope: caller.scope, agentID: id, query: query, page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope) { FindingReply($0, use, accepted, policy, at: now) })
    }

    /// Of machines that are long gone, the last scan says nothing of what scanning costs now: hence the days.
    @Sendable private func scanCost(_ call: Call, _ caller: Caller) async throws -> Response {
        let days = try call.query.integer("days", in: 1...400) ?? 30
        let since = services.now().addingTimeInterval(-Double(days) * 86_400)
        return try Reply.json(
            FleetScanCostReply(try await store.fetchScanCost(scope: caller.scope, since: since)))
    }

    private func acceptance(of agents: [AgentID], _ caller: Caller) async throws -> [AgentID: AgentAcceptance] {
        try await store.fetchAcceptance(scope: caller.scope, agents: agents, at: services.now())
    }

    /// What is no id names nothing, like an id of another company.
    private func agentID(_ call: Call) throws -> AgentID {
        guard let id = AgentID(try call.parameter("id")) else { throw APIError.notFound }
        return id
    }
}
