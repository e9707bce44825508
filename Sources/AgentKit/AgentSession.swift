import AsyncHTTPClient
import BoundedInput
import FoundationEssentials
import Governor
import HostScan
import Inventory
import Logging
import Wire

/// One run of the agent: what it holds between two events, and what it does at each.
struct AgentSession {
    private let configuration: AgentConfiguration
    private let folder: StateFolder
    private let client: GatewayClient
    private let logger: Logger
    private var credential: Credential
    /// Whether the file says what the credential says.
    private var isCredentialKept = true
    private var spool: Spool
    private var activity: ActivityRecord
    private let memory: ScanMemoryFile
    private var facts: AgentFacts?
    /// `nil` when it is not to be reported what is in use.
    private var runningScanner: RunningScanner?
    private var running: RunningState?
    /// What the server asked for and did not take: not sent again until it is something else.
    private var refusedRunning: RunningDigest?
    private var heartbeatSeconds = 300
    private var backoff = Backoff()
    /// When the server is to be called, unless there is something to tell before.
    private var nextCall = ContinuousClock.now
    private var generator = SystemRandomNumberGenerator()

    /// Rest after the last of a burst of changes before scanning: a package manager writes its database many times.
    static let settleTime = Duration.milliseconds(400)
    /// Seconds between heartbeats that a server may ask for.
    static let heartbeatPeriods = 1...86_400

    /// - Parameter runningScanner: Finds out what is in use, where that is to be reported.
    init(
        configuration: AgentConfiguration, http: HTTPClient, logger: Logger, runningScanner: RunningScanner
    ) throws(AgentError) {
        self.configuration = configuration
        self.logger = logger
        folder = try StateFolder(path: configuration.stateFolder)
        credential = try Credential.loadOrCreate(in: folder)
        spool = try Spool(folder: folder, key: credential.storageKey)
        memory = ScanMemoryFile(path: folder.path + "/scan-memory")
        self.runningScanner = configuration.reportsRunning ? runningScanner : nil
        activity =
            ActivityRecord.load(in: folder)
            ?? ActivityRecord(server: configuration.server, startedAt: 0)
        activity.server = configuration.server
        activity.startedAt = Self.now()
        client = GatewayClient(server: configuration.server, http: http, key: credential.key) {
            Int64(Date().timeIntervalSince1970)
        }
    }

    /// Scans and reports until cancelled.
    mutating func run() async throws {
        guard credential.isEnrolled || configuration.token != nil else { throw AgentError.notEnrolled }
        // One that is being enrolled has somebody who waits for it.
        if credential.isEnrolled {
            let period = Self.period(configuration.heartbeatSeconds ?? activity.heartbeatSeconds ?? heartbeatSeconds)
            try await Task.sleep(for: .seconds(Backoff.restAtStart(period: period, using: &generator)))
        }
        while !Task.isCancelled {
            // Before the scan, so that what changes during it is seen, and anew each time, as folders come and go.
            let watcher = ChangeWatcher(paths: HostScanner.databasePaths(root: configuration.root))
            defer { watcher?.stop() }
            try await scan()
            let nextScan =
                ContinuousClock.now + .seconds(Backoff.jittered(configuration.scanSeconds, using: &generator))
            try await report(until: nextScan, watcher: watcher)
        }
    }

    /// Reports what is new at once, else at every heartbeat, until it is time to scan or something changed.
    private mutating func report(until nextScan: ContinuousClock.Instant, watcher: ChangeWatcher?) async throws {
        // What a scan cost that found nothing new travels with the next heartbeat.
        var isDue = !spool.isEmpty
        while ContinuousClock.now < nextScan {
            if isDue || ContinuousClock.now >= nextCall {
                let rest = try await exchange()
                nextCall = ContinuousClock.now + .seconds(rest)
            }
            isDue = false
            ResidentMemory.release()
            if try await changed(before: min(nextScan, nextCall), watcher: watcher) { return }
        }
    }

    /// Waits for a change that has settled; false when the deadline comes first.
    private func changed(before deadline: ContinuousClock.Instant, watcher: ChangeWatcher?) async throws -> Bool {
        guard let watcher else {
            try await Task.sleep(until: deadline)
            return false
        }
        let signal = watcher.signal
        guard try await firstOf(deadline, { await signal.wait() }) else { return false }
        repeat {
            signal.clear()
        } while try await firstOf(ContinuousClock.now + Self.settleTime, { await signal.wait() })
        return true
    }

