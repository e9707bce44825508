import Foundation
import GRDB
import Inventory
import PackageIdentity
import Stores

extension SQLiteStore {
    /// See ``AgentStore/recordHeartbeat(scope:agentID:facts:at:)``.
    public func recordHeartbeat(scope: CompanyScope, agentID: AgentID, facts: HeartbeatFacts, at now: Date) async throws
        -> RecordedHeartbeat?
    {
        let stored = try StoredFacts(facts)
        let scan = try facts.lastScan.map { try StoredScanCost($0) }
        let (recorded, clone) = try await writeUnsynced("record heartbeat") { db -> (RecordedHeartbeat?, String?) in
            let known = try db.first(AgentQueries.forHeartbeat, [agentID.blob, scope.companyID.blob]) { row in
                (
                    id: row[0] as Int64, facts: row[1] as String,
                    sync: try SyncState(received: row[2], applied: row[3], running: row[4])
                )
            }
            guard let known else { return (nil, nil) }
            let isNewScan = try scan.map { try $0.replace(of: known.id, at: now, db) } ?? false
            if known.facts != stored.json,
                let reason = CloneEvidence.reason(before: try StoredFacts.decode(known.facts), after: facts)
            {
                // Written down, so that once it is let in again the machine that speaks then is the one that counts.
                try db.run(AgentQueries.replaceFacts, [stored.json, known.id])
                return (nil, reason)
            }
            try db.run(AgentQueries.touch, [now.milliseconds, known.id])
            if known.facts != stored.json {
                try db.run(
                    AgentQueries.updateFacts,
                    [
                        "hostname": stored.hostname, "hostname_key": stored.hostname.lowercased(), "os": stored.os,
                        "version": stored.agentVersion, "id": known.id,
                    ])
                try db.run(AgentQueries.replaceFacts, [stored.json, known.id])
            }
            return (RecordedHeartbeat(sync: known.sync, isNewScan: isNewScan), nil)
        }
        if let clone { try await quarantine(scope, agentID, reason: clone, at: now) }
        return recorded
    }

    /// See ``AgentStore/recordPresence(scope:notes:)``.
    public func recordPresence(scope: CompanyScope, notes: [PresenceNote]) async throws -> [AgentID: SyncState] {
        try await writeUnsynced("record presence") { db in
            var held: [AgentID: SyncState] = [:]
            for note in notes {
                let arguments: StatementArguments = [note.agentID.blob, scope.companyID.blob]
                let known = try db.first(AgentQueries.forHeartbeat, arguments) { row in
                    (
                        id: row[0] as Int64, facts: row[1] as String,
                        sync: try SyncState(received: row[2], applied: row[3], running: row[4])
                    )
                }
                guard let known, known.facts == note.facts.json else { continue }
                try db.run(AgentQueries.touch, [note.seenAt.milliseconds, known.id])
                held[note.agentID] = known.sync
            }
            return held
        }
    }

    /// See ``AgentStore/recordRunning(scope:agentID:_:at:)``. As little synced as heartbeats are: the agent says it again.
    public func recordRunning(scope: CompanyScope, agentID: AgentID, _ report: RunningReport?, at now: Date)
        async throws
    {
        let json = try report.map { try StoredJSON.encode($0.state) }
        try await writeUnsynced("record what is in use") { db in
            let changed = try db.run(
                AgentQueries.setRunning,
                [
                    "digest": report.map { Data($0.digest.bytes) }, "running": json, "now": now.milliseconds,
                    "agent": agentID.blob,
                    "company": scope.companyID.blob,
                ])
            guard changed == 1 else { throw StoreError.notFound("agent") }
        }
    }

    /// See ``AgentStore/fetchRunning(scope:agents:)``.
    public func fetchRunning(scope: CompanyScope, agents: [AgentID]) async throws -> [AgentID: RunningRecord] {
        try await read("fetch what is in use") { db in
            var found: [AgentID: RunningRecord] = [:]
            for agent in Set(agents) {
                found[agent] = try db.first(AgentQueries.running, [agent.blob, scope.companyID.blob]) { row in
                    guard let digest = RunningDigest(stored: row[0] as Data) else {
                        throw StoreError.unavailable("damaged digest")
                    }
                    return RunningRecord(
                        RunningReport(digest: digest, state: try StoredJSON.decode(RunningState.self, row[1])),
                        since: Date(milliseconds: row[2]))
                }
            }
            return found
        }
    }

