import Foundation
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``AuditStore/appendAudit(scope:_:subject:details:at:)``.
    public func appendAudit(
        scope: CompanyScope, _ action: AuditAction, subject: String?, details: [String: String], at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        let company = try await existingRow(scope)
        try await write("append to audit log", company: company) { transaction in
            try await log.append(
                action, subject, details, company: company, scope.companyID, transaction)
        }
    }

    /// See ``AuditStore/fetchAudit(scope:query:page:)``.
    public func fetchAudit(scope: CompanyScope, query: AuditQuery, page: PageRequest) async throws -> Page<AuditEntry> {
        let list = query.cursorList
        let after: Int64? = try PageCursor.key(page.cursor, list: list)
        guard let company = try await row(scope) else { return Page(items: [], nextCursor: nil) }
        let result = try await read(
            "fetch audit log", company: company,
            AuditQueries.page(company: company, query, after: after, limit: page.limit + 1))
        let rows = try result.map { try AuditEntry($0) }
        return try Page(rows: rows, limit: page.limit, list: list, key: \.sequence) { $0 }
    }
}

/// Writes entries in the transaction of the change they tell of. Made before the transaction begins, where the task still knows on whose
/// behalf it runs.
struct AuditLog: Sendable {
    private let context = AuditContext.current
    private let now: Date

    init(at now: Date) { self.now = now }

    /// Last in its transaction: nobody else appends to the company's log until that ends.
    ///
    /// - Parameter actor: Who, when the change itself shows it.
    func append(
        _ action: AuditAction, _ subject: String?, _ details: [String: String] = [:], by actor: AuditActor? = nil,
        company: Int32, _ id: CompanyID, _ transaction: PostgresTransaction
    ) async throws {
        var context = context
        if let actor { context.actor = actor }
        if let known = context.actor.unnamedUser {
            let login = try await transaction.query(UserQueries.byID(known, company: company)).first
            context.actor = AuditActor(.person, id: known.description, name: try login?.get(2, as: String.self))
        }
        let results = try await transaction.run([
            AuditQueries.makeHead(company: company), AuditQueries.lockHead(company: company),
        ])
        let entry = try AuditChain.entry(
            after: try Self.head(results[1]), company: id, context: context, action: action, subject: subject,
            details: details, at: now)
        try await transaction.run([
            try AuditQueries.insert(entry, company: company), AuditQueries.setHead(entry, company: company),
        ])
    }

    private static func head(_ result: PostgresResult) throws -> (sequence: Int64, hash: [UInt8])? {
        try result.first.map { (try $0.get(0), [UInt8](try $0.get(1, as: Data.self))) }
    }

    /// What is wrong with a company's log.
    static func differences(
        company: Int32, _ id: CompanyID, _ transaction: PostgresTransaction
    ) async throws -> [String] {
        var check = AuditCheck(company: id)
        var query = AuditQuery()
        query.isOldestFirst = true
        var last: Int64 = 0
        while true {
            let rows = try await transaction.query(
                AuditQueries.page(company: company, query, after: last, limit: 10_000)
            ).map { try AuditEntry($0) }
            for entry in rows { try check.add(entry) }
            guard let end = rows.last else { break }
            last = end.sequence
        }
        check.end(at: try head(try await transaction.query(AuditQueries.head(company: company))))
        return check.differences
    }
}

extension AuditEntry {
    /// Reads the columns of ``AuditQueries/page(company:_:after:limit:)``.
    fileprivate init(_ row: PostgresRow) throws {
        guard let kind = AuditActor.Kind(rawValue: try row.get(2)) else {
            throw StoreError.failed("damaged audit log")
        }
        self.init(
            sequence: try row.get(0), at: try row.get(1),
            context: AuditContext(
                actor: AuditActor(kind, id: try row.get(3), name: try row.get(4)), address: try row.get(8),
                requestID: try row.get(9)),
            action: try row.get(5), subject: try row.get(6),
            details: try StoredJSON.decode([String: String].self, try row.get(7)),
            previous: [UInt8](try row.get(10, as: Data.self)), hash: [UInt8](try row.get(11, as: Data.self)))
    }
}
