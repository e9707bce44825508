import HTTPTypes
import Hummingbird
import Stores

/// The company's log of changes.
struct EventRoutes: Sendable {
    let store: any Store
    let origin: OriginCheck

    var routes: [Route] {
        [
            .person(.get, "/v1/events", .viewEvents, events),
            .open(.get, StreamPath.path, stream),
        ]
    }

    @Sendable private func events(_ call: Call, _ caller: Caller) async throws -> Response {
        let limit = Int(try call.query.integer("limit", in: 1...500) ?? 50)
        let after = try call.query.integer("after", in: 0...Int64.max)
        let isNewest = try call.query.flag("newest")
        guard !isNewest || after == nil else { throw APIError.invalid("after: not together with newest") }
        let events =
            isNewest
            ? try await store.fetchNewestEvents(scope: caller.scope, limit: limit)
            : try await store.fetchEvents(
                scope: caller.scope, after: EventID(rawValue: after ?? 0), limit: limit)
        return try Reply.json(ListReply(events.map(EventReply.init)))
    }

    /// A WebSocket handshake that is in order never gets here: the connection becomes a stream before the router sees it. What gets
    /// here comes from another site, is no handshake, or is not the first request of its connection.
    @Sendable private func stream(_ call: Call) async throws -> Response {
        try origin.check(call.request)
        var error = APIError(
            .upgradeRequired, "upgrade_required",
            "Open a WebSocket here, as the first request of a connection, by HTTP/1.1.")
        error.headers[.upgrade] = "websocket"
        throw error
    }
}
