import NIOCore
import PipelinedConnections
import Settings
import Synchronization

/// A client of one Redis server or of a Redis Cluster. Shared by all who need it.
public final class RedisClient: Sendable {
    typealias Endpoint = PipelinedEndpoint<RESPParser>

    /// What it was made with.
    public let configuration: RedisConfiguration

    let security: TransportSecurity?
    private let state = Mutex(State())

    private struct State {
        var endpoints: [ServerAddress: Endpoint] = [:]
        /// `nil` until the cluster was asked.
        var map: ClusterMap?
        /// Asking the cluster, on behalf of all who wait for it.
        var refresh: Task<ClusterMap, any Error>?
        var isShutDown = false
    }

    /// Makes a client; connects to nothing yet.
    /// - Throws: When the TLS files cannot be read.
    public init(_ configuration: RedisConfiguration) throws {
        self.configuration = configuration
        security = try configuration.tls.map { try TransportSecurity($0) }
    }

    /// Sends a command.
    ///
    /// - Parameter key: The key it is about, which says where in a cluster it goes; `nil` for any node.
    /// - Throws: ``RedisError``, also when the server's reply is an error.
    @discardableResult
    public func send(_ command: RedisCommand, key: String?) async throws(RedisError) -> RedisValue {
        let reply = try await send([command], key: key)[0]
        if case .error(let line) = reply { throw RedisError(line: line) }
        return reply
    }

    /// Sends commands about one key, or about keys with the same hash tag, in one go.
    ///
    /// They are not one transaction, and redirects repeat all of them: each must be one that may be done twice.
    ///
    /// - Returns: One reply for each, errors included.
    public func send(_ commands: [RedisCommand], key: String?) async throws(RedisError) -> [RedisValue] {
        guard configuration.isCluster else {
            let endpoint = try endpoint(at: configuration.addresses[0])
            let replies = try await send(commands, to: endpoint)
            // A master that became a replica: the name may lead to the new one by now, which only a new connection finds out.
            if replies.contains(where: \.isReadOnly) { endpoint.disconnect() }
            return replies
        }
        return try await sendInCluster(commands, slot: key.map(RedisSlot.of) ?? 0)
    }

    /// Those that were configured, then what else is known of the cluster. Never empty.
    var knownAddresses: [ServerAddress] {
        let learnt = state.withLock { $0.map?.nodes ?? [] }
        return configuration.addresses + learnt.filter { !configuration.addresses.contains($0) }
    }

    /// Ends all connections; what waits and what comes fails.
    public func shutDown() {
        let endpoints = state.withLock { state in
            state.isShutDown = true
            state.refresh?.cancel()
            return state.endpoints.values.map { $0 }
        }
        for endpoint in endpoints { endpoint.shutDown() }
    }

    private func send(
        _ commands: [RedisCommand], to endpoint: Endpoint, asking: Bool = false
    ) async throws(RedisError) -> [RedisValue] {
        var bytes = ByteBuffer()
        for command in commands {
            if asking { bytes.writeImmutableBuffer(Self.asking.bytes) }
            bytes.writeImmutableBuffer(command.bytes)
        }
        do {
            let replies = try await endpoint.send(bytes, replies: commands.count * (asking ? 2 : 1))
            return asking ? replies.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) : replies
        } catch {
            throw .connection(error)
        }
    }

    private static let asking = RedisCommand("ASKING")

    private func endpoint(at address: ServerAddress) throws(RedisError) -> Endpoint {
        let endpoint = state.withLock { state -> Endpoint? in
            if state.isShutDown { return nil }
            if let known = state.endpoints[address] { return known }
            let endpoint = Endpoint(
                address: address, security: security, limits: configuration.limits, makeParser: { RESPParser() },
                greet: configuration.greet)
            state.endpoints[address] = endpoint
            return endpoint
        }
        guard let endpoint else { throw .connection(.shutDown) }
        return endpoint
    }
}

// MARK: Cluster

