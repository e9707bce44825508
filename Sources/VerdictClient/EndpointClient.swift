import AsyncHTTPClient
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import NIOSSL
import Verdicts

/// Sends one request to one endpoint and reads the answer.
struct EndpointClient: Sendable {
    /// What is asked, on which path.
    struct Request: Sendable {
        /// The path behind the endpoint's address, with a query where it has one.
        let path: String
        /// The path alone, for the metric.
        let route: String
        /// The message; `nil` asks with GET.
        let body: [UInt8]?

        init(_ route: String, query: String = "", body: [UInt8]? = nil) {
            self.route = route
            path = query.isEmpty ? route : "\(route)?\(query)"
            self.body = body
        }
    }

    private let http: HTTPClient
    private let configuration: RemoteVerdictConfiguration
    private let metrics: ClientMetrics

    /// Bytes of a refusal that are read, to learn its reason.
    private static let refusalBytes = 16 << 10

    init(_ configuration: RemoteVerdictConfiguration, metrics: ClientMetrics) throws(RemoteVerdictConfigurationError) {
        self.configuration = configuration
        self.metrics = metrics
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(configuration.connectTimeout)), decompression: .disabled)
        settings.httpVersion = .http1Only
        // Shorter than the service waits for the next request on a connection, so that it is not closed just as one is sent.
        settings.connectionPool.idleTimeout = .seconds(30)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        if let path = configuration.authorities { settings.tlsConfiguration = try Self.trusting(path) }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    private static func trusting(_ path: String) throws(RemoteVerdictConfigurationError) -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        do {
            settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        } catch {
            throw .authorities("\(path): \(error)")
        }
        return settings
    }

    /// Closes all connections; nothing can be asked any more.
    func shutdown() async { try? await http.shutdown() }

    /// Asks and has the answer read.
    ///
    /// - Parameters:
    ///   - endpoint: Its place among the configured ones.
    ///   - limit: Longest time for all of it.
    ///   - read: Takes a whole message apart.
    func ask<Answer: Sendable>(
        _ endpoint: Int, _ request: Request, limit: Duration,
        _ read: @escaping @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Answer
    ) async -> Result<Answer, EndpointFailure> {
        let start = ContinuousClock.now
        let result = await answer(endpoint, request, limit: limit, read)
        let outcome = if case .failure(let failure) = result { failure.outcome } else { "ok" }
        metrics.ended(
            endpoint: endpoint, route: request.route, outcome: outcome, took: start.duration(to: .now))
        return result
    }

    private func answer<Answer: Sendable>(
        _ endpoint: Int, _ request: Request, limit: Duration,
        _ read: @escaping @Sendable (UnsafeRawBufferPointer) throws(MessageError) -> Answer
    ) async -> Result<Answer, EndpointFailure> {
        await withTaskGroup(of: Result<Answer, EndpointFailure>?.self) { group in
            group.addTask { await exchange(endpoint, request, limit: limit, read) }
            // The library's own limit ends with the head of the answer; this one is for all of it.
            group.addTask {
                guard (try? await Task.sleep(for: limit)) != nil else { return nil }
                return .failure(.late(limit))
            }
            defer { group.cancelAll() }
            while let result = await group.next() {
                if Task.isCancelled { return .failure(.withdrawn) }
                if let result { return result }
            }
            return .failure(.withdrawn)
        }
    }

    private func exchange<Answer: Sendable>(
        _ endpoint: Int, _ request: Request, limit: Duration,
        _ read: (UnsafeRawBufferPointer) throws(MessageError) -> Answer
    ) async -> Result<Answer, EndpointFailure> {
        do {
            let response = try await http.execute(message(endpoint, request), timeout: TimeAmount(limit))
            guard response.status == .ok else { return .failure(await Self.refusal(response)) }
            guard response.headers.first(name: "Content-Type") == "\(MessageFormat.mediaType)" else {
                return .failure(.nonsense("its type is none of ours"))
            }
            let body = try await response.body.collect(upTo: configuration.answerBytes)
            return .success(try body.withUnsafeReadableBytes { try read($0) })
        } catch let error as MessageError {
            return .failure(.nonsense("\(error)"))
        } catch is NIOTooManyBytesError {
            return .failure(.refusedQuestion("the answer has more than \(configuration.answerBytes) bytes"))
        } catch {
            if Task.isCancelled { return .failure(.withdrawn) }
            if let error = error as? HTTPClientError, error == .deadlineExceeded { return .failure(.late(limit)) }
            return .failure(.unreachable(Self.words(error)))
        }
    }

    private func message(_ endpoint: Int, _ request: Request) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: configuration.endpoints[endpoint] + request.path)
        message.headers.add(name: "User-Agent", value: "zerotrace")
        message.headers.add(name: "Accept", value: "\(MessageFormat.mediaType)")
        if let secret = configuration.secret { message.headers.add(name: "Authorization", value: "Bearer \(secret)") }
        if let body = request.body {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "\(MessageFormat.mediaType)")
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        return message
    }

    /// What a status other than 200 means.
    private static func refusal(_ response: HTTPClientResponse) async -> EndpointFailure {
        let status = response.status.code
        let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }.map { max(0, min($0, 3_600)) }
        switch status {
        case 409: return .otherIndex
        case 429: return .busy(status: status, retryAfter: seconds ?? 1)
        case 400, 413: return .refusedQuestion(await text(response))
        case 503 where await text(response).contains("\"no_index\""): return .noIndex
        case 500...: return .busy(status: status, retryAfter: seconds)
        default: return .unfit("status \(status) to a question between roles")
        }
    }

    /// The beginning of a refusal as text.
    private static func text(_ response: HTTPClientResponse) async -> String {
        guard let body = try? await response.body.collect(upTo: refusalBytes) else { return "" }
        return String(decoding: body.readableBytesView, as: UTF8.self)
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: "\(error)"
        default: "\(type(of: error)): \(error)"
        }
    }
}
