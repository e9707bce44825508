import Foundation
import GRDB
import Scoring
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``NotificationStore/insertEndpoint(scope:_:by:at:)``.
    public func insertEndpoint(scope: CompanyScope, _ draft: EndpointDraft, by userID: UserID, at now: Date)
        async throws -> NotificationEndpoint
    {
        let log = AuditLog(at: now)
        return try await write("insert endpoint") { db in
            let (company, name) = try Self.user(userID, scope, db)
            let known = try db.rows(NotificationQueries.endpoints, [company]) { _ in () }.count
            guard known < NotificationLimits.endpoints else { throw StoreError.limitReached("endpoints") }
            let made = NotificationEndpoint(draft, by: name, at: now)
            try db.run(
                NotificationQueries.insertEndpoint,
                [
                    made.id.blob, company, made.kind.rawValue, made.target, made.label,
                    made.minimumSeverity?.rank ?? 0, made.exploitedOnly, Data(draft.secret), name, now.milliseconds,
                ])
            try log.append(
                .endpointCreated, made.id.description, made.auditDetails, company: company, scope.companyID, db)
            return made
        }
    }

    /// See ``NotificationStore/fetchEndpoints(scope:)``.
    public func fetchEndpoints(scope: CompanyScope) async throws -> [NotificationEndpoint] {
        try await read("fetch endpoints") { db in
            guard let company = try scope.row(db) else { return [] }
            return try db.rows(NotificationQueries.endpoints, [company]) { try NotificationEndpoint(row: $0) }
        }
    }

    /// See ``NotificationStore/deleteEndpoint(scope:id:at:)``.
    public func deleteEndpoint(scope: CompanyScope, id: EndpointID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("delete endpoint") { db in
            let (company, row, known) = try Self.endpoint(id, scope, db)
            try db.run(NotificationQueries.deleteEndpoint, [row])
            try log.append(
                .endpointDeleted, id.description, known.auditDetails, company: company, scope.companyID, db)
        }
    }

    /// See ``NotificationStore/insertTestNotification(scope:endpoint:at:)``.
    public func insertTestNotification(scope: CompanyScope, endpoint id: EndpointID, at now: Date) async throws
        -> NotificationID
    {
        let log = AuditLog(at: now)
        return try await write("insert test notification") { db in
            let (company, _, known) = try Self.endpoint(id, scope, db)
            let notice = try Notice(testOf: id, at: now)
            try Outbox.insert(notice, at: now, db)
            try log.append(
                .endpointTested, id.description, known.auditDetails, company: company, scope.companyID, db)
            return notice.id
        }
    }

    private static func endpoint(_ id: EndpointID, _ scope: CompanyScope, _ db: Database) throws
        -> (company: Int64, row: Int64, endpoint: NotificationEndpoint)
    {
        guard let company = try scope.row(db),
            let found = try db.first(
                NotificationQueries.endpoint, [id.blob, company],
                { (try NotificationEndpoint(row: $0), $0[8] as Int64) }
            )
        else { throw StoreError.notFound("endpoint") }
        return (company, found.1, found.0)
    }

    /// See ``NotificationStore/replaceSecrets(_:)``.
    public func replaceSecrets(_ change: @escaping @Sendable (CompanyScope, [UInt8]) throws -> [UInt8]?) async throws
        -> Int
    {
        try await write("replace secrets") { db in
            let stored = try db.rows(NotificationQueries.secrets, []) {
                (row: $0[0] as Int64, secret: [UInt8]($0[1] as Data), company: try CompanyID(blob: $0[2]))
            }
            var replaced = 0
            for endpoint in stored {
                guard let secret = try change(CompanyScope(companyID: endpoint.company), endpoint.secret) else {
                    continue
                }
                try db.run(NotificationQueries.setSecret, [Data(secret), endpoint.row])
                replaced += 1
            }
            return replaced
        }
    }

    /// See ``NotificationStore/recordSilences(lastSeen:limit:at:)``.
    public func recordSilences(lastSeen: Range<Date>, limit: Int, at now: Date) async throws -> Int {
        let found = try await read("find silent agents") { db in try Self.silences(lastSeen, limit, at: now, db) }
        guard !found.isEmpty else { return 0 }
        return try await write("record silences") { db in
            let notices = try Self.silences(lastSeen, limit, at: now, db)
            for notice in notices { try Outbox.insert(notice, at: now, db) }
            return notices.count
        }
    }

    private static func silences(_ lastSeen: Range<Date>, _ limit: Int, at now: Date, _ db: Database) throws -> [Notice]
    {
        let endpoints = try db.rows(NotificationQueries.endpointsOfAll, []) {
            (row: $0[0] as Int64, id: try EndpointID(blob: $0[1]), company: $0[2] as Int64)
        }
        return try endpoints.flatMap { endpoint in
            try db.rows(
                NotificationQueries.silent,
                [
                    "company": endpoint.company, "endpoint": endpoint.row, "prefix": Notice.silenceKey,
                    "from": lastSeen.lowerBound.milliseconds, "until": lastSeen.upperBound.milliseconds, "limit": limit,
                ]
            ) {
                try Notice(
                    to: endpoint.id, silent: try AgentID(blob: $0[0]), hostname: $0[1],
                    lastSeen: Date(milliseconds: $0[2]), at: now)
            }
        }
    }

    /// See ``NotificationStore/fetchNotifications(scope:query:page:)``.
    public func fetchNotifications(scope: CompanyScope, query: NotificationQuery, page: PageRequest) async throws
        -> Page<NotificationSummary>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "notifications")
        let tie = try cursor.map { try NotificationID(cursor: $0.tie) }
        return try await read("fetch notifications") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            var arguments: StatementArguments = ["company": company, "limit": page.limit + 1]
            if let cursor { arguments += ["number": cursor.number, "tie": tie?.blob] }
            if let state = query.state { arguments += ["state": state.rawValue] }
            if let endpoint = query.endpoint { arguments += ["endpoint": endpoint.blob] }
            let rows = try db.rows(NotificationQueries.page(query, hasCursor: cursor != nil), arguments) {
                try NotificationSummary(row: $0)
            }
            return try Page(rows: rows, limit: page.limit, list: "notifications", key: \.cursorKey) { $0 }
        }
    }

    /// See ``NotificationStore/retryNotification(scope:id:at:)``.
    public func retryNotification(scope: CompanyScope, id: NotificationID, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("retry notification") { db in
            guard let company = try scope.row(db),
                let state = try db.first(NotificationQueries.state, [id.blob, company], { $0[0] as String })
            else { throw StoreError.notFound("notification") }
            guard state != NotificationState.delivered.rawValue else { throw StoreError.decided("notification") }
            try db.run(NotificationQueries.retry, [now.milliseconds, id.blob])
            try log.append(.notificationRetried, id.description, company: company, scope.companyID, db)
        }
    }

    /// See ``NotificationStore/claimNotifications(at:lease:limit:)``.
    public func claimNotifications(at now: Date, lease: Duration, limit: Int) async throws -> [ClaimedNotification] {
        let until = now.milliseconds + lease.milliseconds
        let companies = try await read("find notifications") { db in
            try db.rows(NotificationQueries.companies, [now.milliseconds]) { $0[0] as Int64 }
        }
        guard !companies.isEmpty else { return [] }
        let share = max(1, limit / companies.count)
        return try await write("claim notifications") { db in
            var claims: [ClaimedNotification] = []
            for company in companies.shuffled() where claims.count < limit {
                guard let id = try db.first(CatalogueQueries.companyByRow, [company], { try CompanyID(blob: $0[0]) })
                else { throw StoreError.failed("damaged notification") }
                let found = try db.rows(
                    NotificationQueries.due, ["company": company, "now": now.milliseconds, "limit": share]
                ) {
                    ($0[0] as Int64, try ClaimedNotification(row: $0, CompanyScope(companyID: id)))
                }
                for (row, claim) in found {
                    try db.run(NotificationQueries.claim, [until, row])
                    claims.append(claim)
                }
            }
            return claims
        }
    }

    /// See ``NotificationStore/finishNotification(_:_:at:)``.
    public func finishNotification(_ claim: ClaimedNotification, _ outcome: DeliveryOutcome, at now: Date) async throws
    {
        let columns = outcome.columns(at: now)
        try await write("finish notification") { db in
            guard let company = try claim.scope.row(db) else { return }
            try db.run(
                NotificationQueries.finish,
                [
                    "state": columns.state.rawValue, "due": columns.due.milliseconds, "failure": columns.failure,
                    "ended": columns.ended?.milliseconds, "uuid": claim.id.blob, "company": company,
                    "attempt": claim.attempt,
                ])
        }
    }

    /// See ``NotificationStore/deleteNotifications(before:limit:)``.
    public func deleteNotifications(before: Date, limit: Int) async throws -> Int {
        try await write("delete notifications") { db in
            try db.run(NotificationQueries.forget, [before.milliseconds, limit])
        }
    }
}

