import Foundation
import GRDB
import Stores

extension SQLiteStore {
    /// See ``RetentionStore/fetchRetentionPolicy(scope:)``.
    public func fetchRetentionPolicy(scope: CompanyScope) async throws -> RetentionPolicy {
        try await read("fetch retention policy") { db in
            guard let company = try scope.row(db) else { return RetentionPolicy() }
            let days = try db.first(EventQueries.retention, [company]) { $0[0] as Int? }
            return RetentionPolicy(eventDays: days ?? nil)
        }
    }

    /// See ``RetentionStore/setRetentionPolicy(scope:_:at:)``.
    public func setRetentionPolicy(scope: CompanyScope, _ policy: RetentionPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        try await write("set retention policy") { db in
            let company = try scope.existingRow(db)
            try db.run(EventQueries.setRetention, [company, policy.eventDays])
            try log.append(.retentionChanged, nil, policy.auditDetails, company: company, scope.companyID, db)
        }
    }

    /// See ``RetentionStore/deleteEvents(scope:through:)``.
    public func deleteEvents(scope: CompanyScope, through id: EventID) async throws -> Int {
        try await write("delete events") { db in
            guard let company = try scope.row(db) else { return 0 }
            try db.run(EventQueries.delete, ["company": company, "id": id.rawValue])
            return db.changesCount
        }
    }
}
