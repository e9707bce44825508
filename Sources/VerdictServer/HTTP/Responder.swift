import Dispatch
import Logging
import Matching
import NIOCore
import Telemetry

/// Answers requests, each from one index. Pure computing: it waits for nothing, so any thread may run it.
struct Responder: Sendable {
    let services: VerdictServerServices
    let limits: ServerLimits
    let settings: ResponderSettings
    let benches: WorkbenchPool
    let metrics: ServerMetrics
    let rates: RateLimiter?
    let differences: DifferenceHolder
    let load: @Sendable () -> (connections: Int, bodyBytes: Int)
    let logger: Logger

    /// The answer to a request; refusals included.
    func respond(to request: ServerRequest) -> ServerReply {
        let start = DispatchTime.now().uptimeNanoseconds
        let (route, id) = ServerRoute.find(request.path)
        let reply: ServerReply
        do throws(ServiceError) {
            reply = try self.reply(to: request, route, id)
        } catch {
            reply = error.reply(requestID: route.isOfOSV ? nil : request.id)
        }
        let nanoseconds = Int64(DispatchTime.now().uptimeNanoseconds - start)
        metrics.answered(route, status: reply.status.code, nanoseconds: nanoseconds)
        logger.debug(
            "request",
            metadata: [
                "request_id": "\(request.id)", "route": "\(route.rawValue)", "status": "\(reply.status.code)",
                "microseconds": "\(nanoseconds / 1000)",
            ])
        return reply
    }

    private func reply(
        to request: ServerRequest, _ route: ServerRoute, _ id: Substring
    ) throws(ServiceError) -> ServerReply {
        try admit(request, route)
        guard route == .unknown || route.takes(request.method) else {
            throw .methodNotAllowed(route.method.rawValue)
        }
        if route.isInternal { return try internalReply(to: request, route) }
        return try publicReply(to: request, route, id)
    }

    /// Refuses who does not know the secret that a route wants, and who asks too often.
    private func admit(_ request: ServerRequest, _ route: ServerRoute) throws(ServiceError) {
        if route.isInternal, let secret = settings.secret {
            guard let given = request.authorization, secret.matches(given) else { throw .unauthorized }
            // Our own roles are counted as one client nowhere: they come in few and large requests.
            return
        }
        guard let rates, !route.isOperation else { return }
        if let wait = rates.wait(for: request.client) { throw .tooOften(seconds: wait) }
    }

    private func publicReply(
        to request: ServerRequest, _ route: ServerRoute, _ id: Substring
    ) throws(ServiceError) -> ServerReply {
        if let unchanged = unchanged(request, route) { return unchanged }
        var reply = try freshReply(to: request, route, id)
        if let seconds = settings.cacheSeconds, route.isCacheable, reply.status == .ok {
            reply.headers.append(("Cache-Control", "public, max-age=\(seconds)"))
        }
        return reply
    }

    /// The answer to one who has what this index says already.
    private func unchanged(_ request: ServerRequest, _ route: ServerRoute) -> ServerReply? {
        guard let tags = request.knownTags, route.isCacheable, let digest = services.indexes.index?.digest else {
            return nil
        }
        let known = tags.split(separator: ",").map { $0.drop { $0 == " " }.prefix { $0 != " " } }
        guard known.contains(where: { $0 == "\"\(digest)\"" || $0 == "W/\"\(digest)\"" }) else { return nil }
        var reply = ServerReply(.notModified, body: ByteBuffer())
        reply.headers.append(("ETag", "\"\(digest)\""))
        return reply
    }

    private func freshReply(
        to request: ServerRequest, _ route: ServerRoute, _ id: Substring
    ) throws(ServiceError) -> ServerReply {
        switch route {
        case .verdicts:
            return try answer { bench, index throws(ServiceError) in try self.verdicts(request, bench, index) }
        case .query: return try answer { bench, index throws(ServiceError) in try self.query(request, bench, index) }
        case .queryBatch:
            return try answer { bench, index throws(ServiceError) in try self.queryBatch(request, bench, index) }
        case .advisory: return try answer { bench, index throws(ServiceError) in try self.advisory(id, bench, index) }
        case .vulnerability:
            return try answer { bench, index throws(ServiceError) in try self.vulnerability(id, bench, index) }
        case .explanation:
            return try answer { bench, index throws(ServiceError) in try self.explanation(request, bench, index) }
        case .changes:
            return try answer { bench, index throws(ServiceError) in try self.changes(request, bench, index) }
        case .status: return try status()
        case .healthy: return try health(request, isFine: \.live)
        case .ready: return try health(request, isFine: \.ready)
        case .metrics: return try metricsText(request)
        case .document: return ServerReply(body: ByteBuffer(bytes: PackageResources.enrichment_openapi_json))
        case .unknown, .internalVerdicts, .internalExplanation, .internalVulnerability, .internalChanges,
            .internalStatus, .internalIndex:
            throw .notFound("Not Found")
        }
    }

    /// Has an answer written from the index that is in use now, and names that index in the header.
    private func answer(
        _ body: (Workbench, AdvisoryIndex) throws(ServiceError) -> Void
    ) throws(ServiceError) -> ServerReply {
        guard let index = services.indexes.index else { throw .noIndex }
        var reply = try benches.withWorkbench { bench throws(ServiceError) -> ServerReply in
            try body(bench, index)
            return ServerReply(body: bench.writer.buffer())
        }
        reply.headers.append(("ETag", "\"\(index.digest)\""))
        return reply
    }
}
