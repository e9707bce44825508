import Foundation
import PostgreSQL
import Scoring
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``NotificationStore/insertEndpoint(scope:_:by:at:)``.
    public func insertEndpoint(scope: CompanyScope, _ draft: EndpointDraft, by userID: UserID, at now: Date)
        async throws -> NotificationEndpoint
    {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("user") }
        return try await write("insert endpoint", company: company) { transaction in
            // Under the company's lock, so that those who make one at once do not pass the limit together.
            let results = try await transaction.run([
                Lock.company(company), UserQueries.byID(userID, company: company),
                NotificationQueries.endpoints(company: company),
            ])
            guard let name = try results[1].first?.get(2, as: String.self) else { throw StoreError.notFound("user") }
            guard results[2].count < NotificationLimits.endpoints else { throw StoreError.limitReached("endpoints") }
            let made = NotificationEndpoint(draft, by: name, at: now)
            try await transaction.query(NotificationQueries.insert(made, secret: draft.secret, company: company))
            try await log.append(
                .endpointCreated, made.id.description, made.auditDetails, company: company, scope.companyID,
                transaction)
            return made
        }
    }

    /// See ``NotificationStore/fetchEndpoints(scope:)``.
    public func fetchEndpoints(scope: CompanyScope) async throws -> [NotificationEndpoint] {
        guard let company = try await row(scope) else { return [] }
        return try await read("fetch endpoints", company: company, NotificationQueries.endpoints(company: company))
            .map { try NotificationEndpoint($0) }
    }

    /// See ``NotificationStore/deleteEndpoint(scope:id:at:)``.
    public func deleteEndpoint(scope: CompanyScope, id: EndpointID, at now: Date) async throws {
        try await change("delete endpoint", scope, id, .endpointDeleted, at: now) { transaction, company in
            try await transaction.query(NotificationQueries.delete(id, company: company))
        }
    }

    /// See ``NotificationStore/insertTestNotification(scope:endpoint:at:)``.
    public func insertTestNotification(scope: CompanyScope, endpoint id: EndpointID, at now: Date) async throws
        -> NotificationID
    {
        let notice = try Notice(testOf: id, at: now)
        try await change("insert test notification", scope, id, .endpointTested, at: now) { transaction, company in
            try await transaction.query(NotificationQueries.insert([notice], company: company, at: now))
        }
        return notice.id
    }

    private func change(
        _ operation: String, _ scope: CompanyScope, _ id: EndpointID, _ action: AuditAction, at now: Date,
        _ body: @Sendable (PostgresTransaction, Int32) async throws -> Void
    ) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("endpoint") }
        try await write(operation, company: company) { transaction in
            let held = try await transaction.query(NotificationQueries.lockEndpoint(id, company: company))
            guard let known = try held.first.map({ try NotificationEndpoint($0) }) else {
                throw StoreError.notFound("endpoint")
            }
            try await body(transaction, company)
            try await log.append(
                action, id.description, known.auditDetails, company: company, scope.companyID, transaction)
        }
    }

    /// See ``NotificationStore/replaceSecrets(_:)``.
    public func replaceSecrets(_ change: @escaping @Sendable (CompanyScope, [UInt8]) throws -> [UInt8]?) async throws
        -> Int
    {
        var replaced = 0
        for company in try await fetchCompanyRows(CompanyQueries.all) {
            let scope = CompanyScope(companyID: company.company.id)
            replaced += try await write("replace secrets", company: company.row) { transaction in
                let stored = try await transaction.query(NotificationQueries.lockSecrets(company: company.row)).map {
                    (id: EndpointID(uuid: try $0.get(0)), secret: [UInt8](try $0.get(1, as: Data.self)))
                }
                var count = 0
                for endpoint in stored {
                    guard let secret = try change(scope, endpoint.secret) else { continue }
                    try await transaction.query(
                        NotificationQueries.setSecret(endpoint.id, secret, company: company.row))
                    count += 1
                }
                return count
            }
        }
        return replaced
    }

    /// See ``NotificationStore/recordSilences(lastSeen:limit:at:)``.
    public func recordSilences(lastSeen: Range<Date>, limit: Int, at now: Date) async throws -> Int {
        var recorded = 0
        for company in try await fetchCompanyRows(CompanyQueries.all) {
            recorded += try await write("record silences", company: company.row) { transaction in
                let endpoints = try await transaction.query(NotificationQueries.endpoints(company: company.row))
                    .map { EndpointID(uuid: try $0.get(0)) }
                var notices: [Notice] = []
                for endpoint in endpoints {
                    notices += try await transaction.query(
                        NotificationQueries.silent(
                            company: company.row, endpoint: endpoint, lastSeen: lastSeen, limit: limit)
                    ).map {
                        try Notice(
                            to: endpoint, silent: AgentID(uuid: try $0.get(0)), hostname: try $0.get(1),
                            lastSeen: try $0.get(2), at: now)
                    }
                }
                guard !notices.isEmpty else { return 0 }
                return try await transaction.query(
                    NotificationQueries.insert(notices, company: company.row, at: now)
                ).affectedRows
            }
        }
        return recorded
    }

    /// See ``NotificationStore/fetchNotifications(scope:query:page:)``.
    public func fetchNotifications(scope: CompanyScope, query: NotificationQuery, page: PageRequest) async throws
        -> Page<NotificationSummary>
    {
        let cursor = try PageCursor<NumberKey>.key(page.cursor, list: "notifications")
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let statement = try NotificationQueries.page(company: company, query, after: cursor, limit: page.limit + 1)
        let rows = try await read("fetch notifications", company: company, statement).map {
            try NotificationSummary($0)
        }
        return try Page(rows: rows, limit: page.limit, list: "notifications", key: \.cursorKey) { $0 }
    }

    /// See ``NotificationStore/retryNotification(scope:id:at:)``.
    public func retryNotification(scope: CompanyScope, id: NotificationID, at now: Date) async throws {
        let log = AuditLog(at: now)
        guard let company = try await row(scope) else { throw StoreError.notFound("notification") }
        try await write("retry notification", company: company) { transaction in
            let held = try await transaction.query(NotificationQueries.lock(id, company: company))
            guard let state = try held.first?.get(0, as: String.self) else {
                throw StoreError.notFound("notification")
            }
            guard state != NotificationState.delivered.rawValue else { throw StoreError.decided("notification") }
            try await transaction.query(NotificationQueries.retry(id, company: company, at: now))
            try await log.append(
                .notificationRetried, id.description, company: company, scope.companyID, transaction)
        }
    }

    /// See ``NotificationStore/claimNotifications(at:lease:limit:)``.
    public func claimNotifications(at now: Date, lease: Duration, limit: Int) async throws -> [ClaimedNotification] {
        let until = Date(milliseconds: now.milliseconds + lease.milliseconds)
        let companies = try await Self.classifyingErrors("find notifications") {
            try await self.run([.installation], NotificationQueries.companies(at: now), isRepeatable: true)
        }.map { try $0.get(0, as: Int32.self) }
        guard !companies.isEmpty else { return [] }
        let share = max(1, limit / companies.count)
        var claims: [ClaimedNotification] = []
        for row in companies.shuffled() where claims.count < limit {
            let scope = CompanyScope(companyID: try await company(row).id)
            claims += try await write("claim notifications", company: row) { transaction in
                try await transaction.query(
                    NotificationQueries.claim(company: row, at: now, until: until, limit: share)
                ).map { try ClaimedNotification($0, scope) }
            }
        }
        return claims
    }

    /// See ``NotificationStore/finishNotification(_:_:at:)``.
    public func finishNotification(_ claim: ClaimedNotification, _ outcome: DeliveryOutcome, at now: Date) async throws
    {
        guard let company = try await row(claim.scope) else { return }
        try await write("finish notification", company: company) { transaction in
            _ = try await transaction.query(
                NotificationQueries.finish(claim, outcome, company: company, at: now))
        }
    }

    /// See ``NotificationStore/deleteNotifications(before:limit:)``.
    public func deleteNotifications(before: Date, limit: Int) async throws -> Int {
        var deleted = 0
        for company in try await fetchCompanyRows(CompanyQueries.all) {
            deleted += try await write("delete notifications", company: company.row) { transaction in
                try await transaction.query(
                    NotificationQueries.forget(company: company.row, before: before, limit: limit)
                ).affectedRows
            }
        }
        return deleted
    }
}

