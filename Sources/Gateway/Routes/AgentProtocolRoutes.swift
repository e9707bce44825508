import BoundedInput
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Inventory
import JobQueue
import Logging
import Stores
import Wire

/// What agents say: enroll, get a token, call home, send the inventory.
struct AgentProtocolRoutes: Sendable {
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let authenticator: Authenticator
    let desk: HeartbeatDesk
    let intake: ConcurrencyLimit
    let knownPackages = KnownPackages()
    let scanMeters = ScanMeters()

    var routes: [Route] {
        [
            .open(.post, AgentProtocol.enrollPath, enroll),
            .open(.post, AgentProtocol.tokenPath, token),
            .agent(.post, AgentProtocol.heartbeatPath, heartbeat),
            .agent(.put, AgentProtocol.inventoryPath, inventory),
            .agent(.put, AgentProtocol.keyPath, replaceKey),
        ]
    }

    /// Who proves nothing is not listened to any longer: the proof comes before the body, here and for tokens.
    @Sendable private func enroll(_ call: Call) async throws -> Response {
        let key = try authenticator.enrollingKey(of: call)
        let body = try await call.json(EnrollRequest.self, limit: configuration.limits.jsonBody)
        let facts = try HeartbeatFacts(checking: body.facts)
        let outcome = try await services.store.enrollAgent(
            token: Secret.hash(body.token), publicKey: key, facts: facts, at: services.now())
        let credential = try credential(of: outcome)
        if case .enrolled = outcome { await announce(credential, call) }
        let reply = EnrollReply(
            agentID: credential.agentID.description, company: credential.companyName,
            heartbeatSeconds: configuration.heartbeatSeconds, serverTime: unixTime)
        return try Reply.json(reply, status: .created)
    }

    private func credential(of outcome: EnrollmentOutcome) throws -> AgentCredential {
        switch outcome {
        case .enrolled(let credential), .alreadyEnrolled(let credential): return credential
        case .unknownToken, .revoked:
            throw refusal(.tokenUnknown, "This enrollment token does not exist or was revoked.")
        case .expired: throw refusal(.enrollmentExpired, "This enrollment token has run out.")
        case .knownMachine:
            throw APIError(
                .forbidden, "machine_known",
                "A machine of this name is enrolled, and the company lets none enroll again. Revoke its agent first.")
        case .quarantined, .barredKey:
            throw APIError(
                .forbidden, "agent_barred", "The agent with this key is kept out. Ask whoever looks after the company.")
        case .usedUp: throw refusal(.enrollmentUsedUp, "This enrollment token has no uses left.")
        }
    }

    /// 403 and not 401: a new access token would not help.
    private func refusal(_ code: AgentErrorCode, _ message: String) -> APIError {
        APIError(.forbidden, code.rawValue, message)
    }

    /// The store has appended the event; rings for those who watch. A failure costs them a moment, so it fails nothing.
    private func announce(_ credential: AgentCredential, _ call: Call) async {
        let scope = authenticator.agent(with: credential).scope
        do {
            let newest = try await services.store.fetchNewestEvents(scope: scope, before: nil, limit: 1)
            for event in newest { await services.events.publish(event, scope: scope) }
        } catch {
            call.logger.warning("enrollment not announced", metadata: ["error": "\(error)"])
        }
        call.logger.info("agent enrolled", metadata: ["agent": "\(credential.agentID)"])
    }

    @Sendable private func token(_ call: Call) async throws -> Response {
        let proof = try authenticator.proof(of: call)
        let body = try await call.json(TokenRequest.self, limit: 1 << 10)
        let credential = try await authenticator.credential(agentID: AgentID(body.agentID), provenBy: proof)
        let (token, key) = try await authenticator.tokens.sign(agent: credential)
        return try Reply.json(
            TokenReply(
                accessToken: token, expiresIn: authenticator.tokens.agentExpiresIn,
                proofKey: key.withUnsafeBytes(Array.init)))
    }

    /// Access tokens are bound to keys: those of the key before work until they run out, and nobody gets another.
    @Sendable private func replaceKey(_ call: Call, _ agent: AgentCaller) async throws -> Response {
        guard let old = agent.publicKey else {
            throw APIError.unauthorized(
                "The key that is replaced proves the request.", code: "invalid_proof", scheme: AgentProtocol.tokenType)
        }
        let body = try await call.json(KeyRequest.self, limit: 8 << 10)
        let key = try await authenticator.replacementKey(body.proof, of: call)
        do {
            try await services.store.replaceKey(
                scope: agent.scope, agentID: agent.agentID, from: old, to: key, at: services.now())
        } catch StoreError.notFound {
            throw Authenticator.unknownAgent
        }
        call.logger.info("agent key replaced", metadata: ["agent": "\(agent.agentID)"])
        return try Reply.json(KeyReply(thumbprint: PossessionProof.thumbprint(publicKey: key)))
    }

