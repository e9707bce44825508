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
        let page = try call.query.page(of: caller.scope)
        let after = try call.query.integer("after", in: 0...Int64.max).map(EventID.init(rawValue:))
        let isNewest = try call.query.flag("newest")
        guard !isNewest || after == nil else { throw APIError.invalid("after: not together with newest") }
        // The last event of the page before.
        let last = try page.cursor.map { cursor in
            guard let id = Int64(cursor), id >= 0 else { throw StoreError.invalidCursor }
            return EventID(rawValue: id)
        }
        // One more than asked for tells whether there is a next page.
        let found =
            isNewest
            ? try await store.fetchNewestEvents(scope: caller.scope, before: last, limit: page.limit + 1)
            : try await store.fetchEvents(
                scope: caller.scope, after: last ?? after ?? EventID(rawValue: 0), limit: page.limit + 1)
        let events = found.prefix(page.limit)
        let next = found.count > page.limit ? events.last.map { String($0.id.rawValue) } : nil
        return try Reply.json(
            ListReply(Page(items: Array(events), nextCursor: next), of: caller.scope, EventReply.init))
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
