import Caching
import Hummingbird
import Stores

/// The first page, and what the answers rest on.
struct OverviewRoutes: Sendable {
    let services: GatewayServices

    var routes: [Route] {
        [
            .person(.get, "/v1/overview", .viewFindings, overview),
            .person(.get, "/v1/trend", .viewFindings, trend),
            .person(.get, "/v1/feeds", .viewFindings, feeds),
        ]
    }

    /// The latest event and the latest entry of the audit log are part of the cache's key: what agents report and what people decide invalidates,
    /// whichever process made it, and no other process need hear of it.
    @Sendable private func overview(_ call: Call, _ caller: Caller) async throws -> Response {
        let scope = caller.scope
        let latest = try await services.store.fetchLatestEventID(scope: scope)
        let audit = try await services.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest(limit: 1))
        let decided = audit.items.first?.sequence ?? 0
        let key = CompanyCacheKey(scope: scope, name: "overview-2@\(latest.rawValue).\(decided)")
        let found = try await services.overviews.value(for: key) {
            try await services.store.fetchOverview(scope: scope, at: services.now())
        }
        guard let overview = found else { throw APIError.notFound }
        return try Reply.json(
            OverviewReply(overview, advisories: await services.verdicts.status(), latest: latest))
    }

    @Sendable private func trend(_ call: Call, _ caller: Caller) async throws -> Response {
        let days = Int(try call.query.integer("days", in: 1...400) ?? 7)
        return try Reply.json(
            TrendReply(try await services.store.fetchTrend(scope: caller.scope, days: days, at: services.now())))
    }

    @Sendable private func feeds(_ call: Call, _ caller: Caller) async throws -> Response {
        try Reply.json(AdvisoriesReply(await services.verdicts.status()))
    }
}