    @Sendable private func heartbeat(_ call: Call, _ agent: AgentCaller) async throws -> Response {
        let said = try await call.json(
            HeartbeatBody.self, limit: configuration.limits.jsonBody, contentDigest: agent.contentDigest)
        guard case .whole(let body) = said else {
            guard desk.hears(unchanged: agent) else {
                throw APIError(
                    .conflict, AgentErrorCode.baseUnknown.rawValue,
                    "That heartbeat is not known here: send the whole one.")
            }
            return try Reply.json(
                HeartbeatReply(
                    action: .inSync, base: nil, heartbeatSeconds: configuration.heartbeatSeconds, serverTime: unixTime))
        }
        let facts = try HeartbeatFacts(checking: body.facts)
        let digest = try body.digest.map { text in
            guard let digest = InventoryDigest(hex: text) else {
                throw APIError.invalid("digest: not 64 hexadecimal digits")
            }
            return digest
        }
        let running = try RunningNote(checking: body)
        let recorded = try await services.store.recordHeartbeat(
            scope: agent.scope, agentID: agent.agentID, facts: facts, at: services.now())
        guard let recorded else {
            // Nobody, or one that has just been quarantined.
            authenticator.barred.set(agent.agentID, isBarred: true)
            throw Authenticator.unknownAgent
        }
        if recorded.isNewScan, let cost = facts.lastScan { scanMeters.record(cost) }
        let (action, base) = Self.action(announced: digest, received: recorded.sync.received)
        if action != .inSync { desk.forget(agent.agentID) }
        let held = try await keep(running, of: agent, held: recorded.sync.running)
        let isWanted = running.map { $0.digest != held } ?? false
        if action == .inSync, !isWanted, let digest {
            desk.remember(agent, facts: facts, inventory: digest, running: running?.digest)
        }
        return try Reply.json(
            HeartbeatReply(
                action: action, base: base?.description, heartbeatSeconds: configuration.heartbeatSeconds,
                serverTime: unixTime, runningWanted: isWanted))
    }

    /// Keeps what came with a heartbeat, and forgets what an agent no longer says: it looks no more, and what it saw last goes stale.
    ///
    /// - Parameter held: Digest of what the store holds of what is in use.
    /// - Returns: The same afterwards.
    private func keep(
        _ running: RunningNote?, of agent: AgentCaller, held: RunningDigest?
    ) async throws -> RunningDigest? {
        if let running, running.digest == held || running.state == nil { return held }
        if running == nil, held == nil { return nil }
        do {
            try await services.store.recordRunning(
                scope: agent.scope, agentID: agent.agentID, running?.report, at: services.now())
        } catch StoreError.notFound {
            throw Authenticator.unknownAgent
        }
        return running?.digest
    }

    /// What the agent is to send. One that has not scanned yet has nothing to send.
    static func action(
        announced: InventoryDigest?, received: InventoryDigest?
    ) -> (HeartbeatReply.Action, base: InventoryDigest?) {
        switch (announced, received) {
        case (nil, _): (.inSync, nil)
        case (_?, nil): (.sendFull, nil)
        case (let announced?, let received?): announced == received ? (.inSync, nil) : (.sendDelta, received)
        }
    }

    @Sendable private func inventory(_ call: Call, _ agent: AgentCaller) async throws -> Response {
        let form = try form(of: call.request)
        let (inventory, packed) = try await intake.run { try await read(call, as: form, agent) }
        let isChange: Bool
        do {
            isChange = try await services.store.receiveInventory(
                scope: agent.scope, agentID: agent.agentID, inventory: inventory, packed: packed, at: services.now())
        } catch StoreError.notFound {
            throw Authenticator.unknownAgent
        }
        desk.forget(agent.agentID)
        if form == .full { desk.remember(agent, sent: inventory.digest) }
        await hint(agent, priority: isChange ? .change : .firstInventory, call)
        return try Reply.json(InventoryReply(digest: inventory.digest.description), status: .accepted)
    }

    private enum Form { case full, delta }

    private func form(of request: Request) throws -> Form {
        switch MediaType.of(request.headers[.contentType]) {
        case AgentProtocol.inventoryMediaType: return .full
        case AgentProtocol.inventoryDeltaMediaType: return .delta
        default:
            throw APIError(
                .unsupportedMediaType, "unsupported_media_type",
                "Send \(AgentProtocol.inventoryMediaType) or \(AgentProtocol.inventoryDeltaMediaType).")
        }
    }

