import Foundation
import HTTPTypes
import Hummingbird
import Inventory
import Metrics
import NIOCore
import Stores
import Synchronization
import Telemetry
import Wire

/// Answers heartbeats that say nothing new, and inventories that were sent before, from memory, on the event loop of their connection, and lets the store know of many at once.
///
/// What an agent is answered here was true when the store was asked last, a second ago at most while the agent calls: each writing asks
/// again, and an agent of which the store then holds another inventory or other facts, or which it does not know any more, is forgotten here
/// and goes the long way with its next heartbeat. So does whoever is new, changed, signed nothing, or may not be answered at all: this desk
/// says "in sync" or nothing.
///
/// What it says goes to agents that showed who they are, many times a day: it carries none of the headers that tell browsers to be strict, and none that
/// names a line of the log, as there is none.
final class HeartbeatDesk: Sendable {
    private let authenticator: Authenticator
    private let rates: RateLimiter
    private let health: HealthState
    private let store: any Store
    /// Connections that may rest here until the next heartbeat.
    let restingPlaces: ConcurrencyLimit
    private let heartbeatSeconds: Int
    private let state = Mutex(State())
    private let heartbeats: Meters
    private let inventories: Meters

    /// Bytes of a heartbeat that is looked at here: one without long warnings.
    static let heartbeatLimit = 16 << 10
    /// Bytes of an inventory that is looked at here.
    static let inventoryLimit = 256 << 10
    /// Most agents remembered; of further ones each heartbeat goes the long way.
    static let capacity = 200_000

    private struct State {
        var agents: [AgentID: Entry] = [:]
        var sent: [AgentID: Sent] = [:]
        var notes: [CompanyScope: [AgentID: PresenceNote]] = [:]

        /// Signatures of inventories, which other gateways have to hear of. That a heartbeat passes once at each gateway harms nobody: it says what
        /// was true minutes ago.
        var used: [Authenticator.Recalled] = []

        mutating func note(_ agent: AgentCaller, at now: Date) {
            guard var note = agents[agent.agentID]?.note else { return }
            note.seenAt = now
            notes[agent.scope, default: [:]][agent.agentID] = note
        }

        mutating func forget(_ agent: AgentID) {
            agents[agent] = nil
            sent[agent] = nil
        }
    }

    /// What an agent said last, and that the answer was "in sync".
    private struct Entry {
        let note: PresenceNote
        /// Of the body, as `Content-Digest` writes it.
        let bodyDigest: String
        /// Likewise, of the body that says that nothing changed since.
        let unchangedDigest: String
        /// What the agent announced and the store holds.
        let inventory: InventoryDigest
        /// What the agent says is in use and the store holds.
        let running: RunningDigest?

        init(note: PresenceNote, bodyDigest: String, inventory: InventoryDigest, running: RunningDigest?) {
            self.note = note
            self.bodyDigest = bodyDigest
            unchangedDigest = RequestSignature.contentDigest(of: UnchangedHeartbeat.body(unchanged: bodyDigest))
            self.inventory = inventory
            self.running = running
        }
    }

    /// The last full inventory that an agent sent here and the store took.
    private struct Sent {
        /// Of the body, as `Content-Digest` writes it.
        let bodyDigest: String
        let inventory: InventoryDigest
    }

    private static let contentType = "application/json"

    init(
        authenticator: Authenticator, rates: RateLimiter, services: GatewayServices, heartbeatSeconds: Int,
        restingPlaces: Int
    ) {
        self.authenticator = authenticator
        self.rates = rates
        health = services.health
        store = services.store
        self.heartbeatSeconds = heartbeatSeconds
        self.restingPlaces = ConcurrencyLimit(restingPlaces)
        heartbeats = Meters(method: "POST", route: AgentProtocol.heartbeatPath, status: "200")
        inventories = Meters(method: "PUT", route: AgentProtocol.inventoryPath, status: "202")
    }

    /// How long a connection rests that is waiting for the next heartbeat: an agent rests a tenth longer at most.
    var rest: Duration { .seconds(heartbeatSeconds + heartbeatSeconds / 10 + 30) }

    /// What is counted of each request, under the names of `GatewayResponder`.
    private struct Meters {
        private let requests: Counter
        private let durations: Metrics.Timer

        init(method: String, route: String, status: String) {
            let dimensions = [("method", method), ("route", route)]
            requests = Counter(label: "http_requests", dimensions: dimensions + [("status", status)])
            durations = Metrics.Timer(label: "http_request_duration", dimensions: dimensions)
        }

        func record(_ duration: Duration) {
            requests.increment()
            durations.record(duration: duration)
        }
    }

    /// Whether a request may be one for this desk, by its head: a short heartbeat, or an inventory that the agent sent before.
    func takes(_ head: HTTPRequest) -> Bool {
        let limit: Int
        switch (head.method, head.path) {
        case (.post, AgentProtocol.heartbeatPath): limit = Self.heartbeatLimit
        case (.put, AgentProtocol.inventoryPath): limit = Self.inventoryLimit
        default: return false
        }
        guard head.headerFields[.connection] == nil, head.headerFields[.expect] == nil,
            (head.headerFields[.contentLength].flatMap { Int($0) } ?? .max) <= limit, !health.isStopping
        else { return false }
        return head.method == .post || wasSent(head)
    }

    private func wasSent(_ head: HTTPRequest) -> Bool {
        guard MediaType.of(head.headerFields[.contentType]) == AgentProtocol.inventoryMediaType,
            let agent = authenticator.recall(head)?.caller
        else { return false }
        return state.withLock { $0.sent[agent.agentID]?.bodyDigest } == agent.contentDigest
    }

