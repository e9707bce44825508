import Dispatch
import Logging
import Matching
import NIOCore
import Telemetry

/// Answers requests, each from one index. Pure computing: it waits for nothing, so any thread may run it.
struct Responder: Sendable {
    let services: VerdictServerServices
    let limits: ServerLimits
    let exposesMetrics: Bool
    let benches: WorkbenchPool
    let metrics: ServerMetrics
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
        guard route == .unknown || route.takes(request.method) else {
            throw .methodNotAllowed(route.method.rawValue)
        }
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
        case .unknown: throw .notFound("Not Found")
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