extension RedisClient {
    /// Follows redirects, and waits for a new master, until the commands were done or the patience is over.
    private func sendInCluster(_ commands: [RedisCommand], slot: Int) async throws(RedisError) -> [RedisValue] {
        let deadline = ContinuousClock.now + configuration.patience
        var target: (address: ServerAddress, asking: Bool)?
        while true {
            var problem = RedisError.server(code: "CLUSTERDOWN", message: "no node takes the command")
            do throws(RedisError) {
                switch try await attempt(commands, slot: slot, target) {
                case .done(let replies): return replies
                case .elsewhere(let address, let asking) where ContinuousClock.now < deadline:
                    target = (address, asking)
                    continue
                case .elsewhere, .later: break
                }
            } catch {
                guard !error.wasSent, error != .connection(.shutDown) else {
                    forgetMap()
                    throw error
                }
                problem = error
            }
            target = nil
            forgetMap()
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: Self.pause)) != nil else { throw problem }
        }
    }

    private enum Attempt {
        case done([RedisValue])
        case elsewhere(ServerAddress, asking: Bool)
        case later
    }

    private func attempt(
        _ commands: [RedisCommand], slot: Int, _ target: (address: ServerAddress, asking: Bool)?
    ) async throws(RedisError) -> Attempt {
        let address = if let target { target.address } else { try await owner(of: slot) }
        let replies = try await send(commands, to: endpoint(at: address), asking: target?.asking ?? false)
        switch replies.lazy.compactMap({ Redirect($0, from: address) }).first {
        case nil: return .done(replies)
        case .later: return .later
        case .ask(let new): return .elsewhere(new, asking: true)
        case .moved(let slot, let new):
            learn(slot, new)
            return .elsewhere(new, asking: false)
        }
    }

    /// Between two attempts while the cluster sorts itself out.
    private static let pause = Duration.milliseconds(50)

    private func learn(_ slot: Int, _ address: ServerAddress) {
        state.withLock { $0.map?.assign(slot...slot, to: address) }
    }

    /// Has the cluster asked again before the next command. The nodes known stay those that are asked.
    private func forgetMap() {
        state.withLock { state in
            if state.refresh == nil, state.map != nil { state.refresh = startRefresh(knowing: state.map) }
        }
    }

    private func owner(of slot: Int) async throws(RedisError) -> ServerAddress {
        let (known, refresh) = state.withLock { state -> (ClusterMap?, Task<ClusterMap, any Error>?) in
            if state.refresh == nil, state.map == nil { state.refresh = startRefresh(knowing: nil) }
            return (state.map, state.refresh)
        }
        do {
            let map = if let refresh { try await refresh.value } else { known }
            guard let owner = map?.owner(of: slot) else {
                throw RedisError.server(code: "CLUSTERDOWN", message: "nobody holds slot \(slot)")
            }
            return owner
        } catch {
            throw error as? RedisError ?? .connection(.unreachable("\(error)"))
        }
    }

    /// A task of its own, because it belongs to all who wait for the map. Each of them awaits it.
    private func startRefresh(knowing map: ClusterMap?) -> Task<ClusterMap, any Error> {
        Task {
            var problem = RedisError.connection(.unreachable("no node of the cluster answers"))
            for address in (map?.nodes ?? []) + configuration.addresses {
                do {
                    let reply = try await send([RedisCommand("CLUSTER", ["SLOTS"])], to: endpoint(at: address))[0]
                    if case .error(let line) = reply { throw RedisError(line: line) }
                    let map = try ClusterMap(reply, asked: address)
                    settle(map)
                    return map
                } catch {
                    problem = error as? RedisError ?? problem
                }
            }
            settle(nil)
            throw problem
        }
    }

    /// Takes a new map, and lets go of nodes that are in it no more.
    private func settle(_ map: ClusterMap?) {
        let gone = state.withLock { state in
            state.refresh = nil
            guard let map else { return [Endpoint]() }
            state.map = map
            let kept = Set(map.nodes + configuration.addresses)
            let gone = state.endpoints.filter { !kept.contains($0.key) }
            for address in gone.keys { state.endpoints[address] = nil }
            return Array(gone.values)
        }
        for endpoint in gone { endpoint.shutDown() }
    }
}

extension RedisValue {
    fileprivate var isReadOnly: Bool {
        if case .error(let line) = self { line.hasPrefix("READONLY") } else { false }
    }
}
