import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import Stores
import Synchronization
import Telemetry
import Wire

/// Where a request comes from, as the server knows it.
struct ConnectionContext: InitializableFromSource, Sendable {
    let logger: Logger
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        logger = source.logger
        remoteAddress = source.channel.remoteAddress
    }
}

/// Answers every request: finds the route, authenticates, checks the permission, runs the handler, maps errors, adds the headers that
/// all replies have, logs and counts.
struct GatewayResponder: HTTPResponder {
    let table: RouteTable
    let authenticator: Authenticator
    let dashboard: DashboardAssets
    let securityHeaders: SecurityHeaders
    let crossOrigin: CrossOrigin
    let rates: RateLimiter
    let trustsForwardedAddress: Bool
    let health: HealthState

    private static let requestID = HTTPField.Name("X-Request-Id")
    private static let traceParent = HTTPField.Name("traceparent")
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    /// What is known about a request when it is logged: the template, never the path, so that labels and logs stay few and hold no ids.
    private struct Outcome {
        var response: Response
        let route: String
        /// The code of the error reply; `nil` when all went well.
        var code: String?
    }

    /// Goes on with the caller's trace, or begins one, so that all that is logged meanwhile names it.
    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let parent = Self.traceParent.flatMap { request.headers[$0] }.flatMap { TraceContext(traceparent: $0) }
        return try await TraceContext.$current.withValue(parent?.child() ?? TraceContext()) {
            try await answer(request, context)
        }
    }

    private func answer(_ request: Request, _ context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let id = RequestID().description
        var logger = context.logger
        logger[metadataKey: "request_id"] = "\(id)"
        let forwarded = trustsForwardedAddress ? Self.forwardedFor.flatMap { request.headers[$0] } : nil
        let match = table.match(method: request.method, path: request.uri.path)
        var call = Call(
            request: request, parameters: [:], query: QueryParameters(request.uri.query), id: id, logger: logger,
            clientAddress: ClientAddress(context.remoteAddress, forwarded: forwarded))
        var outcome: Outcome
        let standing = Mutex<RateLimiter.Standing?>(nil)
        switch match {
        case .found(let route, let parameters):
            call = Call(copying: call, parameters: parameters)
            outcome = try await catching(route.path, call) { try await run(route, call, standing) }
        case .otherMethod(let template, let allowed) where crossOrigin.isPreflight(request):
            outcome = Outcome(response: CrossOrigin.preflight(methods: allowed), route: template)
        case .otherMethod(let template, let allowed):
            outcome = try await catching(template, call) { throw Self.methodNotAllowed(allowed) }
        case .nothing: outcome = try await catching("assets", call) { try dashboard.response(to: request) }
        }
        securityHeaders.apply(to: &outcome.response.headers)
        crossOrigin.apply(to: &outcome.response, of: request)
        // Who would send the next request on this connection makes another one, to where it is served.
        if health.isStopping { outcome.response.headers[.connection] = "close" }
        if let standing = standing.withLock({ $0 }) { Self.tell(standing, in: &outcome.response.headers) }
        if let name = Self.requestID { outcome.response.headers[name] = id }
        if outcome.response.status == .noContent || outcome.response.status == .notModified {
            // A length would be that of the body that is not sent (RFC 9110 section 8.6).
            outcome.response.headers[.contentLength] = nil
        }
        if request.method == .head { outcome.response = outcome.response.createHeadResponse() }
        record(outcome, request, logger, took: ContinuousClock.now - start)
        return outcome.response
    }

    /// - Parameter standing: Filled with how the caller stands, whatever becomes of the request then.
    private func run(
        _ route: Route, _ call: Call, _ standing: borrowing Mutex<RateLimiter.Standing?>
    ) async throws -> Response {
        switch route.endpoint {
        case .open(let handler): return try await call.acting(AuditActor(.anonymous)) { try await handler(call) }
        case .person(let permission, let handler):
            let caller = try await authenticator.person(of: call)
            try count([.company(caller.scope.companyID)], standing)
            guard caller.permissions.contains(permission) else { throw APIError.forbidden }
            return try await ReadFreshness.$mayLag.withValue(call.mayLag(for: caller, route)) {
                try await call.acting(caller.actor) { try await handler(call, caller) }
            }
        case .agent(let handler):
            let agent = try await authenticator.agent(of: call)
            try count([.agent(agent.agentID), .fleet(agent.scope.companyID)], standing)
            return try await call.acting(agent.actor) { try await handler(call, agent) }
        }
    }

    /// Counts a request of somebody who is known by now.
    ///
    /// - Throws: 429.
    private func count(
        _ subjects: [RateLimiter.Subject], _ standing: borrowing Mutex<RateLimiter.Standing?>
    ) throws {
        let found = rates.take(subjects, now: authenticator.now())
        standing.withLock { $0 = found }
        guard let wait = found?.retryAfter else { return }
        throw APIError.rateLimited("Too many requests. Wait as long as Retry-After says.", retryAfter: .seconds(wait))
    }

    private static let rateLimit = HTTPField.Name("RateLimit")
    private static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")

    static func tell(_ standing: RateLimiter.Standing, in headers: inout HTTPFields) {
        if let name = rateLimit { headers[name] = standing.header }
        if let name = rateLimitPolicy { headers[name] = standing.policyHeader }
    }

    /// Runs a handler and turns what it throws into a reply. Only a broken HTTP message goes on: the server closes its connection.
    private func catching(
        _ route: String, _ call: Call, _ operation: () async throws -> Response
    ) async throws -> Outcome {
        do {
            return Outcome(response: try await operation(), route: route)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            return try failure(error, route, call)
        }
    }

    private func failure(_ error: any Error, _ route: String, _ call: Call) throws -> Outcome {
        let known = ErrorMapping.reply(to: error)
        if let known {
            // What was wrong with a body is worth a line; that a token has run out is daily business.
            let level: Logger.Level = known.status.code == 401 || known.status.code == 404 ? .debug : .notice
            call.logger.log(
                level: level, "request refused", metadata: ["code": "\(known.code)", "route": "\(route)"])
        } else {
            call.logger.error(
                "request failed", metadata: ["route": "\(route)", "error": "\(String(reflecting: error))"])
        }
        let reply = known ?? APIError(.internalServerError, "internal", "Something went wrong here.")
        var response = try Reply.json(
            ErrorReply(
                error: .init(code: reply.code, message: reply.message, requestID: call.id),
                serverTime: reply.serverTime), status: reply.status)
        for field in reply.headers { response.headers.append(field) }
        return Outcome(response: response, route: route, code: reply.code)
    }

    private static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
        var error = APIError(.methodNotAllowed, "method_not_allowed", "This path has other methods.")
        error.headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        return error
    }

    private func record(_ outcome: Outcome, _ request: Request, _ logger: Logger, took duration: Duration) {
        let status = outcome.response.status.code
        let method = Self.knownMethods.contains(request.method) ? request.method.rawValue : "other"
        var metadata: Logger.Metadata = [
            "method": "\(method)", "route": "\(outcome.route)", "status": "\(status)", "us": "\(duration.microseconds)",
        ]
        if let code = outcome.code { metadata["code"] = "\(code)" }
        logger.info("request", metadata: metadata)
        let dimensions = [("method", method), ("route", outcome.route)]
        Counter(label: "http_requests", dimensions: dimensions + [("status", "\(status)")]).increment()
        Metrics.Timer(label: "http_request_duration", dimensions: dimensions).record(duration: duration)
    }

    private static let knownMethods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .patch, .options]
}

extension Call {
    /// The same request with the parameters of its route.
    init(copying call: Call, parameters: [String: String]) {
        self.init(
            request: call.request, parameters: parameters, query: call.query, id: call.id, logger: call.logger,
            clientAddress: call.clientAddress)
    }

    /// See ``Freshness``.
    func mayLag(for caller: Caller, _ route: Route) -> Bool {
        Freshness.mayLag(
            request.method, cacheControl: request.headers[.cacheControl], isProgram: caller.actor.kind == .apiToken,
            isExport: route.isExport)
    }

    /// Runs an operation on somebody's behalf: the store writes it into the audit log beside what changes.
    func acting<Value: Sendable>(_ actor: AuditActor, _ operation: () async throws -> Value) async rethrows -> Value {
        let context = AuditContext(actor: actor, address: clientAddress.description, requestID: id)
        return try await AuditContext.$current.withValue(context, operation: operation)
    }
}
