import AgentKit
import AsyncHTTPClient
import BoundedInput
import Crypto
import Foundation
import Inventory
import SeededRandom
import Wire

/// One simulated agent from its arrival to the end of the test: the agent's own client and protocol, without a machine behind it.
struct AgentRun {
    /// What happens to an agent.
    enum Message: Sendable {
        case arrival(due: ContinuousClock.Instant)
        case change(due: ContinuousClock.Instant)
        case heartbeat(due: ContinuousClock.Instant)
        /// The live stream told that an inventory of it has findings.
        case seen(at: ContinuousClock.Instant)
        /// Nothing more will happen; bring what is there to its end.
        case finish
    }

    /// How it ended.
    struct Outcome: Sendable {
        let number: Int
        /// `nil` when it never enrolled.
        let agentID: String?
        let inventory: Inventory
        /// Whether the server holds, and showed, everything.
        let isFinished: Bool
    }

    private let number: Int
    private let fleet: Fleet
    private let inbox: AsyncStream<Message>.Continuation
    private let client: GatewayClient
    /// Whether somebody watches the stream of this agent's company.
    private let isWatched: Bool
    private var generator: SplitMix
    private var host: SimulatedHost?
    private var agentID: String?
    private var period = Duration.seconds(60)
    private var acknowledged: Inventory?
    /// Changes that have happened and were not sent yet, by when they were due.
    private var waiting: [ContinuousClock.Instant] = []
    /// What was sent and is not seen yet.
    private var outstanding: (kind: Measurements.Kind, due: ContinuousClock.Instant)?
    private var isEnding = false
    /// Whether the server refused what no other try would change.
    private var isLost = false

    init(number: Int, fleet: Fleet, inbox: AsyncStream<Message>.Continuation) {
        self.number = number
        self.fleet = fleet
        self.inbox = inbox
        isWatched = fleet.settings.companies[fleet.company(of: number)].login != nil
        generator = SplitMix(seed: UInt64(number))
        client = GatewayClient(server: fleet.settings.server, http: fleet.http, key: Curve25519.Signing.PrivateKey()) {
            Int64(Date().timeIntervalSince1970)
        }
    }

    /// Runs until everything is done, or the messages end.
    mutating func run(_ messages: AsyncStream<Message>) async -> Outcome {
        var isFinished = false
        for await message in messages {
            switch message {
            case .arrival(let due): await arrive(due)
            case .change(let due): waiting.append(due)
            case .heartbeat(let due): await beat(due)
            case .seen(let moment): saw(at: moment)
            case .finish: isEnding = true
            }
            await sendNext()
            if isEnding, isLost || isAtRest {
                isFinished = isLost ? false : await saysInSync()
                break
            }
        }
        return Outcome(
            number: number, agentID: agentID, inventory: host?.inventory ?? Inventory([]), isFinished: isFinished)
    }

    private var isAtRest: Bool { agentID != nil && waiting.isEmpty && outstanding == nil && isAcknowledged }
    private var isAcknowledged: Bool { acknowledged != nil && acknowledged?.digest == host?.inventory.digest }

    private mutating func arrive(_ due: ContinuousClock.Instant) async {
        let host = fleet.host(of: number)
        self.host = host
        let request = EnrollRequest(
            token: fleet.settings.companies[fleet.company(of: number)].token, facts: facts(of: host))
        let client = client
        guard
            let reply = await measured(
                .enroll, due, { () async throws(AgentError) in try await client.enroll(request) })
        else { return isLost = true }
        agentID = reply.agentID
        period = .seconds(fleet.settings.heartbeat ?? reply.heartbeatSeconds)
        fleet.register(reply.agentID, inbox)
        await send(due: due)
        // Agents arrive spread over time, and so do their heartbeats.
        fleet.schedule(at: due + period, inbox)
    }

    /// The next change happens on the host as soon as the one before was seen, so that each can be told from the next; its latency counts
    /// from when it was due.
    private mutating func sendNext() async {
        while agentID != nil, !isLost, outstanding == nil, !waiting.isEmpty {
            let due = waiting.removeFirst()
            host?.drift()
            await send(due: due)
        }
    }