    /// Whether the body ended before the deadline.
    private func firstOf(
        _ deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await body()
                try Task.checkCancellation()
                return true
            }
            group.addTask {
                try await Task.sleep(until: deadline)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private mutating func scan() async throws {
        let scanner = HostScanner(root: configuration.root)
        let governor = Governor(rules: PaceRules(budget: configuration.processorBudget))
        let (found, cost) = try await governor.run { [memory, runningScanner] isToGoOn in
            let report = try memory.update { try scanner.scan(knowing: $0, isToGoOn: isToGoOn) }
            var runningScanner = runningScanner
            let running = try runningScanner?.scan(beside: report, isToGoOn: isToGoOn)
            return (report: report, running: running, scanner: runningScanner)
        }
        let report = found.report
        runningScanner = found.scanner
        running = found.running.map { Self.sendable($0) }
        facts = AgentFacts(
            host: report.host, agentVersion: agentVersion, droppedReports: spool.dropped, warnings: report.warnings,
            lastScan: cost)
        let inventory = report.inventory(includingDeclared: configuration.includesDeclared)
        spool.append(inventory)
        tellRefusal()
        activity.lastScan = ActivityRecord.Scan(
            endedAt: Self.now(), seconds: cost.wallSeconds, processorSeconds: cost.cpuSeconds,
            pausedSeconds: cost.allPausedSeconds, peakMemory: cost.peakMemory, packages: inventory.packages.count,
            warnings: report.warnings.count)
        activity.reboot = running?.rebootReasons
        activity.restarts = running.map { Set($0.restarts.map { $0.service ?? $0.program }).sorted() }
        keepActivity()
        logger.info(
            "scanned",
            metadata: [
                "packages": "\(inventory.packages.count)", "warnings": "\(report.warnings.count)",
                "seconds": "\(cost.wallSeconds)", "cpu_seconds": "\(cost.cpuSeconds)",
                "paused": "\(cost.pausedSeconds.isEmpty ? "no" : cost.pauses)",
            ])
    }

    /// One exchange with the server.
    ///
    /// - Returns: Seconds to rest before the next.
    /// - Throws: ``AgentError`` that no waiting mends.
    private mutating func exchange() async throws -> Double {
        do {
            if !isCredentialKept { keepCredential() }
            try await enrollIfNeeded()
            try await replaceKeyIfDue()
            try await sendReports()
            backoff.reset()
            activity.lastHeartbeatAt = Self.now()
            activity.heartbeatSeconds = configuration.heartbeatSeconds ?? heartbeatSeconds
            keepActivity()
            return Backoff.jittered(configuration.heartbeatSeconds ?? heartbeatSeconds, using: &generator)
        } catch {
            activity.lastFailure = ActivityRecord.Failure(at: Self.now(), reason: "\(error)")
            keepActivity()
            guard error.isTransient else { throw error }
            let rest = backoff.next(using: &generator)
            logger.notice("server not served", metadata: ["reason": "\(error)", "seconds": "\(rest)"])
            return rest
        }
    }

    /// A disk that takes nothing is no reason to stop reporting: the file holds the key that was made before enrolling, with which the machine enrolls again.
    private mutating func keepCredential() {
        do {
            try credential.save(in: folder)
            isCredentialKept = true
        } catch {
            isCredentialKept = false
            logger.warning("credential not kept", metadata: ["reason": "\(error)"])
        }
    }

    private func tellRefusal() {
        if let refusal = spool.refusal {
            logger.warning("report kept in memory alone", metadata: ["reason": "\(refusal)"])
        }
    }

    /// What `status` shows is no reason to stop reporting.
    private func keepActivity() {
        do { try activity.save(in: folder) } catch {
            logger.notice("status not kept", metadata: ["reason": "\(error)"])
        }
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    private mutating func enrollIfNeeded() async throws(AgentError) {
        guard !credential.isEnrolled, let facts else { return }
        guard let token = configuration.token else { throw .notEnrolled }
        let reply = try await client.enroll(EnrollRequest(token: token, facts: facts))
        credential.agentID = reply.agentID
        credential.company = reply.company
        keepCredential()
        heartbeatSeconds = Self.period(reply.heartbeatSeconds)
        logger.info("enrolled", metadata: ["agent": "\(reply.agentID)", "company": "\(reply.company)"])
    }

    /// Takes another key when the one there is has served its time, or when it is not known how the last try ended. What the server or the disk has against
    /// it is no reason not to report.
    private mutating func replaceKeyIfDue() async throws(AgentError) {
        let now = Int64(Date().timeIntervalSince1970)
        let age = now.subtractingReportingOverflow(credential.madeAt).partialValue
        guard let agentID = credential.agentID, credential.nextKey != nil || age >= configuration.keySeconds else {
            return
        }
        do {
            let next = try credential.prepareNextKey(in: folder)
            try await client.replaceKey(with: next, agentID: agentID)
        } catch {
            return logger.debug("key not replaced", metadata: ["reason": "\(error)"])
        }
        credential.adoptNextKey(now: now)
        keepCredential()
        logger.info("key replaced", metadata: ["agent": "\(agentID)"])
    }

    /// What the server asks for, within reason: it may say any number.
    static func period(_ seconds: Int) -> Int {
        min(max(seconds, heartbeatPeriods.lowerBound), heartbeatPeriods.upperBound)
    }

    /// Sends what waits; when nothing does, a heartbeat that finds out whether the server holds what it should.
    private mutating func sendReports() async throws(AgentError) {
        while let inventory = try spool.oldest() { try await send(inventory) }
        guard let agentID = credential.agentID, let facts else { return }
        let digest = running?.digest
        let reply = try await client.heartbeat(
            HeartbeatRequest(digest: spool.acknowledged?.description, facts: facts, runningDigest: digest),
            agentID: agentID)
        heartbeatSeconds = Self.period(reply.heartbeatSeconds)
        if reply.runningWanted == true, digest != refusedRunning { try await sendRunning(facts, agentID) }
        switch reply.action {
        case .inSync: return
        case .sendDelta, .sendFull:
            // The server holds another state than the one it acknowledged, as after a restore from an old backup.
            logger.notice("server asks for the inventory anew")
            try spool.forgetAcknowledged()
            while let inventory = try spool.oldest() { try await send(inventory) }
        }
    }

    /// Sends what is in use. That a server does not take it is no reason not to report.
    private mutating func sendRunning(_ facts: AgentFacts, _ agentID: String) async throws(AgentError) {
        guard let running else { return }
        let digest = running.digest
        do {
            let reply = try await client.heartbeat(
                HeartbeatRequest(
                    digest: spool.acknowledged?.description, facts: facts, runningDigest: digest, running: running),
                agentID: agentID)
            if reply.runningWanted == true { refusedRunning = digest }
        } catch {
            guard case .refused(let status, _, _) = error, [400, 413].contains(status) else { throw error }
            refusedRunning = digest
            logger.notice("what is in use was not taken", metadata: ["reason": "\(error)"])
        }
    }

    /// What the protocol has room for: a machine of which everything is in use is told in part.
    static func sendable(_ state: RunningState) -> RunningState {
        var (state, entries) = (state, RunningState.maximumEntries)
        while entries > 1, (try? JSONEncoder().encode(state).count) ?? .max > AgentProtocol.runningLimit {
            entries /= 2
            state = state.limited(to: entries)
        }
        return state
    }

    private mutating func send(_ inventory: Inventory) async throws(AgentError) {
        guard let agentID = credential.agentID else { throw .notEnrolled }
        if let base = try spool.acknowledgedInventory() {
            do {
                let delta = Gzip.compress(inventory.delta(from: base).encoded())
                _ = try await client.putInventory(
                    delta, mediaType: AgentProtocol.inventoryDeltaMediaType, agentID: agentID)
                return acknowledge(inventory, kind: "delta", bytes: delta.count)
            } catch {
                guard error.isRefusal(.baseUnknown) else { throw error }
            }
        }
        let full = Gzip.compress(inventory.encoded())
        _ = try await client.putInventory(full, mediaType: AgentProtocol.inventoryMediaType, agentID: agentID)
        acknowledge(inventory, kind: "full", bytes: full.count)
    }

    private mutating func acknowledge(_ inventory: Inventory, kind: String, bytes: Int) {
        spool.acknowledgeOldest(inventory)
        tellRefusal()
        logger.info("inventory sent", metadata: ["kind": "\(kind)", "bytes": "\(bytes)"])
    }
}

extension ScanCost {
    /// "battery 3.2 s, processor 0.5 s"
    fileprivate var pauses: String {
        pausedSeconds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) s" }.joined(separator: ", ")
    }
}