/// Writes into the outbox, in the transaction of the change it tells of.
enum Outbox {
    /// Notes findings that begin, for the endpoints that want to hear of them.
    ///
    /// - Parameter holders: Asked only when there is an endpoint.
    static func record(
        company: Int32, at now: Date, _ transaction: PostgresTransaction,
        holders: () async throws -> [Openings.Holder]
    ) async throws {
        let filters = try await transaction.query(NotificationQueries.endpoints(company: company)).map { row in
            EndpointFilter(
                id: EndpointID(uuid: try row.get(0)), minimumSeverity: try row.get(4), exploitedOnly: try row.get(5))
        }
        guard !filters.isEmpty else { return }
        let openings = Openings(try await holders(), for: filters)
        let wanted = openings.vulnerabilities
        guard !wanted.isEmpty else { return }
        var names: [Int64: String] = [:]
        try await transaction.query(NotificationQueries.names(wanted)).forEach {
            names[try $0.get(0, as: Int64.self)] = try $0.get(1, as: String.self)
        }
        let notices = try openings.notices(names, at: now)
        try await transaction.query(NotificationQueries.insert(notices, company: company, at: now))
    }
}

extension NotificationEndpoint {
    /// Reads the columns of ``NotificationQueries/endpoints(company:)``.
    fileprivate init(_ row: PostgresRow) throws {
        guard let kind = Kind(rawValue: try row.get(1)) else { throw StoreError.failed("damaged endpoint") }
        let severity = try row.get(4, as: Int.self)
        self.init(
            id: EndpointID(uuid: try row.get(0)), kind: kind, target: try row.get(2), label: try row.get(3),
            minimumSeverity: severity == 0 ? nil : Severity(rank: severity), exploitedOnly: try row.get(5),
            createdBy: try row.get(6), createdAt: try row.get(7))
    }
}

