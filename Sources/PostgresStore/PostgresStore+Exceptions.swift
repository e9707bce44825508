import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``ExceptionStore/setLabels(scope:agentID:labels:at:)``.
    public func setLabels(scope: CompanyScope, agentID: AgentID, labels: Set<String>, at now: Date) async throws {
        let log = AuditLog(at: now)
        let labels = Set(labels.map(\.storable)).sorted()
        guard let company = try await row(scope) else { throw StoreError.notFound("agent") }
        try await write("set labels", company: company) { transaction in
            let results = try await transaction.run([
                ExceptionQueries.lockAgent(agentID, company: company),
                ExceptionQueries.labels(agentID, company: company),
            ])
            guard results[0].first != nil else { throw StoreError.notFound("agent") }
            let before = try results[1].map { try $0.get(0, as: String.self) }.sorted()
            guard before != labels else { return }
            try await transaction.run(ExceptionQueries.setLabels(labels, of: agentID, company: company))
            try await log.append(
                .agentLabelled, agentID.description,
                ["from": before.joined(separator: ", "), "to": labels.joined(separator: ", ")], company: company,
                scope.companyID, transaction)
        }
    }

    /// See ``ExceptionStore/requestException(scope:_:reason:justification:expiresAt:by:at:)``.
    public func requestException(
        scope: CompanyScope, _ what: ExceptionScope, reason: String, justification: ExceptionJustification?,
        expiresAt: Date, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        let (log, now) = (AuditLog(at: now), now.inWholeMilliseconds)
        guard let company = try await row(scope) else { throw StoreError.notFound("user") }
        return try await write("request exception", company: company) { transaction in
            // Under the company's lock, so that those who ask at once do not pass the limit together.
            let results = try await transaction.run([
                Lock.company(company), UserQueries.byID(userID, company: company),
                ExceptionQueries.agentExists(what.agent, company: company),
                ExceptionQueries.open(company: company, at: now),
            ])
            guard let name = try results[1].first?.get(2, as: String.self) else { throw StoreError.notFound("user") }
            guard try results[2].value(as: Bool.self) else { throw StoreError.notFound("agent") }
            guard try results[3].value(as: Int.self) < ExceptionLimits.open else {
                throw StoreError.limitReached("exceptions")
            }
            let made = RiskException(
                id: ExceptionID(), scope: what,
                request: ExceptionActor(id: userID, name: name, at: now, comment: reason),
                expiresAt: expiresAt.inWholeMilliseconds, decision: nil, isApproved: false, revocation: nil,
                justification: justification)
            try await transaction.query(ExceptionQueries.insert(made, company: company))
            try await log.append(
                .exceptionRequested, made.id.description, made.auditDetails.merging(["reason": reason]) { $1 },
                company: company, scope.companyID, transaction)
            return made
        }
    }

    /// See ``ExceptionStore/decideException(scope:id:isApproved:comment:by:at:)``.
    public func decideException(
        scope: CompanyScope, id: ExceptionID, isApproved: Bool, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        try await change("decide exception", scope, id, comment, userID, now) { known, actor, company in
            guard known.state(at: now) == .requested else { throw StoreError.decided("exception") }
            guard !isApproved || known.request.id != userID else { throw StoreError.ownRequest }
            return (
                isApproved ? .exceptionApproved : .exceptionRejected,
                ExceptionQueries.decide(id, isApproved: isApproved, actor, company: company)
            )
        }
    }

    /// See ``ExceptionStore/revokeException(scope:id:comment:by:at:)``.
    public func revokeException(
        scope: CompanyScope, id: ExceptionID, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        try await change("revoke exception", scope, id, comment, userID, now) { known, actor, company in
            switch known.state(at: now) {
            case .revoked: nil
            case .rejected, .expired: throw StoreError.decided("exception")
            case .requested, .active:
                (.exceptionRevoked, ExceptionQueries.revoke(id, actor, company: company))
            }
        }
    }

    private typealias Change = (action: AuditAction, statement: PostgresStatement)

    /// Changes an exception, unless there is nothing to change, and answers it as it is then.
    private func change(
        _ operation: String, _ scope: CompanyScope, _ id: ExceptionID, _ comment: String, _ userID: UserID,
        _ now: Date, _ plan: @Sendable (RiskException, ExceptionActor, Int32) throws -> Change?
    ) async throws -> RiskException {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("exception") }
        return try await write(operation, company: company) { transaction in
            let results = try await transaction.run([
                ExceptionQueries.one(id, company: company, locking: true), UserQueries.byID(userID, company: company),
            ])
            guard let known = try results[0].first.map({ try RiskException($0) }) else {
                throw StoreError.notFound("exception")
            }
            guard let name = try results[1].first?.get(2, as: String.self) else { throw StoreError.notFound("user") }
            let actor = ExceptionActor(id: userID, name: name, at: now.inWholeMilliseconds, comment: comment)
            guard let change = try plan(known, actor, company) else { return known }
            let changed = try await transaction.run([change.statement, ExceptionQueries.one(id, company: company)])
            try await log.append(
                change.action, id.description, known.auditDetails.merging(["comment": comment]) { $1 },
                company: company, scope.companyID, transaction)
            guard let row = changed[1].first else { throw StoreError.notFound("exception") }
            return try RiskException(row)
        }
    }

    /// See ``ExceptionStore/fetchException(scope:id:)``.
    public func fetchException(scope: CompanyScope, id: ExceptionID) async throws -> RiskException? {
        guard let company = try await row(scope) else { return nil }
        return try await read("fetch exception", company: company, ExceptionQueries.one(id, company: company)).first
            .map { try RiskException($0) }
    }

    /// See ``ExceptionStore/fetchExceptions(scope:query:page:at:)``.
    public func fetchExceptions(scope: CompanyScope, query: ExceptionQuery, page: PageRequest, at now: Date)
        async throws -> Page<RiskException>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "exceptions")
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let statement = try ExceptionQueries.page(
            company: company, query, after: cursor, limit: page.limit + 1, at: now.inWholeMilliseconds)
        let rows = try await read("fetch exceptions", company: company, statement).map { try RiskException($0) }
        return try Page(rows: rows, limit: page.limit, list: "exceptions", key: \.cursorKey) { $0 }
    }

    /// See ``ExceptionStore/recordExpirations(at:limit:)``. Asks company by company, as nobody sees into all of them at once.
    public func recordExpirations(at now: Date, limit: Int) async throws -> Int {
        let (log, now) = (AuditLog(at: now), now.inWholeMilliseconds)
        let companies = try await fetchCompanyRows(CompanyQueries.all)
        var noted = 0
        for start in stride(from: 0, to: companies.count, by: Self.companiesAtOnce) {
            let some = companies[start..<min(start + Self.companiesAtOnce, companies.count)]
            let results = try await Self.classifyingErrors("find expirations") {
                try await client.run(
                    some.flatMap { [.company($0.row), ExceptionQueries.countToNote(company: $0.row, at: now)] },
                    isRepeatable: true)
            }
            for (index, company) in some.enumerated() where try results[2 * index + 1].value(as: Int.self) > 0 {
                noted += try await recordExpirations(company.row, company.company.id, limit: limit, log, at: now)
            }
        }
        return noted
    }

    private func recordExpirations(
        _ company: Int32, _ id: CompanyID, limit: Int, _ log: AuditLog, at now: Date
    ) async throws -> Int {
        try await write("record expirations", company: company) { transaction in
            let due = try await transaction.query(ExceptionQueries.toNote(company: company, at: now, limit: limit))
                .map { try RiskException($0) }
            try await transaction.query(ExceptionQueries.note(due.map(\.id), company: company, at: now))
            for exception in due {
                try await log.append(
                    .exceptionExpired, exception.id.description, exception.auditDetails, by: AuditActor(.system),
                    company: company, id, transaction)
            }
            return due.count
        }
    }
}

extension RiskException {
    /// Reads the columns of ``ExceptionQueries/one(_:company:locking:)``.
    init(_ row: PostgresRow) throws {
        func actor(_ first: Int) throws -> ExceptionActor? {
            guard let id = try row.get(first, as: UUID?.self) else { return nil }
            return ExceptionActor(
                id: UserID(uuid: id), name: try row.get(first + 1), at: try row.get(first + 2),
                comment: try row.get(first + 3))
        }
        let request = ExceptionActor(
            id: UserID(uuid: try row.get(5)), name: try row.get(6), at: try row.get(7), comment: try row.get(8))
        self.init(
            id: ExceptionID(uuid: try row.get(0)),
            scope: ExceptionScope(
                vulnerability: try row.get(1), package: try row.get(2), label: try row.get(3),
                agent: try row.get(4, as: UUID?.self).map { AgentID(uuid: $0) }),
            request: request, expiresAt: try row.get(9), decision: try actor(11),
            isApproved: try row.get(10, as: Bool?.self) ?? false, revocation: try actor(15),
            justification: try ExceptionJustification(stored: try row.get(19)))
    }
}
