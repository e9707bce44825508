import Caching
import Hummingbird
import Stores

/// The first page, and what the answers rest on.
struct OverviewRoutes: Sendable {
    let services: GatewayServices
    let cache: MemoryCache<Overview>

    /// How long one overview is shown to all who ask. It also bounds how late a change without an event shows, such as an inventory
    /// that has arrived and waits.
    private static let lifetime = Duration.seconds(2)

    var routes: [Route] {
        [
            .person(.get, "/v1/overview", .viewFindings, overview),
            .person(.get, "/v1/feeds", .viewFindings, feeds),
        ]
    }

    /// The latest event is part of the cache's key, so every change that has an event shows at once, also when another process made
    /// it, and nothing needs to be invalidated.
    @Sendable private func overview(_ call: Call, _ caller: Caller) async throws -> Response {
        let scope = caller.scope
        let latest = try await services.store.fetchLatestEventID(scope: scope)
        let key = CompanyCacheKey(scope: scope, name: "overview@\(latest.rawValue)")
        let overview = try await cache.value(for: key, ttl: Self.lifetime) {
            try await services.store.fetchOverview(scope: scope, at: services.now())
        }
        return try Reply.json(
            OverviewReply(overview, advisories: await services.verdicts.status(), latest: latest))
    }

    @Sendable private func feeds(_ call: Call, _ caller: Caller) async throws -> Response {
        try Reply.json(AdvisoriesReply(await services.verdicts.status()))
    }
}