    /// The answer, when it is "in sync" or "held"; `nil` leaves the request to the routes, with nothing of it used up.
    func answer(_ head: HTTPRequest, body: ByteBuffer) -> (head: HTTPResponse, body: ByteBuffer)? {
        let start = ContinuousClock.now
        let now = authenticator.now()
        guard let recalled = authenticator.recall(head) else { return nil }
        let agent = recalled.caller
        let isHeartbeat = head.method == .post
        guard let digest = agent.contentDigest,
            let text = isHeartbeat ? inSync(agent, digest, at: now) : held(agent, digest),
            RequestSignature.contentDigest(of: body.readableBytesView) == digest,
            let standing = rates.take([.agent(agent.agentID), .fleet(agent.scope.companyID)], now: now),
            standing.retryAfter == nil, authenticator.use(recalled)
        else { return nil }
        state.withLock { isHeartbeat ? $0.note(agent, at: now) : $0.used.append(recalled) }
        (isHeartbeat ? heartbeats : inventories).record(ContinuousClock.now - start)
        return reply(isHeartbeat ? .ok : .accepted, text)
    }

    private func inSync(_ agent: AgentCaller, _ digest: String, at now: Date) -> String? {
        guard let known = state.withLock({ $0.agents[agent.agentID] }),
            known.bodyDigest == digest || known.unchangedDigest == digest
        else { return nil }
        return Self.inSync(heartbeatSeconds: heartbeatSeconds, serverTime: Int64(now.timeIntervalSince1970))
    }

    private func held(_ agent: AgentCaller, _ digest: String) -> String? {
        guard let sent = state.withLock({ $0.sent[agent.agentID] }), sent.bodyDigest == digest else { return nil }
        return #"{"digest":"\#(sent.inventory)"}"#
    }

    private func reply(_ status: HTTPResponse.Status, _ text: String) -> (head: HTTPResponse, body: ByteBuffer) {
        let fields: HTTPFields = [.contentType: Self.contentType, .contentLength: String(text.utf8.count)]
        return (HTTPResponse(status: status, headerFields: fields), ByteBuffer(string: text))
    }

    /// ``HeartbeatReply`` as the route writes it.
    static func inSync(heartbeatSeconds: Int, serverTime: Int64) -> String {
        #"{"action":"in_sync","heartbeat_seconds":\#(heartbeatSeconds),"server_time":\#(serverTime)}"#
    }

    /// Whether an agent says that nothing changed since a heartbeat that is remembered; then it is noted as seen. For those who came the long way.
    func hears(unchanged agent: AgentCaller) -> Bool {
        let now = authenticator.now()
        return state.withLock { state in
            guard let digest = agent.contentDigest, state.agents[agent.agentID]?.unchangedDigest == digest else {
                return false
            }
            state.note(agent, at: now)
            return true
        }
    }

    /// Asks who is kept out before it is time to. Where few agents call, each would find that it is time, and go the long way.
    func askWhoIsKeptOut() async {
        guard state.withLock({ !$0.agents.isEmpty }) else { return }
        await authenticator.barred.refresh(at: authenticator.now())
    }

    /// Keeps what an agent said, which was answered with "in sync".
    ///
    /// - Parameter running: What the agent says is in use and the store holds.
    func remember(
        _ agent: AgentCaller, facts: HeartbeatFacts, inventory: InventoryDigest, running: RunningDigest? = nil
    ) {
        guard let digest = agent.contentDigest,
            let note = try? PresenceNote(agentID: agent.agentID, facts: facts, seenAt: authenticator.now())
        else { return }
        state.withLock { state in
            guard state.agents.count < Self.capacity || state.agents[agent.agentID] != nil else { return }
            state.agents[agent.agentID] = Entry(
                note: note, bodyDigest: digest, inventory: inventory, running: running)
        }
    }

    /// Keeps that the store took what the agent sent in full.
    func remember(_ agent: AgentCaller, sent inventory: InventoryDigest) {
        guard let digest = agent.contentDigest else { return }
        state.withLock { state in
            guard state.sent.count < Self.capacity || state.sent[agent.agentID] != nil else { return }
            state.sent[agent.agentID] = Sent(bodyDigest: digest, inventory: inventory)
        }
    }

    /// What the agent is answered next is for the store to say.
    func forget(_ agent: AgentID) {
        state.withLock { $0.forget(agent) }
    }

    /// Writes what was noted, and forgets whoever is not as was thought.
    ///
    /// - Throws: What the store throws; then nobody is remembered, and whoever calls hears from the routes that something is wrong.
    func write() async throws {
        let (notes, used) = state.withLock { state in
            defer { (state.notes, state.used) = ([:], []) }
            return (state.notes, state.used)
        }
        for recalled in used { await authenticator.share(recalled) }
        do {
            for (scope, notes) in notes {
                let held = try await store.recordPresence(scope: scope, notes: Array(notes.values))
                confirm(notes.keys, held)
            }
        } catch {
            state.withLock { $0 = State() }
            throw error
        }
    }

    private func confirm(_ agents: some Sequence<AgentID>, _ held: [AgentID: SyncState]) {
        state.withLock { state in
            for agent in agents {
                let (known, sync) = (state.agents[agent], held[agent])
                let isSame = known?.inventory == sync?.received && known?.running == sync?.running
                if !isSame { state.forget(agent) }
            }
        }
    }
}
