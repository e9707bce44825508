import Foundation
import GRDB
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``CompanyStore/insertCompany(named:at:)``.
    public func insertCompany(named name: String, at now: Date) async throws -> Company {
        let company = Company(id: CompanyID(), name: name, createdAt: Date(milliseconds: now.milliseconds))
        let log = AuditLog(at: now)
        return try await write("insert company") { db in
            let inserted = try db.run(
                AccountQueries.insertCompany,
                ["uuid": company.id.blob, "name": name, "key": name.lowercased(), "now": now.milliseconds])
            guard inserted == 1 else { throw StoreError.alreadyExists("company") }
            try log.append(
                .companyCreated, company.id.description, ["name": name], company: db.lastInsertedRowID, company.id, db)
            return company
        }
    }

    /// See ``CompanyStore/fetchCompany(named:)``.
    public func fetchCompany(named name: String) async throws -> Company? {
        try await read("fetch company") { db in
            try db.first(AccountQueries.companyByName, [name.lowercased()]) { try Company(row: $0) }
        }
    }

    /// See ``CompanyStore/fetchCompanies()``.
    public func fetchCompanies() async throws -> [Company] {
        try await read("fetch companies") { db in
            try db.rows(AccountQueries.companies) { try Company(row: $0) }
        }
    }
}

extension Company {
    /// Reads uuid, name and created_at from three columns in a row.
    init(row: Row, at first: Int = 0) throws {
        self.init(
            id: try CompanyID(blob: row[first]), name: row[first + 1], createdAt: Date(milliseconds: row[first + 2]))
    }
}

extension CompanyScope {
    /// The row of the company; `nil` when there is none.
    func row(_ db: Database) throws -> Int64? {
        try db.first(AccountQueries.companyRow, [companyID.blob]) { $0[0] }
    }

    /// The row of the company.
    /// - Throws: ``StoreError/notFound(_:)``.
    func existingRow(_ db: Database) throws -> Int64 {
        guard let row = try row(db) else { throw StoreError.notFound("company") }
        return row
    }
}
