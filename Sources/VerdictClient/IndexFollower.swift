import Matching
import Verdicts

/// Knows which index every endpoint has in use: by asking, or by being told as soon as it changes.
struct IndexFollower: Sendable {
    private let configuration: RemoteVerdictConfiguration
    private let table: EndpointTable
    private let client: EndpointClient

    static let route = "/v1/internal/index"
    /// Rests between tries when an endpoint does not answer, so that one that is back is asked again within a second.
    static let rests = (first: Duration.milliseconds(100), longest: Duration.seconds(1))

    init(_ configuration: RemoteVerdictConfiguration, table: EndpointTable, client: EndpointClient) {
        self.configuration = configuration
        self.table = table
        self.client = client
    }

    /// The index that is asked; when there is none yet, endpoints are asked first.
    func index() async -> IndexNotice? {
        if table.index == nil { await refresh() }
        return table.index
    }

    /// Asks every endpoint in reach which index it has in use now.
    func refresh() async {
        let limit = table.index == nil ? configuration.connectTimeout : configuration.noticeTimeout
        await withDiscardingTaskGroup { group in
            for endpoint in table.reachable {
                group.addTask { _ = await notice(endpoint, wait: nil, limit: limit) }
            }
        }
    }

    /// Follows one endpoint until cancelled.
    func follow(_ endpoint: Int) async {
        var rest = Self.rests.first
        var known: IndexNotice?
        while !Task.isCancelled {
            let wait = table.index(at: endpoint) == nil ? nil : configuration.watchTime
            let start = ContinuousClock.now
            let isAnswered = await notice(
                endpoint, wait: wait, limit: (wait ?? .zero) + configuration.connectTimeout * 2)
            let present = table.index(at: endpoint)
            // An answer before its time that says nothing new comes from an endpoint that is ending, or that holds nothing back.
            let isNews = present != known || start.duration(to: .now) > Self.rests.longest
            known = present
            if isAnswered, isNews, present != nil {
                rest = Self.rests.first
                continue
            }
            guard (try? await Task.sleep(for: rest)) != nil else { return }
            rest = min(rest * 2, Self.rests.longest)
        }
    }

    /// Asks one endpoint.
    ///
    /// - Parameter wait: How long it may hold its answer back while it is the one known; `nil` for not at all.
    /// - Returns: Whether it answered.
    private func notice(_ endpoint: Int, wait: Duration?, limit: Duration) async -> Bool {
        var query = ""
        if let wait, let known = table.index(at: endpoint) {
            query = "known=\(known.digest)&wait=\(max(1, wait.components.seconds))"
        }
        let result = await client.ask(endpoint, EndpointClient.Request(Self.route, query: query), limit: limit) {
            (bytes) throws(MessageError) in try IndexNotice.read(bytes)
        }
        switch result {
        case .success(let (notice, rules)) where rules >= MatchingRules.version:
            table.noticed(endpoint, notice)
            return true
        case .success(let (_, rules)):
            // Its verdicts would be recorded as reached by our rules.
            let failure = EndpointFailure.unfit("it judges by rules \(rules), older than \(MatchingRules.version)")
            table.missed(endpoint, failure, longestRest: configuration.retries.longestRest)
        // The one who waits for something else only does not tell one that hangs from one that is slow just now.
        case .failure(.late) where wait == nil && table.index(at: endpoint) != nil: break
        case .failure(let failure):
            table.missed(endpoint, failure, longestRest: configuration.retries.longestRest)
        }
        return false
    }
}
