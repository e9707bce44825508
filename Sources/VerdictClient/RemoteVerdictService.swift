import Logging
import Matching
import Metrics
import PackageIdentity
import ServiceLifecycle
import Synchronization
import Verdicts

/// Asks the enrichment role, wherever it runs, and however many of it there are.
///
/// Every answer comes from one index. Until an index could be asked nothing is answered: that is ``VerdictServiceError/noIndex`` when every
/// endpoint says that it has none yet, else ``VerdictServiceError/unavailable(_:)`` with the reason of each endpoint.
///
/// It runs in a `ServiceGroup`, before those who ask it, so that it ends after them. Questions are answered without running too; then an
/// exchange of the index is noticed when somebody asks for ``indexDigest``. Who does not run it calls ``shutdown()`` in the end.
public final class RemoteVerdictService: VerdictService, AdvisoryChangeFeed, Service {
    private let configuration: RemoteVerdictConfiguration
    private let table: EndpointTable
    private let client: EndpointClient
    private let follower: IndexFollower
    private let caller: QuestionCaller
    private let gatherer: CallGatherer
    private let lastStatus = Mutex(LastStatus())

    /// What endpoints told of their index and feeds.
    private struct LastStatus {
        var status: AdvisoryStatus?
        /// When they were asked, and which index was in use then.
        var asked: (at: ContinuousClock.Instant, index: String?)?
        var isAsking = false
    }

    /// Makes one; nothing is asked before the first question or ``run()``.
    ///
    /// - Parameter metrics: Takes the metrics; `nil` for the process's own.
    /// - Throws: ``RemoteVerdictConfigurationError/authorities(_:)``.
    public init(
        configuration: RemoteVerdictConfiguration, logger: Logger, metrics factory: (any MetricsFactory)? = nil
    ) throws(RemoteVerdictConfigurationError) {
        let metrics = ClientMetrics(endpoints: configuration.endpoints, factory: factory ?? MetricsSystem.factory)
        let table = EndpointTable(configuration, metrics: metrics, logger: logger)
        let client = try EndpointClient(configuration, metrics: metrics)
        let follower = IndexFollower(configuration, table: table, client: client)
        let caller = QuestionCaller(configuration, table: table, client: client, follower: follower, metrics: metrics)
        self.configuration = configuration
        self.table = table
        self.client = client
        self.follower = follower
        self.caller = caller
        gatherer = CallGatherer(limit: configuration.batchSize, concurrency: configuration.concurrency) { packages in
            try await caller.ask(.verdicts(packages))
        }
    }