    /// See ``AgentStore/fetchAgents(scope:query:page:)``.
    public func fetchAgents(scope: CompanyScope, query: AgentQuery, page: PageRequest) async throws
        -> Page<AgentSummary>
    {
        let cursor = try AgentKey.read(page.cursor, sort: query.sort)
        return try await read("fetch agents") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            let sql = AgentQueries.page(
                sort: query.sort, hasCursor: cursor != nil, hasSearch: !query.search.isEmpty, state: query.state,
                seenBefore: query.seenBefore != nil, seenSince: query.seenSince != nil)
            var arguments: StatementArguments = ["company": company, "limit": page.limit + 1]
            if !query.search.isEmpty { arguments += ["search": containsPattern(query.search)] }
            if let before = query.seenBefore { arguments += ["before": before.milliseconds] }
            if let since = query.seenSince { arguments += ["since": since.milliseconds] }
            if let cursor { arguments += cursor.arguments }
            let rows = try db.rows(sql, arguments) { row in
                (
                    summary: try AgentSummary(row: row), risk: row[8] as Int64, lastSeen: row[5] as Int64,
                    key: row[18] as String
                )
            }
            return try AgentKey.page(of: rows, limit: page.limit, sort: query.sort) { row in
                switch query.sort {
                case .risk: .number(row.risk, tie: row.summary.id)
                case .lastSeen: .number(row.lastSeen, tie: row.summary.id)
                case .hostname: .text(row.key, tie: row.summary.id)
                }
            } item: {
                $0.summary
            }
        }
    }

    /// See ``AgentStore/fetchAgent(scope:id:)``.
    public func fetchAgent(scope: CompanyScope, id: AgentID) async throws -> AgentDetail? {
        try await read("fetch agent") { db in
            try db.first(AgentQueries.detail, [id.blob, scope.companyID.blob]) { row in
                AgentDetail(
                    summary: try AgentSummary(row: row), facts: try StoredFacts.decode(row[18], lastScan: row[22]),
                    sync: try SyncState(received: row[19], applied: row[20], running: row[24]),
                    appliedAt: (row[21] as Int64?).map { Date(milliseconds: $0) },
                    lastScanReportedAt: (row[23] as Int64?).map { Date(milliseconds: $0) })
            }
        }
    }

    /// See ``AgentStore/fetchScanCost(scope:since:)``.
    public func fetchScanCost(scope: CompanyScope, since: Date) async throws -> FleetScanCost {
        try await read("fetch scan cost") { db in
            guard let company = try scope.row(db) else { return .nobody }
            let found = try db.first(AgentQueries.scanCost, ["company": company, "since": since.milliseconds]) { row in
                FleetScanCost(
                    agents: row[0], cpuSeconds: .init(row[1], row[2]), wallSeconds: .init(row[3], row[4]),
                    pausedSeconds: .init(row[5], row[6]), peakMemory: .init(row[7], row[8]))
            }
            return found ?? .nobody
        }
    }
}

extension StoredScanCost {
    /// Keeps it as that of the agent's last scan.
    ///
    /// - Returns: Whether another one was known, or none.
    func replace(of agent: Int64, at now: Date, _ db: Database) throws -> Bool {
        try db.run(
            AgentQueries.replaceScanCost,
            [agent, now.milliseconds, cpuSeconds, wallSeconds, pausedSeconds, peakMemory, json]) > 0
    }
}

extension AgentKey {
    /// What the cursor binds.
    fileprivate var arguments: StatementArguments {
        switch self {
        case .number(let number, let tie): ["number": number, "tie": tie.blob]
        case .text(let text, let tie): ["text": text, "tie": tie.blob]
        }
    }
}

extension SyncState {
    fileprivate init(received: Data?, applied: Data?, running: Data?) throws {
        self.init(
            received: try received.map { try InventoryDigest(stored: $0) },
            applied: try applied.map { try InventoryDigest(stored: $0) },
            running: running.flatMap { RunningDigest(stored: $0) })
    }
}

extension AgentSummary {
    /// Reads ``AgentQueries/summaryColumns``.
    init(row: Row) throws {
        let state: InventoryState = row[6] ? .none : row[7] ? .current : .pending
        self.init(
            id: try AgentID(blob: row[0]), hostname: row[1],
            os: try (row[2] as String?).map { try StoredJSON.decode(OperatingSystem.self, $0) },
            agentVersion: row[3], enrolledAt: Date(milliseconds: row[4]), lastSeenAt: Date(milliseconds: row[5]),
            state: state, packageCount: row[9], counts: SeverityCounts(row: row, at: 10),
            risk: Double(row[8] as Int64) / 10)
    }
}

extension SeverityCounts {
    /// Reads eight columns in a row: critical, high, medium, low, unknown, exploited, fixable, undetermined.
    init(row: Row, at first: Int) {
        self.init()
        critical = row[first]
        high = row[first + 1]
        medium = row[first + 2]
        low = row[first + 3]
        unknown = row[first + 4]
        exploited = row[first + 5]
        fixable = row[first + 6]
        undetermined = row[first + 7]
    }
}