    /// The inventory, and its text form under gzip when the body is that.
    private func read(_ call: Call, as form: Form, _ agent: AgentCaller) async throws -> (Inventory, packed: [UInt8]?) {
        let encoding = call.request.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard ["gzip", "identity"].contains(encoding) else {
            throw APIError(.unsupportedMediaType, "unsupported_media_type", "Send Content-Encoding: gzip.")
        }
        let body = try await call.body(
            limit: AgentProtocol.compressedInventoryLimit, contentDigest: agent.contentDigest)
        let text = encoding == "gzip" ? try Gzip.decompress(body, limit: AgentProtocol.inventoryLimit) : body
        guard form == .full else { return (try await apply(text, agent), nil) }
        let (inventory, isEncoded) = try Inventory.read(
            text, limit: configuration.limits.packages, known: knownPackages)
        // Nobody is made to keep what was blown up: one of a handful of packages is packed anew.
        let isWorthKeeping = isEncoded && encoding == "gzip" && body.count < text.count / 2
        return (inventory, isWorthKeeping ? body : nil)
    }

    private func apply(_ text: [UInt8], _ agent: AgentCaller) async throws -> Inventory {
        let limit = configuration.limits.packages
        let delta = try InventoryDelta(encoded: text, limit: limit)
        guard let base = try await services.store.fetchInventory(scope: agent.scope, digest: delta.base) else {
            throw APIError(
                .conflict, AgentErrorCode.baseUnknown.rawValue,
                "That base is not held here. Send the inventory in full.")
        }
        return try base.applying(delta, limit: limit)
    }

    /// Tells the processors. The inventory is safe by now and a sweep would find it, so a failure here is only logged.
    private func hint(_ agent: AgentCaller, priority: WorkPriority, _ call: Call) async {
        do {
            try await services.queue.enqueue(
                WorkHint(scope: agent.scope, priority: priority, subject: agent.agentID.description))
        } catch {
            call.logger.warning("work not announced", metadata: ["error": "\(error)"])
        }
    }

    private var unixTime: Int64 { Int64(services.now().timeIntervalSince1970) }
}

extension HeartbeatFacts {
    /// Facts within the bounds of the store.
    ///
    /// - Throws: 400 that names the field.
    init(checking facts: AgentFacts) throws {
        let texts: [(String, String?, Int)] = [
            ("hostname", facts.hostname, 255), ("kernel_release", facts.kernelRelease, 255),
            ("architecture", facts.architecture, 64), ("agent_version", facts.agentVersion, 64),
            ("os.id", facts.os?.id, 64), ("os.version_id", facts.os?.versionID, 64),
            ("os.codename", facts.os?.codename, 64), ("os.pretty_name", facts.os?.prettyName, 255),
        ]
        for (name, text, limit) in texts where (text?.utf8.count ?? 0) > limit {
            throw APIError.invalid("facts.\(name): longer than \(limit) bytes")
        }
        guard facts.warnings.count <= AgentProtocol.warningLimit else {
            throw APIError.invalid("facts.warnings: more than \(AgentProtocol.warningLimit)")
        }
        for (index, warning) in facts.warnings.enumerated()
        where warning.path.utf8.count > 4096 || warning.reason.utf8.count > 1024 {
            throw APIError.invalid("facts.warnings.[\(index)]: longer than 4096 and 1024 bytes")
        }
        guard facts.droppedReports >= 0 else { throw APIError.invalid("facts.dropped_reports: negative") }
        // Up to the end of the year 9999: later times have no form in replies.
        guard (0...253_402_300_799).contains(facts.bootTime ?? 0) else {
            throw APIError.invalid("facts.boot_time: not from 1970 to 9999")
        }
        try facts.lastScan?.check()
        self.init(
            host: facts.host, agentVersion: facts.agentVersion, droppedReports: facts.droppedReports,
            warnings: facts.warnings, lastScan: facts.lastScan)
    }
}

extension ScanCost {
    /// Seconds that a scan may be said to take: thirty years.
    private static let seconds = 0.0...1e9
    /// Reasons to rest, and yields: several times those that agents have.
    private static let wordLimit = 16

    /// - Throws: 400 that names the field which is out of the store's bounds.
    fileprivate func check() throws {
        let times = [
            ("cpu_seconds", cpuSeconds), ("wall_seconds", wallSeconds), ("waited_seconds", waitedSeconds ?? 0),
        ]
        for (name, value) in times where !Self.seconds.contains(value) {
            throw APIError.invalid("facts.last_scan.\(name): not from 0 to 1000000000")
        }
        guard pausedSeconds.values.allSatisfy(Self.seconds.contains) else {
            throw APIError.invalid("facts.last_scan.paused_seconds: not from 0 to 1000000000")
        }
        for (name, words) in [("paused_seconds", Array(pausedSeconds.keys)), ("yields", yields)]
        where words.count > Self.wordLimit || words.contains(where: { $0.utf8.count > 32 }) {
            throw APIError.invalid("facts.last_scan.\(name): more than \(Self.wordLimit), or longer than 32 bytes")
        }
        for (name, value) in [("bytes_read", bytesRead), ("peak_memory", peakMemory)] where (value ?? 0) < 0 {
            throw APIError.invalid("facts.last_scan.\(name): negative")
        }
    }
}
