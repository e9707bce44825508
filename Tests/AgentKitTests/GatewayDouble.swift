import BoundedInput
import Crypto
import FoundationEssentials
import Inventory
import LoopbackTesting
import NIOHTTP1
import Synchronization
import Wire

/// The gateway as an agent sees it, small: it checks every proof, holds one inventory, and misbehaves when told to.
final class GatewayDouble: Sendable {
    /// A request that was served, by what it was.
    enum Step: String, Sendable {
        case enroll, token, full, delta, heartbeat, key, unknown
    }

    /// How a server deals with what is in use.
    enum RunningManners: Sendable, Equatable {
        /// It knows nothing of it.
        case unknown
        /// It asks for it and keeps it.
        case kept
        /// It asks for it, and asks again whatever comes.
        case forgotten
        /// It asks for it and answers it with this status.
        case refused(Int)
    }

    struct State {
        var steps: [Step] = []
        /// Whatever must never happen: a proof that does not stand, one used twice, another key.
        var problems: [String] = []
        /// Replies given in place of the right one, oldest first.
        var scripted: [Step: [LoopbackServer.Reply]] = [:]
        /// Whether the reply to a new key is lost, after it was taken.
        var losesKeyReply = false
        /// What the next heartbeats are answered, then "in sync" as is true.
        var actions: [HeartbeatReply.Action] = []
        /// Whether it answers at all.
        var isAway = false
        /// Requests that met it away.
        var missed = 0
        /// The inventory held and every digest it came to hold, in order.
        var held: Inventory?
        var digests: [InventoryDigest] = []
        var facts: AgentFacts?
        var heartbeatDigests: [String?] = []
        /// What it makes of what is in use.
        var running = RunningManners.unknown
        /// What heartbeats called it, and every one that was sent.
        var runningDigests: [String?] = []
        var runningStates: [RunningState] = []
        /// `Content-Digest` of the last whole heartbeat, where it was answered "in sync".
        var inSync: String?
        /// Heartbeats that said that nothing changed.
        var unchanged = 0
        /// Whether it knows of such; else it is a server of before.
        var knowsUnchanged = true
        /// Server time minus the agents' in seconds.
        var clockOffset: Int64 = 0
        var tokenLifetime = 300
        var tokens: [String] = []
        var proofs: [String] = []
        /// The key that comes with tokens; without one it knows nothing of signatures, as servers of before.
        var proofKey: [UInt8]?
        /// Requests that were signed with it.
        var signed = 0
        var issueTimes: [Int64] = []
        /// Access tokens bound to it work until they run out.
        fileprivate var formerKey: [UInt8]?
        fileprivate var signer: [UInt8]?
        fileprivate var identifiers: Set<String> = []
        /// The agent's; all requests but those for a token have to be signed by it.
        var key: [UInt8]?
        fileprivate var waiters: [UUID: Waiter] = [:]
    }

    fileprivate struct Waiter {
        let isDone: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    static let enrollmentToken = "enrollment-secret-7Q"
    static let agentID = "6a2f41a3-c54c-4b2e-9d1e-2f5a0d0c9b11"

    private let state = Mutex(State())

    /// Answers one request.
    func serve(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let (reply, done) = state.withLock { state in
            (Self.serve(request, &state), state.takeWaitersThatAreDone())
        }
        for waiter in done { waiter.resume() }
        return reply
    }

    /// Looks at the state, or changes it.
    func withState<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }

