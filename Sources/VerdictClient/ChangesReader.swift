import Matching
import Verdicts

/// Reads the difference of two indexes, page by page, from an endpoint that holds both.
struct ChangesReader: Sendable {
    private let configuration: RemoteVerdictConfiguration
    private let table: EndpointTable
    private let client: EndpointClient
    private let follower: IndexFollower

    private static let route = "/v1/internal/changes"

    init(
        _ configuration: RemoteVerdictConfiguration, table: EndpointTable, client: EndpointClient,
        follower: IndexFollower
    ) {
        self.configuration = configuration
        self.table = table
        self.client = client
        self.follower = follower
    }

    /// - Throws: ``VerdictServiceError``, `CancellationError`.
    func changes(since digest: String) async throws -> AdvisoryChanges {
        for attempt in 1...max(1, configuration.retries.attempts) {
            try Task.checkCancellation()
            guard let index = await follower.index() else { throw table.complaint }
            if let changes = try await changes(since: digest, of: index.digest) { return changes }
            // Somebody who may hold the older index could not be asked. Matching everything anew costs more than waiting a little.
            try await Task.sleep(
                for: min(configuration.retries.rest * (1 << min(attempt, 16)), configuration.retries.longestRest))
            await follower.refresh()
        }
        guard let index = table.index, !table.all(with: index.digest).isEmpty else { throw table.complaint }
        return AdvisoryChanges(names: nil, vulnerabilities: [], indexDigest: index.digest)
    }

    /// Asks one endpoint after the other.
    ///
    /// - Returns: `nil` when one of them failed and none could say.
    private func changes(since digest: String, of index: String) async throws -> AdvisoryChanges? {
        var isComplete = true
        for endpoint in table.all(with: index) where table.take(endpoint) {
            let result = await pages(of: endpoint, since: digest, of: index)
            let failure: EndpointFailure? = if case .failure(let failure) = result { failure } else { nil }
            table.ended(endpoint, failure, longestRest: configuration.retries.longestRest)
            switch result {
            case .success(let changes?): return changes
            case .success(nil): continue
            case .failure(.withdrawn): throw CancellationError()
            case .failure: isComplete = false
            }
        }
        let isAnybodyMissing = table.addresses.indices.contains { table.index(at: $0)?.digest != index }
        guard isComplete, !isAnybodyMissing else { return nil }
        return AdvisoryChanges(names: nil, vulnerabilities: [], indexDigest: index)
    }

    /// All pages from one endpoint.
    ///
    /// - Returns: `nil` inside when it does not hold the older index.
    private func pages(
        of endpoint: Int, since digest: String, of index: String
    ) async -> Result<AdvisoryChanges?, EndpointFailure> {
        var names: [AdvisoryName] = []
        var records: [VulnerabilityRecord] = []
        var start = 0
        while true {
            let question = ChangesQuestion(index: index, since: digest, start: start)
            let request = EndpointClient.Request(Self.route, body: question.message())
            let result = await client.ask(endpoint, request, limit: configuration.callTimeout) {
                (bytes) throws(MessageError) in try ChangesPage(bytes)
            }
            guard case .success(let page) = result else { return result.map { _ in nil } }
            guard page.indexDigest == index else { return .failure(.nonsense("changes of another index")) }
            guard page.isComparable else { return .success(nil) }
            names += page.names
            records += page.vulnerabilities
            guard let next = page.next else {
                return .success(AdvisoryChanges(names: names, vulnerabilities: records, indexDigest: index))
            }
            guard next > start else { return .failure(.nonsense("a page that leads nowhere")) }
            start = next
        }
    }
}
