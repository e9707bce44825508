import AsyncHTTPClient
import Foundation
import Matching
import NIOSSL

/// Simulated agents against a server: how quickly it answers, and whether the answers are right.
public struct LoadTest: Sendable {
    /// Base URL of the server, without a slash at its end.
    public var server: String
    /// Whom the agents join, one after the other in turn.
    public var companies: [LoadTestCompany]
    /// How many agents, of all companies together.
    public var agents = 200
    /// Packages of each, at least 10.
    public var packages = 200
    /// Seconds during which something happens.
    public var duration = 60.0
    /// Seconds within which the agents arrive, evenly spread.
    public var arrivals = 10.0
    /// Changes of hosts a second, of all agents together.
    public var changesPerSecond = 5.0
    /// Seconds before the first change: as many as ``arrivals``, or a few more, show what a fleet costs that has arrived.
    public var changesAfter = 0.0
    /// Seconds between two heartbeats of one agent; `nil` for what the server says.
    public var heartbeat: Int?
    /// Seconds after the duration in which everything may still come to its end.
    public var settle = 120.0
    /// Agents whose packages and findings are read in the end and compared.
    public var verify = 20
    /// The same seed draws the same hosts, and lets the same happen to them at the same times.
    public var seed: UInt64 = 1
    /// File with the certificate authorities of the server; `nil` for the system's.
    public var authorities: String?

    /// A test with the defaults above.
    public init(server: String, companies: [LoadTestCompany]) {
        self.server = server
        self.companies = companies
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - index: What inventories are drawn from, and what findings are compared with.
    ///   - status: Called every second with how far it is.
    /// - Throws: ``LoadTestError``, `IndexError`: when it cannot begin. What goes wrong afterwards is in the report.
    public func run(
        index: AdvisoryIndex, status: @escaping @Sendable (String) -> Void
    ) async throws -> LoadTestReport {
        let tls = try tlsConfiguration()
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout.connect = .seconds(10)
        // Real agents have a connection each; these share some, so that one machine can play many.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let report = try await run(index, tls, http, status)
            try await http.shutdown()
            return report
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities)) } catch {
                throw LoadTestError("\(authorities) holds no certificates that can be read")
            }
        }
        return tls
    }

    private func run(
        _ index: AdvisoryIndex, _ tls: TLSConfiguration, _ http: HTTPClient,
        _ status: @escaping @Sendable (String) -> Void
    ) async throws -> LoadTestReport {
        let pool = try PackagePool(index)
        let fleet = Fleet(settings: self, http: http, pool: pool)
        let dashboards = companies.map { company in
            company.login.map { Dashboard(server: server, http: http, login: $0, measurements: fleet.measurements) }
        }
        let outcomes = try await withThrowingTaskGroup(of: Void.self) { group in
            try await watch(dashboards.compactMap(\.self), tls, fleet, in: &group)
            let outcomes = await Simulation(fleet: fleet, status: status).run()
            group.cancelAll()
            return outcomes
        }
        let seconds = (ContinuousClock.now - fleet.start) / .seconds(1)
        status("comparing answers")
        await AnswerCheck(fleet: fleet, dashboards: dashboards, index: index).run(outcomes)
        return LoadTestReport(self, outcomes, fleet.measurements.now, seconds: seconds)
    }

    /// Signs in everywhere, starts watching all streams, and waits until they are open.
    private func watch(
        _ dashboards: [Dashboard], _ tls: TLSConfiguration, _ fleet: Fleet,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { signing in
            for dashboard in dashboards { signing.addTask { _ = try await dashboard.token() } }
            try await signing.waitForAll()
        }
        let (subscribed, continuation) = AsyncStream.makeStream(of: Void.self)
        for dashboard in dashboards {
            let watch = StreamWatch(dashboard: dashboard, tls: tls, fleet: fleet)
            group.addTask { await watch.run { continuation.yield() } }
        }
        var iterator = subscribed.makeAsyncIterator()
        for _ in dashboards { _ = await iterator.next() }
    }
}