    /// Returns once the state is as asked, or when the task is cancelled.
    func until(_ isDone: @escaping @Sendable (State) -> Bool) async {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDoneNow = state.withLock { state in
                    if isDone(state) || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(isDone: isDone, continuation: continuation)
                    return false
                }
                if isDoneNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    static func refusal(_ status: Int, _ code: AgentErrorCode, serverTime: Int64? = nil) -> LoopbackServer.Reply {
        let detail = ErrorReply.Detail(code: code.rawValue, message: "no", requestID: "r")
        return json(status, ErrorReply(error: detail, serverTime: serverTime))
    }

    static func json(_ status: Int, _ value: some Encodable) -> LoopbackServer.Reply {
        guard let data = try? JSONEncoder().encode(value) else { return .hangUp }
        return .answer(status, headers: ["Content-Type": "application/json"], body: Array(data))
    }

    private static func serve(_ request: LoopbackServer.Request, _ state: inout State) -> LoopbackServer.Reply {
        guard !state.isAway else {
            state.missed += 1
            return .hangUp
        }
        let step = step(of: request)
        state.steps.append(step)
        let issuedAt = checkProof(request, step, &state)
        if var replies = state.scripted[step], !replies.isEmpty {
            let reply = replies.removeFirst()
            state.scripted[step] = replies
            return reply
        }
        let now = Int64(Date().timeIntervalSince1970) + state.clockOffset
        if let issuedAt, abs(issuedAt - now) > 300 { return refusal(401, .clockSkew, serverTime: now) }
        return answer(request, step, now: now, &state)
    }

    private static func step(of request: LoopbackServer.Request) -> Step {
        switch (request.method, request.path) {
        case ("POST", AgentProtocol.enrollPath): .enroll
        case ("POST", AgentProtocol.tokenPath): .token
        case ("POST", AgentProtocol.heartbeatPath): .heartbeat
        case ("PUT", AgentProtocol.keyPath): .key
        case ("PUT", AgentProtocol.inventoryPath):
            request.headers["Content-Type"] == [AgentProtocol.inventoryMediaType] ? .full : .delta
        default: .unknown
        }
    }

    /// Every request carries a proof of the one key, made for it alone; all but two routes carry a token that was given out.
    private static func checkProof(_ request: LoopbackServer.Request, _ step: Step, _ state: inout State) -> Int64? {
        let authorization = request.headers["Authorization"].first
        let token = authorization.map { String($0.dropFirst(AgentProtocol.tokenType.count + 1)) }
        let needsToken = step != .enroll && step != .token
        if needsToken != (token != nil) { state.problems.append("\(step): token \(token ?? "none")") }
        if let token, !state.tokens.contains(token) { state.problems.append("\(step): a token never given out") }
        if let key = state.proofKey, let authorization, let input = request.headers["Signature-Input"].first {
            return checkSignature(request, step, input, authorization, key, &state)
        }
        guard let text = request.headers[AgentProtocol.proofHeader].first else {
            state.problems.append("\(step): no proof")
            return nil
        }
        state.proofs.append(text)
        do throws(PossessionProofError) {
            let proof = try PossessionProof(
                verifying: text, method: request.method, path: request.path, accessToken: token)
            if !state.identifiers.insert(proof.identifier).inserted { state.problems.append("\(step): jti used twice") }
            if state.key == nil { state.key = proof.publicKey }
            if step != .token, state.key != proof.publicKey, state.formerKey != proof.publicKey {
                state.problems.append("\(step): another key")
            }
            state.signer = proof.publicKey
            state.issueTimes.append(proof.issuedAt)
            return proof.issuedAt
        } catch {
            state.problems.append("\(step): \(error)")
            return nil
        }
    }

    private static func checkSignature(
        _ request: LoopbackServer.Request, _ step: Step, _ input: String, _ authorization: String, _ key: [UInt8],
        _ state: inout State
    ) -> Int64? {
        let fields = RequestSignature.Fields(
            input: input, signature: request.headers["Signature"].first ?? "",
            contentDigest: request.headers["Content-Digest"].first ?? "")
        guard fields.contentDigest == RequestSignature.contentDigest(of: request.body),
            let signature = try? RequestSignature(
                verifying: fields, method: request.method, path: request.path, authorization: authorization,
                key: SymmetricKey(data: key))
        else {
            state.problems.append("\(step): signature")
            return nil
        }
        if !state.identifiers.insert(signature.nonce).inserted { state.problems.append("\(step): nonce used twice") }
        state.signed += 1
        return signature.createdAt
    }

    private static func answer(
        _ request: LoopbackServer.Request, _ step: Step, now: Int64, _ state: inout State
    ) -> LoopbackServer.Reply {
        switch step {
        case .enroll:
            guard let body = try? JSONDecoder().decode(EnrollRequest.self, from: Data(request.body)),
                body.token == enrollmentToken
            else { return refusal(401, .tokenUnknown) }
            return json(
                201, EnrollReply(agentID: agentID, company: "Example", heartbeatSeconds: 60, serverTime: now))
        case .token:
            guard state.signer == state.key else { return refusal(401, .unknownAgent) }
            state.tokens.append("access-secret-\(state.tokens.count)")
            return json(
                200,
                TokenReply(
                    accessToken: state.tokens[state.tokens.count - 1], expiresIn: state.tokenLifetime,
                    proofKey: state.proofKey))
        case .key: return replaceKey(request, &state)
        case .full, .delta: return receive(request, step, &state)
        case .heartbeat: return heartbeat(request, now: now, &state)
        case .unknown: return .answer(404)
        }
    }

    private static func replaceKey(_ request: LoopbackServer.Request, _ state: inout State) -> LoopbackServer.Reply {
        guard let body = try? JSONDecoder().decode(KeyRequest.self, from: Data(request.body)),
            let proof = try? PossessionProof(
                verifying: body.proof, method: "PUT", path: AgentProtocol.keyPath, accessToken: state.tokens.last)
        else { return .answer(400) }
        if state.key != proof.publicKey { state.formerKey = state.key }
        state.key = proof.publicKey
        if state.losesKeyReply {
            state.losesKeyReply = false
            return .hangUp
        }
        return json(200, KeyReply(thumbprint: PossessionProof.thumbprint(publicKey: proof.publicKey)))
    }

    private static func receive(
        _ request: LoopbackServer.Request, _ step: Step, _ state: inout State
    ) -> LoopbackServer.Reply {
        do {
            let bytes = try Gzip.decompress(request.body, limit: AgentProtocol.inventoryLimit)
            let inventory: Inventory
            if step == .full {
                inventory = try Inventory(lines: bytes, limit: 1_000)
            } else {
                let delta = try InventoryDelta(encoded: bytes, limit: 1_000)
                guard let held = state.held, held.digest == delta.base else { return refusal(409, .baseUnknown) }
                inventory = try held.applying(delta)
            }
            state.held = inventory
            state.digests.append(inventory.digest)
            return json(202, InventoryReply(digest: inventory.digest.description))
        } catch {
            state.problems.append("\(step): \(error)")
            return .answer(400)
        }
    }

    private static func heartbeat(
        _ request: LoopbackServer.Request, now: Int64, _ state: inout State
    ) -> LoopbackServer.Reply {
        if state.knowsUnchanged,
            let short = try? JSONDecoder().decode(UnchangedHeartbeat.self, from: Data(request.body))
        {
            state.unchanged += 1
            guard short.unchanged == state.inSync else { return refusal(409, .baseUnknown) }
            state.heartbeatDigests.append(state.held?.digest.description)
            return json(
                200, HeartbeatReply(action: .inSync, base: nil, heartbeatSeconds: 60, serverTime: now))
        }
        guard let body = try? JSONDecoder().decode(HeartbeatRequest.self, from: Data(request.body)) else {
            return refusal(400, .baseUnknown)
        }
        state.facts = body.facts
        state.heartbeatDigests.append(body.digest)
        let isKnown = state.running == .kept && state.runningStates.last?.digest.description == body.runningDigest
        state.runningDigests.append(body.runningDigest)
        if let running = body.running {
            state.runningStates.append(running)
            if case .refused(let status) = state.running { return .answer(status) }
        }
        let isWanted =
            state.running != .unknown && body.runningDigest != nil && !isKnown
            && (body.running == nil || state.running == .forgotten)
        let holds = state.held?.digest.description
        let truth: HeartbeatReply.Action = holds == nil ? .sendFull : holds == body.digest ? .inSync : .sendDelta
        let action = state.actions.isEmpty ? truth : state.actions.removeFirst()
        state.inSync = action == .inSync && !isWanted ? RequestSignature.contentDigest(of: request.body) : nil
        return json(
            200,
            HeartbeatReply(
                action: action, base: holds, heartbeatSeconds: 60, serverTime: now, runningWanted: isWanted))
    }
}

extension GatewayDouble.State {
    fileprivate mutating func takeWaitersThatAreDone() -> [CheckedContinuation<Void, Never>] {
        let done = waiters.filter { $0.value.isDone(self) }
        for id in done.keys { waiters[id] = nil }
        return done.values.map(\.continuation)
    }
}