/// Writes into the outbox, in the transaction of the change it tells of.
enum Outbox {
    /// Notes findings that begin, for the endpoints that want to hear of them.
    ///
    /// - Parameter holders: Made only when there is an endpoint.
    static func record(
        company: Int64, at now: Date, _ db: Database, holders: () throws -> [Openings.Holder]
    ) throws {
        let filters = try db.rows(NotificationQueries.endpoints, [company]) { row in
            EndpointFilter(id: try EndpointID(blob: row[0]), minimumSeverity: row[4], exploitedOnly: row[5])
        }
        guard !filters.isEmpty else { return }
        let openings = Openings(try holders(), for: filters)
        let wanted = openings.vulnerabilities
        guard !wanted.isEmpty else { return }
        var names: [Int64: String] = [:]
        try db.forEach(NotificationQueries.names, [StoredJSON.array(wanted)]) { names[$0[0]] = $0[1] as String }
        for notice in try openings.notices(names, at: now) { try insert(notice, at: now, db) }
    }

    static func insert(_ notice: Notice, at now: Date, _ db: Database) throws {
        try db.run(
            NotificationQueries.insert,
            [
                "uuid": notice.id.blob, "endpoint": notice.endpoint.blob, "type": notice.type, "key": notice.key,
                "payload": notice.payload, "now": now.milliseconds,
            ])
    }
}

