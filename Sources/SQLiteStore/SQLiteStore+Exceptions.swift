import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// See ``ExceptionStore/setLabels(scope:agentID:labels:at:)``.
    public func setLabels(scope: CompanyScope, agentID: AgentID, labels: Set<String>, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("set labels") { db in
            guard let company = try scope.row(db),
                let agent = try db.first(ExceptionQueries.agent, [agentID.blob, company], { $0[0] as Int64 })
            else { throw StoreError.notFound("agent") }
            let before = try db.rows(ExceptionQueries.labels, [agent]) { $0[0] as String }
            guard Set(before) != labels else { return }
            try db.run(ExceptionQueries.deleteLabels, [agent])
            for label in labels.sorted() { try db.run(ExceptionQueries.insertLabel, [company, label, agent]) }
            try log.append(
                .agentLabelled, agentID.description,
                [
                    "from": before.sorted().joined(separator: ", "),
                    "to": labels.sorted().joined(separator: ", "),
                ], company: company, scope.companyID, db)
        }
    }

    /// See ``ExceptionStore/requestException(scope:_:reason:justification:expiresAt:by:at:)``.
    public func requestException(
        scope: CompanyScope, _ what: ExceptionScope, reason: String, justification: ExceptionJustification?,
        expiresAt: Date, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        let log = AuditLog(at: now)
        return try await write("request exception") { db in
            let (company, name) = try Self.user(userID, scope, db)
            if let agent = what.agent {
                guard try db.first(ExceptionQueries.agent, [agent.blob, company], { _ in true }) != nil else {
                    throw StoreError.notFound("agent")
                }
            }
            let open: Int =
                try db.first(ExceptionQueries.open, ["company": company, "now": now.milliseconds]) { $0[0] } ?? 0
            guard open < ExceptionLimits.open else { throw StoreError.limitReached("exceptions") }
            let made = RiskException(
                id: ExceptionID(), scope: what,
                request: ExceptionActor(id: userID, name: name, at: now.inWholeMilliseconds, comment: reason),
                expiresAt: expiresAt.inWholeMilliseconds, decision: nil, isApproved: false, revocation: nil,
                justification: justification)
            try db.run(
                ExceptionQueries.insert,
                [
                    made.id.blob, company, what.vulnerability, what.package, what.label, what.agent?.blob, userID.blob,
                    name, now.milliseconds, reason, expiresAt.milliseconds, justification?.rawValue,
                ])
            try log.append(
                .exceptionRequested, made.id.description, made.auditDetails.merging(["reason": reason]) { $1 },
                company: company, scope.companyID, db)
            return made
        }
    }

    /// See ``ExceptionStore/decideException(scope:id:isApproved:comment:by:at:)``.
    public func decideException(
        scope: CompanyScope, id: ExceptionID, isApproved: Bool, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        try await change("decide exception", scope, id, comment, userID, now) { known in
            guard known.state(at: now) == .requested else { throw StoreError.decided("exception") }
            guard !isApproved || known.request.id != userID else { throw StoreError.ownRequest }
            return (
                isApproved ? .exceptionApproved : .exceptionRejected, ExceptionQueries.decide, ["approved": isApproved]
            )
        }
    }

    /// See ``ExceptionStore/revokeException(scope:id:comment:by:at:)``.
    public func revokeException(
        scope: CompanyScope, id: ExceptionID, comment: String, by userID: UserID, at now: Date
    ) async throws -> RiskException {
        try await change("revoke exception", scope, id, comment, userID, now) { known in
            switch known.state(at: now) {
            case .revoked: nil
            case .rejected, .expired: throw StoreError.decided("exception")
            case .requested, .active: (.exceptionRevoked, ExceptionQueries.revoke, [:])
            }
        }
    }

    private typealias Change = (action: AuditAction, sql: String, arguments: StatementArguments)

    /// Changes an exception, unless there is nothing to change, and answers it as it is then.
    private func change(
        _ operation: String, _ scope: CompanyScope, _ id: ExceptionID, _ comment: String, _ userID: UserID,
        _ now: Date, _ plan: @escaping @Sendable (RiskException) throws -> Change?
    ) async throws -> RiskException {
        let log = AuditLog(at: now)
        return try await write(operation) { db in
            guard let company = try scope.row(db),
                let known = try db.first(ExceptionQueries.one, [id.blob, company], { try RiskException(row: $0) })
            else { throw StoreError.notFound("exception") }
            guard let change = try plan(known) else { return known }
            let (_, name) = try Self.user(userID, scope, db)
            try db.run(
                change.sql,
                change.arguments + [
                    "uuid": id.blob, "user": userID.blob, "name": name, "now": now.milliseconds, "comment": comment,
                ])
            try log.append(
                change.action, id.description, known.auditDetails.merging(["comment": comment]) { $1 },
                company: company, scope.companyID, db)
            guard let changed = try db.first(ExceptionQueries.one, [id.blob, company], { try RiskException(row: $0) })
            else { throw StoreError.notFound("exception") }
            return changed
        }
    }

    /// A company and the e-mail of one of its users.
    static func user(_ id: UserID, _ scope: CompanyScope, _ db: Database) throws -> (Int64, String) {
        guard let company = try scope.row(db),
            let name = try db.first(ExceptionQueries.user, [id.blob, company], { $0[0] as String })
        else { throw StoreError.notFound("user") }
        return (company, name)
    }

    /// See ``ExceptionStore/fetchException(scope:id:)``.
    public func fetchException(scope: CompanyScope, id: ExceptionID) async throws -> RiskException? {
        try await read("fetch exception") { db in
            guard let company = try scope.row(db) else { return nil }
            return try db.first(ExceptionQueries.one, [id.blob, company]) { try RiskException(row: $0) }
        }
    }

    /// See ``ExceptionStore/fetchExceptions(scope:query:page:at:)``.
    public func fetchExceptions(scope: CompanyScope, query: ExceptionQuery, page: PageRequest, at now: Date)
        async throws -> Page<RiskException>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "exceptions")
        let tie = try cursor.map { try ExceptionID(cursor: $0.tie) }
        return try await read("fetch exceptions") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            var arguments: StatementArguments = ["company": company, "limit": page.limit + 1]
            if let cursor { arguments += ["number": cursor.number, "tie": tie?.blob] }
            if let vulnerability = query.vulnerability { arguments += ["vulnerability": vulnerability] }
            if let state = query.state, state != .rejected, state != .revoked { arguments += ["now": now.milliseconds] }
            let rows = try db.rows(ExceptionQueries.page(query, hasCursor: cursor != nil), arguments) {
                try RiskException(row: $0)
            }
            return try Page(rows: rows, limit: page.limit, list: "exceptions", key: \.cursorKey) { $0 }
        }
    }

    /// See ``ExceptionStore/recordExpirations(at:limit:)``.
    public func recordExpirations(at now: Date, limit: Int) async throws -> Int {
        let log = AuditLog(at: now)
        return try await write("record expirations") { db in
            let due = try db.rows(ExceptionQueries.toNote, ["now": now.milliseconds, "limit": limit]) {
                (id: try ExceptionID(blob: $0[0]), company: $0[1] as Int64)
            }
            for (id, company) in due {
                guard
                    let known = try db.first(ExceptionQueries.one, [id.blob, company], { try RiskException(row: $0) }),
                    let name = try db.first(CatalogueQueries.companyByRow, [company], { try CompanyID(blob: $0[0]) })
                else { throw StoreError.failed("damaged exception") }
                try db.run(ExceptionQueries.note, [now.milliseconds, id.blob])
                try log.append(
                    .exceptionExpired, id.description, known.auditDetails, by: AuditActor(.system), company: company,
                    name, db)
            }
            return due.count
        }
    }
}

extension RiskException {
    /// Reads the columns of ``ExceptionQueries/one``.
    init(row: Row) throws {
        func actor(_ first: Int) throws -> ExceptionActor? {
            guard let id = row[first] as Data? else { return nil }
            return ExceptionActor(
                id: try UserID(blob: id), name: row[first + 1], at: Date(milliseconds: row[first + 2]),
                comment: row[first + 3])
        }
        guard let request = try actor(5) else { throw StoreError.failed("damaged exception") }
        self.init(
            id: try ExceptionID(blob: row[0]),
            scope: ExceptionScope(
                vulnerability: row[1], package: row[2], label: row[3],
                agent: try (row[4] as Data?).map { try AgentID(blob: $0) }),
            request: request, expiresAt: Date(milliseconds: row[9]), decision: try actor(11),
            isApproved: (row[10] as Bool?) ?? false, revocation: try actor(15),
            justification: try ExceptionJustification(stored: row[19]))
    }
}
