import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``AgentStore/recordHeartbeat(scope:agentID:facts:at:)``. Does not wait for the disk: a power cut may forget the newest "last
    /// seen", which the next heartbeat mends.
    public func recordHeartbeat(scope: CompanyScope, agentID: AgentID, facts: HeartbeatFacts, at now: Date) async throws
        -> RecordedHeartbeat?
    {
        let stored = try StoredFacts(facts)
        let scan = try facts.lastScan.map { try StoredScanCost($0) }
        guard let company = try await row(scope) else { return nil }
        let found = try await Self.classifyingErrors("record heartbeat") {
            try await self.run(
                [.company(company), .setting("synchronous_commit", to: "off")],
                AgentQueries.heartbeat(agentID, company: company, stored, scan, at: now.inWholeMilliseconds),
                isRepeatable: true)
        }
        guard let row = found.first else { return nil }
        if let before = try row.get(2, as: String?.self),
            let reason = CloneEvidence.reason(before: try StoredFacts.decode(before), after: facts)
        {
            try await quarantine(scope, agentID, reason: reason, at: now)
            return nil
        }
        let (waiting, applied) = (try InventoryDigest(row, 0), try InventoryDigest(row, 1))
        return RecordedHeartbeat(
            sync: SyncState(received: waiting ?? applied, applied: applied, running: try RunningDigest(row, 4)),
            isNewScan: try row.get(3))
    }

    /// See ``AgentStore/recordPresence(scope:notes:)``. Does not wait for the disk either.
    public func recordPresence(scope: CompanyScope, notes: [PresenceNote]) async throws -> [AgentID: SyncState] {
        guard let company = try await row(scope), !notes.isEmpty else { return [:] }
        let found = try await Self.classifyingErrors("record presence") {
            try await self.run(
                [.company(company), .setting("synchronous_commit", to: "off")],
                AgentQueries.presence(notes, company: company), isRepeatable: true)
        }
        let pairs = try found.map { row in
            let (waiting, applied) = (try InventoryDigest(row, 1), try InventoryDigest(row, 2))
            return (
                AgentID(uuid: try row.get(0)),
                SyncState(received: waiting ?? applied, applied: applied, running: try RunningDigest(row, 3))
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// See ``AgentStore/recordRunning(scope:agentID:_:at:)``. Does not wait for the disk: the agent says it again.
    public func recordRunning(scope: CompanyScope, agentID: AgentID, _ report: RunningReport?, at now: Date)
        async throws
    {
        let json = try report.map { try StoredJSON.encode($0.state) }
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        let written = try await Self.classifyingErrors("record what is in use") {
            try await self.run(
                [.company(company), .setting("synchronous_commit", to: "off")],
                AgentQueries.setRunning(agentID, company: company, report?.digest, json, at: now.inWholeMilliseconds),
                isRepeatable: true)
        }
        if written.first == nil { throw StoreError.notFound("agent") }
    }

    /// See ``AgentStore/fetchRunning(scope:agents:)``.
    public func fetchRunning(scope: CompanyScope, agents: [AgentID]) async throws -> [AgentID: RunningRecord] {
        guard let company = try await row(scope), !agents.isEmpty else { return [:] }
        let found = try await read(
            "fetch what is in use", company: company, AgentQueries.running(agents, company: company))
        let pairs = try found.map { row in
            guard let digest = try RunningDigest(row, 1) else { throw StoreError.unavailable("damaged digest") }
            return (
                AgentID(uuid: try row.get(0)),
                RunningRecord(
                    RunningReport(digest: digest, state: try StoredJSON.decode(RunningState.self, try row.get(2))),
                    since: try row.get(3))
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// See ``AgentStore/fetchAgents(scope:query:page:)``.
    public func fetchAgents(scope: CompanyScope, query: AgentQuery, page: PageRequest) async throws
        -> Page<AgentSummary>
    {
        let cursor = try AgentKey.read(page.cursor, sort: query.sort)
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let result = try await read(
            "fetch agents", company: company,
            AgentQueries.page(company: company, query, after: cursor, limit: page.limit + 1))
        let rows = try result.map { (summary: try AgentSummary($0), hostnameKey: try $0.get(18, as: String.self)) }
        return try AgentKey.page(of: rows, limit: page.limit, sort: query.sort) { row in
            let tie = row.summary.id
            return switch query.sort {
            case .risk: .number(Int64((row.summary.risk * 10).rounded()), tie: tie)
            case .lastSeen: .number(row.summary.lastSeenAt.milliseconds, tie: tie)
            case .hostname: .text(row.hostnameKey, tie: tie)
            }
        } item: {
            $0.summary
        }
    }

    /// See ``AgentStore/fetchAgent(scope:id:)``.
    public func fetchAgent(scope: CompanyScope, id: AgentID) async throws -> AgentDetail? {
        guard let company = try await row(scope) else { return nil }
        let found = try await read("fetch agent", company: company, AgentQueries.detail(id, company: company))
        return try found.first.map { row in
            AgentDetail(
                summary: try AgentSummary(row),
                facts: try StoredFacts.decode(try row.get(18), lastScan: try row.get(22)),
                sync: SyncState(
                    received: try InventoryDigest(row, 19), applied: try InventoryDigest(row, 20),
                    running: try RunningDigest(row, 24)),
                appliedAt: try row.get(21), lastScanReportedAt: try row.get(23))
        }
    }

    /// See ``AgentStore/fetchScanCost(scope:since:)``.
    public func fetchScanCost(scope: CompanyScope, since: Date) async throws -> FleetScanCost {
        guard let company = try await row(scope) else { return .nobody }
        let found = try await read(
            "fetch scan cost", company: company, AgentQueries.scanCost(company: company, since: since))
        guard let row = found.first else { return .nobody }
        return FleetScanCost(
            agents: try row.get(0), cpuSeconds: .init(try row.get(1), try row.get(2)),
            wallSeconds: .init(try row.get(3), try row.get(4)), pausedSeconds: .init(try row.get(5), try row.get(6)),
            peakMemory: .init(try row.get(7), try row.get(8)))
    }
}

extension InventoryDigest {
    /// Reads a digest that may be null.
    init?(_ row: PostgresRow, _ column: Int) throws {
        guard let bytes = try row.get(column, as: Data?.self) else { return nil }
        try self.init(stored: bytes)
    }
}

extension RunningDigest {
    /// Reads a digest that may be null.
    init?(_ row: PostgresRow, _ column: Int) throws {
        guard let bytes = try row.get(column, as: Data?.self) else { return nil }
        self.init(stored: bytes)
    }
}

extension AgentSummary {
    /// Reads ``AgentQueries/summaryColumns``.
    init(_ row: PostgresRow) throws {
        let (isWaiting, isApplied) = (try row.get(6, as: Bool.self), try row.get(7, as: Bool.self))
        self.init(
            id: AgentID(uuid: try row.get(0)), hostname: try row.get(1),
            os: try row.get(2, as: String?.self).map { try StoredJSON.decode(OperatingSystem.self, $0) },
            agentVersion: try row.get(3), enrolledAt: try row.get(4), lastSeenAt: try row.get(5),
            state: isWaiting ? .pending : isApplied ? .current : .none, packageCount: try row.get(9),
            counts: try SeverityCounts(row, at: 10), risk: Double(try row.get(8, as: Int.self)) / 10)
    }
}

extension SeverityCounts {
    /// Reads eight columns in a row: critical, high, medium, low, unknown, exploited, fixable, undetermined.
    init(_ row: PostgresRow, at first: Int) throws {
        self.init()
        critical = try row.get(first)
        high = try row.get(first + 1)
        medium = try row.get(first + 2)
        low = try row.get(first + 3)
        unknown = try row.get(first + 4)
        exploited = try row.get(first + 5)
        fixable = try row.get(first + 6)
        undetermined = try row.get(first + 7)
    }
}
