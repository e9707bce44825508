import Foundation
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``CompanyStore/insertCompany(named:at:)``.
    public func insertCompany(named name: String, at now: Date) async throws -> Company {
        let company = Company(id: CompanyID(), name: name.storable, createdAt: now.inWholeMilliseconds)
        let log = AuditLog(at: now)
        return try await write("insert company") { transaction in
            let inserted = try await transaction.run([.installation, CompanyQueries.insert(company)])[1]
            guard let row = try inserted.first?.get(0, as: Int32.self) else {
                throw StoreError.alreadyExists("company")
            }
            try await transaction.run([.company(row), CompanyQueries.insertTotals(row)])
            try await log.append(
                .companyCreated, company.id.description, ["name": company.name], company: row, company.id, transaction)
            return company
        }
    }

    /// See ``CompanyStore/fetchCompany(named:)``.
    public func fetchCompany(named name: String) async throws -> Company? {
        try await fetchCompanyRows(CompanyQueries.byName(name)).first?.company
    }

    /// See ``CompanyStore/fetchCompanies()``.
    public func fetchCompanies() async throws -> [Company] {
        try await fetchCompanyRows(CompanyQueries.all).map(\.company)
    }
}