    private mutating func saw(at moment: ContinuousClock.Instant) {
        guard let seen = outstanding else { return }
        outstanding = nil
        fleet.measurements.succeeded(seen.kind, after: moment - seen.due)
    }

    private mutating func beat(_ due: ContinuousClock.Instant) async {
        guard !isEnding, !isLost else { return }
        fleet.schedule(at: due + period, inbox)
        await heartbeat(due)
    }

    /// - Returns: Whether the server holds what the agent has.
    @discardableResult
    private mutating func heartbeat(_ due: ContinuousClock.Instant) async -> Bool {
        guard let agentID, let host else { return false }
        let request = HeartbeatRequest(digest: acknowledged?.digest.description, facts: facts(of: host))
        let client = client
        let answer = await measured(.heartbeat, due) { () async throws(AgentError) in
            try await client.heartbeat(request, agentID: agentID)
        }
        guard let answer, isAcknowledged else { return false }
        if answer.action == .inSync { return true }
        fleet.measurements.wrong(
            "agent \(agentID): acknowledged \(request.digest ?? "nothing"), then asked to \(answer.action.rawValue) on \(answer.base ?? "nothing")"
        )
        acknowledged = nil
        await send(due: due)
        return false
    }

    private mutating func saysInSync() async -> Bool {
        let isInSync = await heartbeat(.now)
        if isInSync { fleet.measurements.compared { $0.agentsInSync += 1 } }
        return isInSync
    }

    /// Brings the server to the host's present state, by a delta where it knows what that starts from.
    private mutating func send(due: ContinuousClock.Instant) async {
        guard let agentID, let inventory = host?.inventory else { return }
        let kind = acknowledged == nil ? Measurements.Kind.firstSeen : .changeSeen
        if let base = acknowledged, base.digest != inventory.digest {
            let delta = inventory.delta(from: base)
            if await put(delta.encoded(), AgentProtocol.inventoryDeltaMediaType, .delta, due, agentID) {
                return wasSent(inventory, kind, due)
            }
            acknowledged = nil
            guard !fleet.isOver else { return }
        }
        if await put(inventory.encoded(), AgentProtocol.inventoryMediaType, .full, due, agentID) {
            wasSent(inventory, kind, due)
        } else {
            isLost = true
        }
    }

    private mutating func wasSent(_ inventory: Inventory, _ kind: Measurements.Kind, _ due: ContinuousClock.Instant) {
        acknowledged = inventory
        if isWatched { outstanding = (kind, due) }
    }

    /// - Returns: `false` when the server does not know the base, or no time was left.
    private mutating func put(
        _ text: [UInt8], _ mediaType: String, _ kind: Measurements.Kind, _ due: ContinuousClock.Instant,
        _ agentID: String
    ) async -> Bool {
        let (client, body) = (client, Gzip.compress(text))
        let reply = await measured(kind, due) { () async throws(AgentError) in
            try await client.putInventory(body, mediaType: mediaType, agentID: agentID)
        }
        return reply != nil
    }

    /// Asks until there is an answer, with growing rests between, as agents do. Every failure counts, the latency is that of all.
    ///
    /// - Returns: `nil` when asking again cannot help, or no time is left.
    private mutating func measured<Reply: Sendable>(
        _ kind: Measurements.Kind, _ due: ContinuousClock.Instant,
        _ request: () async throws(AgentError) -> Reply
    ) async -> Reply? {
        var rest = 0.25
        while !fleet.isOver {
            do {
                let reply = try await request()
                fleet.measurements.succeeded(kind, after: .now - due)
                return reply
            } catch {
                switch error {
                case .refused(429, _, _): fleet.measurements.putOff(kind)
                default: fleet.measurements.failed(kind, "\(error)")
                }
                // Another try would be answered the same.
                guard error.isTransient else { return nil }
            }
            try? await Task.sleep(for: .seconds(rest * Double.random(in: 0.5...1.5, using: &generator)))
            rest = min(rest * 2, 4)
        }
        return nil
    }

    private func facts(of host: SimulatedHost) -> AgentFacts {
        AgentFacts(host: host.facts, agentVersion: agentVersion, droppedReports: 0, warnings: [])
    }
}
