import Foundation
import GRDB
import Matching
import PackageIdentity
@_spi(Minting) import Stores

extension SQLiteStore {
    /// See ``CatalogueStore/internPackages(_:at:)``.
    public func internPackages(_ purls: [PackageURL], at now: Date) async throws -> [PackageID] {
        let texts = purls.map(\.description)
        let known = try await read("find packages") { db in try Self.packageRows(texts, db) }
        let missing = zip(purls, texts).filter { known[$0.1] == nil }
        let rows =
            missing.isEmpty
            ? known
            : try await write("intern packages") { db in
                for (purl, text) in missing { try Self.insert(purl, text, at: now, db) }
                return try Self.packageRows(texts, db)
            }
        return try texts.map { text in
            guard let id = rows[text] else { throw StoreError.failed("intern packages: no row") }
            return PackageID(rawValue: id)
        }
    }

    private static func packageRows(_ texts: [String], _ db: Database) throws -> [String: Int64] {
        var rows: [String: Int64] = [:]
        try db.forEach(CatalogueQueries.rowsByPURL, [try StoredJSON.encode(texts)]) { rows[$0[0]] = $0[1] }
        return rows
    }

    private static func insert(_ purl: PackageURL, _ text: String, at now: Date, _ db: Database) throws {
        let coordinates = purl.advisoryCoordinates
        try db.run(
            CatalogueQueries.insertPackage,
            [
                "purl": text, "search": purl.searchKey, "scope": coordinates?.scope,
                "name": coordinates?.name, "now": now.milliseconds,
            ])
    }

    /// See ``CatalogueStore/fetchUnevaluatedPackages(among:at:)``.
    public func fetchUnevaluatedPackages(among purls: [PackageURL], at now: Date) async throws -> [CataloguePackage] {
        let ids = Set(try await internPackages(purls, at: now).map(\.rawValue))
        let wanted = StoredJSON.array(ids.sorted())
        return try await read("fetch unevaluated packages") { db in
            try db.rows(CatalogueQueries.unevaluated, [wanted]) { try CataloguePackage(row: $0) }
        }
    }

    /// See ``CatalogueStore/fetchPackages(named:after:limit:)``.
    public func fetchPackages(named names: [AdvisoryName], after: PackageID?, limit: Int) async throws
        -> [CataloguePackage]
    {
        let wanted = try StoredJSON.encode(names.map { [$0.scope, $0.name] })
        return try await read("fetch packages by name") { db in
            try db.rows(
                CatalogueQueries.packagesByName,
                ["names": wanted, "after": after?.rawValue ?? 0, "limit": max(0, limit)]
            ) { try CataloguePackage(row: $0) }
        }
    }

    /// See ``CatalogueStore/fetchAllPackages(after:limit:)``.
    public func fetchAllPackages(after: PackageID?, limit: Int) async throws -> [CataloguePackage] {
        try await read("fetch packages") { db in
            try db.rows(CatalogueQueries.allPackages, [after?.rawValue ?? 0, max(0, limit)]) {
                try CataloguePackage(row: $0)
            }
        }
    }

    /// See ``CatalogueStore/recordVerdicts(_:vulnerabilities:indexDigest:at:)``. A verdict stands on as long as its status does; one that
    /// turns from undetermined to affected appears anew. Verdicts that are neither are left out. A vulnerability that is named without a
    /// record, and unknown so far, is kept as one of unknown severity.
    public func recordVerdicts(
        _ verdicts: [PackageVerdicts], vulnerabilities: [VulnerabilityRecord], indexDigest: String, at now: Date
    ) async throws -> [CompanyScope: Event] {
        try await write("record verdicts") { db in
            try VulnerabilityUpdate.run(vulnerabilities, inserting: true, at: now, db)
            return try VerdictRecording(indexDigest: indexDigest, now: now).run(verdicts, db)
        }
    }

    /// See ``CatalogueStore/updateVulnerabilities(_:at:)``.
    public func updateVulnerabilities(_ records: [VulnerabilityRecord], at now: Date) async throws {
        try await write("update vulnerabilities") { db in
            try VulnerabilityUpdate.run(records, inserting: false, at: now, db)
        }
    }

    /// See ``CatalogueStore/fetchVerdictBasis()``.
    public func fetchVerdictBasis() async throws -> String? {
        try await read("fetch index digest") { db in try db.first(CatalogueQueries.verdictBasis) { $0[0] } }
    }

    /// See ``CatalogueStore/setVerdictBasis(_:at:)``.
    public func setVerdictBasis(_ basis: String, at now: Date) async throws {
        try await write("set index digest") { db in
            _ = try db.run(CatalogueQueries.setVerdictBasis, [basis])
        }
    }
}

extension CataloguePackage {
    fileprivate init(row: Row) throws {
        self.init(id: PackageID(rawValue: row[0]), purl: try PackageURL(stored: row[1]))
    }
}
