import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``EnrollmentStore/insertEnrollmentToken(scope:token:label:maximumUses:expiresAt:at:)``; `maximumUses` is brought to
    /// 1…2,147,483,647.
    public func insertEnrollmentToken(
        scope: CompanyScope, token: SecretHash, label: String, maximumUses: Int, expiresAt: Date, at now: Date
    ) async throws -> EnrollmentToken {
        let made = EnrollmentToken(
            id: EnrollmentTokenID(), label: label.storable, maximumUses: min(max(1, maximumUses), Int(Int32.max)),
            uses: 0,
            expiresAt: expiresAt.inWholeMilliseconds, revokedAt: nil, createdAt: now.inWholeMilliseconds)
        let company = try await existingRow(scope)
        let log = AuditLog(at: now)
        return try await write("insert enrollment token", company: company) { transaction in
            try await transaction.query(EnrollmentQueries.insertToken(made, hash: token, company: company))
            try await log.append(
                .enrollmentTokenCreated, made.id.description, made.auditDetails, company: company, scope.companyID,
                transaction)
            return made
        }
    }

    /// See ``EnrollmentStore/fetchEnrollmentTokens(scope:)``.
    public func fetchEnrollmentTokens(scope: CompanyScope) async throws -> [EnrollmentToken] {
        guard let company = try await row(scope) else { return [] }
        let result = try await read(
            "fetch enrollment tokens", company: company, EnrollmentQueries.tokens(company: company))
        return try result.map { row in
            EnrollmentToken(
                id: EnrollmentTokenID(uuid: try row.get(0)), label: try row.get(1), maximumUses: try row.get(2),
                uses: try row.get(3), expiresAt: try row.get(4), revokedAt: try row.get(5), createdAt: try row.get(6))
        }
    }

    /// See ``EnrollmentStore/revokeEnrollmentToken(scope:id:at:)``.
    public func revokeEnrollmentToken(scope: CompanyScope, id: EnrollmentTokenID, at now: Date) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("enrollment token") }
        try await write("revoke enrollment token", company: company) { transaction in
            let results = try await transaction.run([
                EnrollmentQueries.exists(id, company: company),
                EnrollmentQueries.revoke(id, company: company, at: now.inWholeMilliseconds),
            ])
            guard try results[0].value(as: Bool.self) else { throw StoreError.notFound("enrollment token") }
            guard results[1].affectedRows == 1 else { return }
            try await log.append(
                .enrollmentTokenRevoked, id.description, company: company, scope.companyID, transaction)
        }
    }

    /// See ``EnrollmentStore/enrollAgent(token:publicKey:facts:at:)``. A key that enrolled before is answered before the token's limits
    /// are looked at: its use was counted when it enrolled.
    public func enrollAgent(token: SecretHash, publicKey: [UInt8], facts: HeartbeatFacts, at now: Date) async throws
        -> EnrollmentOutcome
    {
        let stored = try StoredFacts(facts)
        let scan = try facts.lastScan.map { try StoredScanCost($0) }
        let now = now.inWholeMilliseconds
        let found = try await Self.classifyingErrors("enroll agent") {
            try await self.run([.presented(token.hex)], EnrollmentQueries.companyOfToken(token), isRepeatable: true)
                .first
        }
        guard let row = try found?.get(0, as: Int32.self) else { return .unknownToken }
        let company = try await company(row)
        let log = AuditLog(at: now)
        return try await write("enroll agent", company: row) { transaction in
            let results = try await transaction.run([
                Lock.company(row), EnrollmentQueries.lockToken(token),
                EnrollmentQueries.agent(company: row, publicKey: publicKey),
                EnrollmentQueries.reenrollment(company: row),
            ])
            func credential(_ id: AgentID) -> AgentCredential {
                AgentCredential(agentID: id, companyID: company.id, companyName: company.name, publicKey: publicKey)
            }
            guard let invitation = try results[1].first.map({ try Invitation($0) }) else { return .unknownToken }
            if let known = results[2].first {
                let isBarred = try known.get(1, as: Bool.self)
                return isBarred ? .barredKey : .alreadyEnrolled(credential(AgentID(uuid: try known.get(0))))
            }
            if let refusal = invitation.refusal(at: now) { return refusal }
            let policy = try Self.reenrollment(results[3].first)
            let twin =
                policy == .allow
                ? nil
                : try await transaction.query(
                    EnrollmentQueries.agent(ofMachine: stored.hostname, company: row)
                ).first.map { AgentID(uuid: try $0.get(0)) }
            if twin != nil && policy == .refuse { return .knownMachine }
            let agent = credential(AgentID())
            try await Self.insert(agent, stored, scan, token: invitation.id, company: row, at: now, transaction)
            let id = agent.agentID.description
            try await log.append(
                .agentEnrolled, id, ["enrollment_token": EnrollmentTokenID(uuid: invitation.id).description],
                by: AuditActor(.agent, id: id, name: stored.hostname), company: row, company.id, transaction)
            guard let twin else { return .enrolled(agent) }
            let reason = "a machine of this name is enrolled as agent \(twin)"
            try await transaction.query(
                EnrollmentQueries.setStanding(agent.agentID, company: row, .quarantined, reason: reason, at: now))
            try await log.append(
                .agentQuarantined, id, ["reason": reason], by: AuditActor(.system), company: row, company.id,
                transaction)
            return .quarantined(agent)
        }
    }

    private static func reenrollment(_ row: PostgresRow?) throws -> ReenrollmentPolicy {
        try row.flatMap { ReenrollmentPolicy(rawValue: try $0.get(0)) } ?? .allow
    }

    /// See ``EnrollmentStore/fetchReenrollmentPolicy(scope:)``.
    public func fetchReenrollmentPolicy(scope: CompanyScope) async throws -> ReenrollmentPolicy {
        guard let company = try await row(scope) else { return .allow }
        return try Self.reenrollment(
            try await read(
                "fetch enrollment policy", company: company, EnrollmentQueries.reenrollment(company: company)
            ).first)
    }

    /// See ``EnrollmentStore/setReenrollmentPolicy(scope:_:at:)``.
    public func setReenrollmentPolicy(scope: CompanyScope, _ policy: ReenrollmentPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        let company = try await existingRow(scope)
        try await write("set enrollment policy", company: company) { transaction in
            try await transaction.query(EnrollmentQueries.setReenrollment(policy, company: company))
            try await log.append(
                .reenrollmentPolicyChanged, nil, ["reenrollment": policy.rawValue], company: company, scope.companyID,
                transaction)
        }
    }

    private static func insert(
        _ agent: AgentCredential, _ facts: StoredFacts, _ scan: StoredScanCost?, token: UUID, company: Int32,
        at now: Date, _ transaction: PostgresTransaction
    ) async throws {
        let event = Event.Kind.agentEnrolled(agent: agent.agentID, hostname: facts.hostname)
        try await transaction.run(
            [EnrollmentQueries.countUse(token), EnrollmentQueries.insertKey(agent, company: company)]
                + AgentQueries.insert(agent.agentID, company: company, token: token, facts, scan, at: now)
                + [
                    CounterQueries.addAgent(company: company),
                    try EventQueries.insert(event, company: company, at: now),
                ]
                + CounterQueries.recordHour(company: company, at: now))
    }

    /// See ``EnrollmentStore/replaceKey(scope:agentID:from:to:at:)``.
    public func replaceKey(
        scope: CompanyScope, agentID: AgentID, from old: [UInt8], to new: [UInt8], at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        try await write("replace key", company: company) { transaction in
            // Under the company's lock, as an enrollment with the same key would be.
            let results = try await transaction.run([
                Lock.company(company), EnrollmentQueries.lockKey(agentID, company: company),
                EnrollmentQueries.agent(company: company, publicKey: new),
            ])
            guard let key = try results[1].first.map({ [UInt8](try $0.get(0, as: Data.self)) }) else {
                throw StoreError.notFound("agent")
            }
            if key == new { return }
            guard key == old else { throw StoreError.notFound("agent") }
            guard results[2].first == nil else { throw StoreError.alreadyExists("key") }
            try await transaction.query(EnrollmentQueries.setKey(agentID, new, company: company))
            let id = agentID.description
            try await log.append(
                .agentKeyReplaced, id, by: AuditActor(.agent, id: id), company: company, scope.companyID, transaction)
        }
    }

    /// See ``EnrollmentStore/fetchCredential(agentID:)``.
    public func fetchCredential(agentID: AgentID) async throws -> AgentCredential? {
        try await Self.classifyingErrors("fetch credential") {
            let found = try await self.run(
                [.presented(agentID.description)], EnrollmentQueries.key(agentID), isRepeatable: true)
            guard let row = found.first else { return nil }
            let company = try await self.company(try row.get(0))
            return AgentCredential(
                agentID: agentID, companyID: company.id, companyName: company.name,
                publicKey: [UInt8](try row.get(1, as: Data.self)))
        }
    }
}

/// An enrollment token as ``EnrollmentQueries/lockToken(_:)`` reads it.
private struct Invitation {
    let id: UUID
    let maximumUses: Int
    let uses: Int
    let expiresAt: Date
    let isRevoked: Bool

    init(_ row: PostgresRow) throws {
        id = try row.get(0)
        maximumUses = try row.get(1)
        uses = try row.get(2)
        expiresAt = try row.get(3)
        isRevoked = try row.get(4)
    }

    /// Why nobody may enroll with it; `nil` when somebody may.
    func refusal(at now: Date) -> EnrollmentOutcome? {
        if isRevoked { return .revoked }
        if expiresAt <= now { return .expired }
        return uses < maximumUses ? nil : .usedUp
    }
}
