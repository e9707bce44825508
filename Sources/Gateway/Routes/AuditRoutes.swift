import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Stores

/// The company's audit log, to look at and to take away.
struct AuditRoutes: Sendable {
    let services: GatewayServices

    /// Characters of what an actor or a subject is looked for by.
    private static let nameLimit = 1_000
    /// Entries of one read of an export.
    private static let exportPage = 500

    var routes: [Route] {
        [
            .person(.get, "/v1/audit", .viewAudit, list),
            .person(.get, "/v1/audit/export", .viewAudit, export),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let page = try await services.store.fetchAudit(
            scope: caller.scope, query: try query(call), page: try call.query.page(of: caller.scope))
        return try Reply.json(ListReply(page, of: caller.scope, AuditEntryReply.init))
    }

    private func query(_ call: Call) throws -> AuditQuery {
        var query = AuditQuery()
        query.action = try call.query.word("action", as: AuditAction.self)?.rawValue
        query.actor = try call.query.text("actor", limit: Self.nameLimit)
        query.subject = try call.query.text("subject", limit: Self.nameLimit)
        query.from = try call.query.time("from")
        query.until = try call.query.time("until")
        return query
    }

    private enum Format: String { case jsonl, csv }

    /// The whole log, or what the filters leave of it, oldest first, as it is read. That it was taken away is an entry itself, written
    /// before the first is sent.
    @Sendable private func export(_ call: Call, _ caller: Caller) async throws -> Response {
        let format = try call.query.word("format", as: Format.self) ?? .jsonl
        var query = try query(call)
        query.isOldestFirst = true
        try await services.store.appendAudit(
            scope: caller.scope, .auditExported, subject: nil, details: ["format": format.rawValue], at: services.now())
        let (store, scope, asked, mayLag) = (services.store, caller.scope, query, ReadFreshness.mayLag)
        let body = ResponseBody { writer in
            if format == .csv { try await writer.write(ByteBuffer(string: AuditLine.header)) }
            var cursor: String?
            repeat {
                // Runs when the handler has long returned.
                let request = PageRequest(cursor: cursor, limit: Self.exportPage)
                let page = try await ReadFreshness.$mayLag.withValue(mayLag) {
                    try await store.fetchAudit(scope: scope, query: asked, page: request)
                }
                var buffer = ByteBuffer()
                for entry in page.items {
                    buffer.writeString(try format == .csv ? AuditLine.csv(entry) : AuditLine.json(entry))
                }
                try await writer.write(buffer)
                cursor = page.nextCursor
            } while cursor != nil
            try await writer.finish(nil)
        }
        var headers: HTTPFields = [.contentType: format == .csv ? "text/csv; charset=utf-8" : "application/jsonl"]
        headers[.contentDisposition] = "attachment; filename=\"audit.\(format.rawValue)\""
        return Response(status: .ok, headers: headers, body: body)
    }
}