    /// Follows the endpoints until cancelled or asked to shut down, then closes all connections.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for endpoint in self.table.addresses.indices {
                    group.addTask { await self.follower.follow(endpoint) }
                }
            }
        }
        await shutdown()
    }

    /// Closes all connections and ends ``indexDigests()``; every question fails afterwards.
    public func shutdown() async {
        table.finish()
        await client.shutdown()
    }

    // MARK: - Verdicts

    /// Verdicts for each package, all from one index; what is more than one request takes is asked in parts of that index.
    public func verdicts(for packages: [PackageURL]) async throws -> VerdictBatch {
        let texts = packages.map(\.description)
        if texts.count <= configuration.batchSize { return try await gatherer.verdicts(for: texts) }
        for _ in 0..<Self.exchangesEndured {
            guard let index = await follower.index() else { throw table.complaint }
            do {
                return try await verdicts(for: texts, of: index.digest)
            } catch is QuestionCaller.IndexGone {
                continue
            }
        }
        throw VerdictServiceError.unavailable("indexes are exchanged faster than they can be asked")
    }

    /// How often a call in parts begins anew because its index is gone.
    private static let exchangesEndured = 3

    private func verdicts(for packages: [String], of digest: String) async throws -> VerdictBatch {
        var verdicts: [[Verdict]] = []
        verdicts.reserveCapacity(packages.count)
        var records: [String: VulnerabilityRecord] = [:]
        for start in stride(from: 0, to: packages.count, by: max(1, configuration.batchSize)) {
            let part = Array(packages[start..<min(start + configuration.batchSize, packages.count)])
            let batch = try await caller.ask(.verdicts(part), pinned: digest)
            verdicts += batch.verdicts
            for record in batch.vulnerabilities { records[record.id] = record }
        }
        return VerdictBatch(
            verdicts: verdicts, vulnerabilities: records.values.sorted { $0.id < $1.id }, indexDigest: digest)
    }

    /// Explains by the index in use.
    public func explain(_ package: PackageURL, vulnerability id: String) async throws -> Explanation {
        try await caller.ask(.explanation(package.description, id))
    }

    /// Looks an id up, canonical or alias.
    public func vulnerability(_ id: String) async throws -> VulnerabilityRecord? {
        try await caller.ask(.vulnerability(id)).record
    }

    // MARK: - Indexes

    /// The index in use, its size and its feeds, as the first endpoint that answers tells them; without any, as they were told last. Pages that
    /// show it are asked for all the time: it is asked anew when the index is another one or ``RemoteVerdictConfiguration/statusTime`` is
    /// over, by one caller at a time, who does not wait long for what was known a moment ago.
    public func status() async -> AdvisoryStatus {
        let index = table.index?.digest
        let (known, mustAsk) = lastStatus.withLock { last in
            // The first endpoint may have answered before the index it told of was in use here.
            let isRecent =
                last.asked.map {
                    ($0.index == index || last.status?.indexDigest == index) && $0.at > .now - configuration.statusTime
                } ?? false
            let mustAsk = last.status == nil || !(last.isAsking || isRecent)
            if mustAsk { last.isAsking = true }
            return (last.status, mustAsk)
        }
        if let known, !mustAsk { return known }
        let patience = known == nil ? configuration.connectTimeout : configuration.noticeTimeout
        let told = await askForStatus(patience: patience)
        return lastStatus.withLock { last in
            last.isAsking = false
            last.asked = (.now, index)
            last.status = told ?? last.status
            return last.status ?? AdvisoryStatus(indexDigest: index, vulnerabilities: 0, feeds: [])
        }
    }

    private func askForStatus(patience: Duration) async -> AdvisoryStatus? {
        let preferred = table.index.map { table.all(with: $0.digest) } ?? []
        for endpoint in preferred + table.reachable.filter({ !preferred.contains($0) }) {
            let request = EndpointClient.Request("/v1/internal/status")
            let result = await client.ask(endpoint, request, limit: patience) {
                (bytes) throws(MessageError) in try AdvisoryStatus(message: bytes)
            }
            if case .success(let status) = result { return status }
        }
        return nil
    }

    /// The index in use now: endpoints are asked each time, for who asks after having recorded verdicts must not be told of an index that
    /// another processor has left behind already. Without an answer, the one used last.
    public var indexDigest: String? {
        get async {
            await follower.refresh()
            return table.index?.digest
        }
    }

    /// Digests as they come into use, the present one first; a slow reader sees only the newest. They come while ``run()`` does.
    public func indexDigests() -> AsyncStream<String> { table.digests() }

    /// What the index in use answers differently from an older one, as an endpoint says that holds both.
    public func changes(since digest: String?) async throws -> AdvisoryChanges {
        guard let index = await follower.index() else { throw table.complaint }
        if digest == index.digest { return AdvisoryChanges(names: [], vulnerabilities: [], indexDigest: index.digest) }
        let reader = ChangesReader(configuration, table: table, client: client, follower: follower)
        guard let digest, MessageFormat.isDigest(digest) else {
            return AdvisoryChanges(names: nil, vulnerabilities: [], indexDigest: index.digest)
        }
        return try await reader.changes(since: digest)
    }
}

extension QuestionCaller.Question where Answer == VerdictBatch {
    fileprivate static func verdicts(_ packages: [String]) -> Self {
        Self(
            packages: packages.count,
            request: { digest in
                let question = VerdictQuestion(index: digest, packages: packages)
                return EndpointClient.Request("/v1/internal/verdicts", body: question.message())
            },
            read: { (bytes) throws(MessageError) in try VerdictBatch(bytes, packages: packages.count) },
            digest: { $0.indexDigest })
    }
}

extension QuestionCaller.Question where Answer == Explanation {
    fileprivate static func explanation(_ package: String, _ id: String) -> Self {
        Self(
            request: { digest in
                let question = ExplanationQuestion(index: digest, package: package, vulnerability: id)
                return EndpointClient.Request("/v1/internal/explanation", body: question.message())
            },
            read: { (bytes) throws(MessageError) in try Explanation(message: bytes) },
            digest: { $0.indexDigest })
    }
}

extension QuestionCaller.Question where Answer == VulnerabilityAnswer {
    fileprivate static func vulnerability(_ id: String) -> Self {
        Self(
            request: { digest in
                let question = VulnerabilityQuestion(index: digest, id: id)
                return EndpointClient.Request("/v1/internal/vulnerability", body: question.message())
            },
            read: { (bytes) throws(MessageError) in try VulnerabilityAnswer(bytes) },
            digest: { $0.indexDigest })
    }
}
