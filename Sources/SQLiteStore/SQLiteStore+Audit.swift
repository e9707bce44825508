import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// See ``AuditStore/appendAudit(scope:_:subject:details:at:)``.
    public func appendAudit(
        scope: CompanyScope, _ action: AuditAction, subject: String?, details: [String: String], at now: Date
    ) async throws {
        let log = AuditLog(at: now)
        try await write("append to audit log") { db in
            try log.append(action, subject, details, company: try scope.existingRow(db), scope.companyID, db)
        }
    }

    /// See ``AuditStore/fetchAudit(scope:query:page:)``.
    public func fetchAudit(scope: CompanyScope, query: AuditQuery, page: PageRequest) async throws -> Page<AuditEntry> {
        let list = query.cursorList
        let after: Int64? = try PageCursor.key(page.cursor, list: list)
        return try await read("fetch audit log") { db in
            guard let company = try scope.row(db) else { return Page(items: [], nextCursor: nil) }
            var arguments: StatementArguments = ["company": company, "limit": page.limit + 1]
            if let action = query.action { arguments += ["action": action] }
            if let actor = query.actor { arguments += ["actor": actor] }
            if let subject = query.subject { arguments += ["subject": subject] }
            if let from = query.from { arguments += ["from": from.milliseconds] }
            if let until = query.until { arguments += ["until": until.milliseconds] }
            if let after { arguments += ["after": after] }
            let rows = try db.rows(AuditQueries.page(query, hasCursor: after != nil), arguments) {
                try AuditEntry(row: $0)
            }
            return try Page(rows: rows, limit: page.limit, list: list, key: \.sequence) { $0 }
        }
    }
}

/// Writes entries in the transaction of the change they tell of. Made before the transaction begins, where the task still knows on whose
/// behalf it runs.
struct AuditLog: Sendable {
    private let context = AuditContext.current
    private let now: Date

    init(at now: Date) { self.now = now }

    /// - Parameter actor: Who, when the change itself shows it.
    func append(
        _ action: AuditAction, _ subject: String?, _ details: [String: String] = [:], by actor: AuditActor? = nil,
        company: Int64, _ id: CompanyID, _ db: Database
    ) throws {
        var context = context
        if let actor { context.actor = actor }
        if let known = context.actor.unnamedUser {
            let name = try db.first(AccountQueries.userName, [known.blob, company]) { $0[0] as String }
            context.actor = AuditActor(.person, id: known.description, name: name)
        }
        let entry = try AuditChain.entry(
            after: try AuditLog.head(company: company, db), company: id, context: context, action: action,
            subject: subject, details: details, at: now)
        try db.run(
            AuditQueries.insert,
            [
                company, entry.sequence, entry.at.milliseconds, entry.context.actor.kind.rawValue,
                entry.context.actor.id, entry.context.actor.name, entry.action, entry.subject,
                try StoredJSON.encode(entry.details), entry.context.address, entry.context.requestID,
                Data(entry.previous), Data(entry.hash),
            ])
        try db.run(AuditQueries.setHead, [company, entry.sequence, Data(entry.hash)])
    }

    /// The last entry that was written.
    private static func head(company: Int64, _ db: Database) throws -> (sequence: Int64, hash: [UInt8])? {
        try db.first(AuditQueries.head, [company]) { ($0[0], [UInt8]($0[1] as Data)) }
    }

    /// What is wrong with a company's log.
    static func differences(company: Int64, _ id: CompanyID, _ db: Database) throws -> [String] {
        var check = AuditCheck(company: id)
        var query = AuditQuery()
        query.isOldestFirst = true
        try db.forEach(
            AuditQueries.page(query, hasCursor: false), ["company": company, "limit": Int64.max]
        ) { try check.add(try AuditEntry(row: $0)) }
        check.end(at: try head(company: company, db))
        return check.differences
    }
}

extension AuditEntry {
    /// Reads the columns of ``AuditQueries/page(_:hasCursor:)``.
    fileprivate init(row: Row) throws {
        guard let kind = AuditActor.Kind(rawValue: row[2]) else { throw StoreError.failed("damaged audit log") }
        self.init(
            sequence: row[0], at: Date(milliseconds: row[1]),
            context: AuditContext(
                actor: AuditActor(kind, id: row[3], name: row[4]), address: row[8], requestID: row[9]),
            action: row[5], subject: row[6], details: try StoredJSON.decode([String: String].self, row[7]),
            previous: [UInt8](row[10] as Data), hash: [UInt8](row[11] as Data))
    }
}