extension NotificationEndpoint {
    /// Reads the columns of ``NotificationQueries/endpoints``.
    fileprivate init(row: Row) throws {
        guard let kind = Kind(rawValue: row[1]) else { throw StoreError.failed("damaged endpoint") }
        let severity: Int = row[4]
        self.init(
            id: try EndpointID(blob: row[0]), kind: kind, target: row[2], label: row[3],
            minimumSeverity: severity == 0 ? nil : Severity(rank: severity), exploitedOnly: row[5], createdBy: row[6],
            createdAt: Date(milliseconds: row[7]))
    }
}

extension NotificationSummary {
    /// Reads the columns of ``NotificationQueries/page(_:hasCursor:)``.
    fileprivate init(row: Row) throws {
        guard let state = NotificationState(rawValue: row[3]) else {
            throw StoreError.failed("damaged notification")
        }
        let ended = (row[8] as Int64?).map { Date(milliseconds: $0) }
        self.init(
            id: try NotificationID(blob: row[0]), endpoint: try EndpointID(blob: row[1]), type: row[2], state: state,
            createdAt: Date(milliseconds: row[4]), attempts: row[5], dueAt: Date(milliseconds: row[6]), failure: row[7],
            deliveredAt: state == .delivered ? ended : nil)
    }
}

extension ClaimedNotification {
    /// Reads the columns of ``NotificationQueries/due`` after the first.
    fileprivate init(row: Row, _ scope: CompanyScope) throws {
        guard let kind = NotificationEndpoint.Kind(rawValue: row[3]) else {
            throw StoreError.failed("damaged endpoint")
        }
        self.init(
            id: try NotificationID(blob: row[1]), scope: scope, endpoint: try EndpointID(blob: row[2]), kind: kind,
            target: row[4], secret: [UInt8](row[5] as Data), payload: row[6], attempt: row[7])
    }
}
