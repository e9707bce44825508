import Foundation
import GRDB
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``EnrollmentStore/insertEnrollmentToken(scope:token:label:maximumUses:expiresAt:at:)``; `maximumUses` below 1 counts as 1.
    public func insertEnrollmentToken(
        scope: CompanyScope, token: SecretHash, label: String, maximumUses: Int, expiresAt: Date, at now: Date
    ) async throws -> EnrollmentToken {
        let made = EnrollmentToken(
            id: EnrollmentTokenID(), label: label, maximumUses: max(1, maximumUses), uses: 0,
            expiresAt: Date(milliseconds: expiresAt.milliseconds), revokedAt: nil,
            createdAt: Date(milliseconds: now.milliseconds))
        let log = AuditLog(at: now)
        return try await write("insert enrollment token") { db in
            let company = try scope.existingRow(db)
            try db.run(
                AccountQueries.insertEnrollmentToken,
                [
                    "uuid": made.id.blob, "company": company, "hash": token.blob, "label": label,
                    "maximum": made.maximumUses, "expires": expiresAt.milliseconds, "now": now.milliseconds,
                ])
            try log.append(
                .enrollmentTokenCreated, made.id.description, made.auditDetails, company: company, scope.companyID, db)
            return made
        }
    }

    /// See ``EnrollmentStore/fetchEnrollmentTokens(scope:)``.
    public func fetchEnrollmentTokens(scope: CompanyScope) async throws -> [EnrollmentToken] {
        try await read("fetch enrollment tokens") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(AccountQueries.enrollmentTokens, [company]) { row in
                EnrollmentToken(
                    id: try EnrollmentTokenID(blob: row[0]), label: row[1], maximumUses: row[2], uses: row[3],
                    expiresAt: Date(milliseconds: row[4]),
                    revokedAt: (row[5] as Int64?).map { Date(milliseconds: $0) },
                    createdAt: Date(milliseconds: row[6]))
            }
        }
    }

    /// See ``EnrollmentStore/revokeEnrollmentToken(scope:id:at:)``.
    public func revokeEnrollmentToken(scope: CompanyScope, id: EnrollmentTokenID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("revoke enrollment token") { db in
            guard let company = try scope.row(db),
                try db.first(AccountQueries.enrollmentTokenExists, [id.blob, company], { _ in true }) ?? false
            else { throw StoreError.notFound("enrollment token") }
            let changed = try db.run(AccountQueries.revokeEnrollmentToken, [now.milliseconds, id.blob, company])
            guard changed == 1 else { return }
            try log.append(.enrollmentTokenRevoked, id.description, company: company, scope.companyID, db)
        }
    }

    /// See ``EnrollmentStore/enrollAgent(token:publicKey:facts:at:)``. A key that enrolled before is answered before the token's limits
    /// are looked at: its use was counted when it enrolled.
    public func enrollAgent(token: SecretHash, publicKey: [UInt8], facts: HeartbeatFacts, at now: Date) async throws
        -> EnrollmentOutcome
    {
        let stored = try StoredFacts(facts)
        let scan = try facts.lastScan.map { try StoredScanCost($0) }
        let log = AuditLog(at: now)
        return try await write("enroll agent") { db in
            guard
                let token = try db.first(
                    AccountQueries.enrollmentTokenByHash, [token.blob], { try Invitation(row: $0) })
            else { return .unknownToken }
            let known = try db.first(AgentQueries.credentialByKey, [token.companyRow, Data(publicKey)]) {
                (credential: try AgentCredential(row: $0), isBarred: $0[4] as String? != nil)
            }
            if let known { return known.isBarred ? .barredKey : .alreadyEnrolled(known.credential) }
            if let refusal = token.refusal(at: now.milliseconds) { return refusal }
            let policy = try Self.reenrollment(token.companyRow, db)
            let twin = try policy == .allow ? nil : Self.agent(ofMachine: stored.hostname, token.companyRow, db)
            if twin != nil && policy == .refuse { return .knownMachine }
            let agent = AgentCredential(
                agentID: AgentID(), companyID: token.companyID, companyName: token.companyName, publicKey: publicKey)
            try Self.insert(agent, stored, scan, token: token, at: now, db)
            let id = agent.agentID.description
            try log.append(
                .agentEnrolled, id, ["enrollment_token": token.id.description],
                by: AuditActor(.agent, id: id, name: stored.hostname), company: token.companyRow, token.companyID, db)
            guard let twin else { return .enrolled(agent) }
            let reason = "a machine of this name is enrolled as agent \(twin)"
            try db.run(
                AgentQueries.setStanding,
                AgentStanding.quarantined.columns(reason, now) + [agent.agentID.blob, token.companyRow])
            try log.append(
                .agentQuarantined, id, ["reason": reason], by: AuditActor(.system), company: token.companyRow,
                token.companyID, db)
            return .quarantined(agent)
        }
    }

    private static func reenrollment(_ company: Int64, _ db: Database) throws -> ReenrollmentPolicy {
        let stored = try db.first(AccountQueries.reenrollment, [company]) { $0[0] as String }
        return stored.flatMap(ReenrollmentPolicy.init(rawValue:)) ?? .allow
    }

    /// One that is not revoked; `nil` when there is none.
    private static func agent(ofMachine hostname: String, _ company: Int64, _ db: Database) throws -> AgentID? {
        try db.first(AccountQueries.agentOfMachine, [company, hostname.lowercased()]) { try AgentID(blob: $0[0]) }
    }

    /// See ``EnrollmentStore/fetchReenrollmentPolicy(scope:)``.
    public func fetchReenrollmentPolicy(scope: CompanyScope) async throws -> ReenrollmentPolicy {
        try await read("fetch enrollment policy") { db in
            guard let company = try scope.row(db) else { return .allow }
            return try Self.reenrollment(company, db)
        }
    }

    /// See ``EnrollmentStore/setReenrollmentPolicy(scope:_:at:)``.
    public func setReenrollmentPolicy(scope: CompanyScope, _ policy: ReenrollmentPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("set enrollment policy") { db in
            let company = try scope.existingRow(db)
            try db.run(AccountQueries.setReenrollment, [company, policy.rawValue])
            try log.append(
                .reenrollmentPolicyChanged, nil, ["reenrollment": policy.rawValue], company: company,
                scope.companyID, db)
        }
    }

    private static func insert(
        _ agent: AgentCredential, _ facts: StoredFacts, _ scan: StoredScanCost?, token: Invitation, at now: Date,
        _ db: Database
    ) throws {
        try db.run(AccountQueries.countEnrollment, [token.row])
        let row = try db.insert(
            AgentQueries.insert,
            [
                "uuid": agent.agentID.blob, "company": token.companyRow, "token": token.row,
                "key": Data(agent.publicKey), "hostname": facts.hostname, "hostname_key": facts.hostname.lowercased(),
                "os": facts.os, "version": facts.agentVersion, "now": now.milliseconds,
            ])
        try db.run(AgentQueries.insertFacts, [row, facts.json])
        _ = try scan?.replace(of: row, at: now, db)
        _ = try EventLog.append(
            .agentEnrolled(agent: agent.agentID, hostname: facts.hostname), company: token.companyRow, at: now, db)
        try CompanyCounters.recordHour(company: token.companyRow, at: now, db)
    }

    /// See ``EnrollmentStore/replaceKey(scope:agentID:from:to:at:)``.
    public func replaceKey(
        scope: CompanyScope, agentID: AgentID, from old: [UInt8], to new: [UInt8], at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        try await write("replace key") { db in
            guard let company = try scope.row(db),
                let agent = try db.first(
                    AgentQueries.key, [agentID.blob, company],
                    { (row: $0[0] as Int64, key: [UInt8]($0[1] as Data), hostname: $0[2] as String) })
            else { throw StoreError.notFound("agent") }
            if agent.key == new { return }
            guard agent.key == old else { throw StoreError.notFound("agent") }
            let holder = try db.first(AgentQueries.credentialByKey, [company, Data(new)]) { _ in true }
            guard holder == nil else { throw StoreError.alreadyExists("key") }
            try db.run(AgentQueries.setKey, [Data(new), agent.row])
            let id = agentID.description
            try log.append(
                .agentKeyReplaced, id, by: AuditActor(.agent, id: id, name: agent.hostname), company: company,
                scope.companyID, db)
        }
    }

    /// See ``EnrollmentStore/fetchCredential(agentID:)``.
    public func fetchCredential(agentID: AgentID) async throws -> AgentCredential? {
        try await read("fetch credential") { db in
            try db.first(AgentQueries.credentialByID, [agentID.blob]) { try AgentCredential(row: $0) }
        }
    }
}

/// An enrollment token as ``AccountQueries/enrollmentTokenByHash`` reads it.
private struct Invitation {
    let row: Int64
    let companyRow: Int64
    let maximumUses: Int
    let uses: Int
    let expiresAt: Int64
    let isRevoked: Bool
    let companyID: CompanyID
    let companyName: String
    let id: EnrollmentTokenID

    init(row: Row) throws {
        self.row = row[0]
        companyRow = row[1]
        maximumUses = row[2]
        uses = row[3]
        expiresAt = row[4]
        isRevoked = row[5] as Int64? != nil
        companyID = try CompanyID(blob: row[6])
        companyName = row[7]
        id = try EnrollmentTokenID(blob: row[8])
    }

    /// Why nobody may enroll with it; `nil` when somebody may.
    func refusal(at now: Int64) -> EnrollmentOutcome? {
        if isRevoked { return .revoked }
        if expiresAt <= now { return .expired }
        return uses < maximumUses ? nil : .usedUp
    }
}

extension AgentCredential {
    fileprivate init(row: Row) throws {
        self.init(
            agentID: try AgentID(blob: row[0]), companyID: try CompanyID(blob: row[1]), companyName: row[2],
            publicKey: [UInt8](row[3] as Data))
    }
}
