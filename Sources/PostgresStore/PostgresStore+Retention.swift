import Foundation
import PostgreSQL
import Stores

extension PostgresStore {
    /// See ``RetentionStore/fetchRetentionPolicy(scope:)``.
    public func fetchRetentionPolicy(scope: CompanyScope) async throws -> RetentionPolicy {
        guard let company = try await row(scope) else { return RetentionPolicy() }
        let found = try await read(
            "fetch retention policy", company: company, EventQueries.retention(company: company))
        return RetentionPolicy(eventDays: try found.first?.get(0, as: Int?.self))
    }

    /// See ``RetentionStore/setRetentionPolicy(scope:_:at:)``.
    public func setRetentionPolicy(scope: CompanyScope, _ policy: RetentionPolicy, at now: Date) async throws {
        let log = AuditLog(at: now)
        let company = try await existingRow(scope)
        try await write("set retention policy", company: company) { transaction in
            try await transaction.query(EventQueries.setRetention(policy, company: company))
            try await log.append(
                .retentionChanged, nil, policy.auditDetails, company: company, scope.companyID, transaction)
        }
    }

    /// See ``RetentionStore/deleteEvents(scope:through:)``. Without the company's lock: nobody writes events that are old.
    public func deleteEvents(scope: CompanyScope, through id: EventID) async throws -> Int {
        guard let company = try await row(scope) else { return 0 }
        return try await write("delete events", company: company) { transaction in
            try await transaction.query(EventQueries.delete(company: company, through: id)).map { _ in 1 }.count
        }
    }
}