extension NotificationSummary {
    /// Reads the columns of ``NotificationQueries/page(company:_:after:limit:)``.
    fileprivate init(_ row: PostgresRow) throws {
        guard let state = NotificationState(rawValue: try row.get(3)) else {
            throw StoreError.failed("damaged notification")
        }
        self.init(
            id: NotificationID(uuid: try row.get(0)), endpoint: EndpointID(uuid: try row.get(1)), type: try row.get(2),
            state: state, createdAt: try row.get(4), attempts: try row.get(5), dueAt: try row.get(6),
            failure: try row.get(7), deliveredAt: state == .delivered ? try row.get(8, as: Date?.self) : nil)
    }
}

extension ClaimedNotification {
    /// Reads the columns of ``NotificationQueries/claim(company:at:until:limit:)``.
    fileprivate init(_ row: PostgresRow, _ scope: CompanyScope) throws {
        guard let kind = NotificationEndpoint.Kind(rawValue: try row.get(2)) else {
            throw StoreError.failed("damaged endpoint")
        }
        self.init(
            id: NotificationID(uuid: try row.get(0)), scope: scope, endpoint: EndpointID(uuid: try row.get(1)),
            kind: kind, target: try row.get(3), secret: [UInt8](try row.get(4, as: Data.self)),
            payload: try row.get(5), attempt: try row.get(6))
    }
}
