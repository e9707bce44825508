import Foundation
import Matching
import PackageIdentity
import PostgreSQL
@_spi(Minting) import Stores

extension PostgresStore {
    /// See ``CatalogueStore/internPackages(_:at:)``.
    public func internPackages(_ purls: [PackageURL], at now: Date) async throws -> [PackageID] {
        let texts = purls.map(\.description)
        var rows = try await packageRows(texts)
        let missing = zip(purls, texts).filter { rows[$0.1] == nil }
        if !missing.isEmpty {
            let entries = Dictionary(missing.map { ($0.1, Self.entry($0.0, $0.1)) }) { first, _ in first }.values
            let now = now.inWholeMilliseconds
            try await Self.classifyingErrors("intern packages") {
                _ = try await self.run([], CatalogueQueries.insert(Array(entries), at: now), isRepeatable: true)
            }
            rows.merge(try await packageRows(missing.map(\.1))) { first, _ in first }
        }
        return try texts.map { text in
            guard let id = rows[text] else { throw StoreError.failed("intern packages: no row") }
            return PackageID(rawValue: id)
        }
    }

    private func packageRows(_ texts: [String]) async throws -> [String: Int64] {
        guard !texts.isEmpty else { return [:] }
        var rows: [String: Int64] = [:]
        try await read("find packages", CatalogueQueries.rows(texts)).forEach {
            rows[try $0.get(0)] = try $0.get(1, as: Int64.self)
        }
        return rows
    }

    private static func entry(_ purl: PackageURL, _ text: String) -> CatalogueQueries.Entry {
        let coordinates = purl.advisoryCoordinates
        return CatalogueQueries.Entry(
            purl: text, searchKey: purl.searchKey.storable, scope: coordinates?.scope.storable,
            name: coordinates?.name.storable)
    }

    /// See ``CatalogueStore/fetchUnevaluatedPackages(among:at:)``.
    public func fetchUnevaluatedPackages(among purls: [PackageURL], at now: Date) async throws -> [CataloguePackage] {
        // Should another server have taken over, which lacks some, applying the inventory finds that out.
        let known = evaluatedPackages.values(of: purls.map(\.description)).values
        let unknown = zip(purls, known).filter { $1 == nil }.map(\.0)
        guard !unknown.isEmpty else { return [] }
        let evaluated = try await findEvaluated(unknown)
        let left = unknown.filter { !evaluated.contains($0.description) }
        guard !left.isEmpty else { return [] }
        let ids = try await internPackages(left, at: now)
        return try await read("fetch unevaluated packages", CatalogueQueries.unevaluated(ids.map(\.rawValue).rows))
            .map { try CataloguePackage($0) }
    }

    /// Those of these package URLs that have verdicts; their rows are known then.
    private func findEvaluated(_ purls: [PackageURL]) async throws -> Set<String> {
        let statements = [.startOfServer, InventoryQueries.evaluated(purls.map(\.description))]
        let (server, found) = try KnownRows.answer(try await read("find packages with verdicts", statements))
        evaluatedPackages.insert(found, of: server)
        return Set(found.map(\.key))
    }

    /// See ``CatalogueStore/fetchPackages(named:after:limit:)``.
    public func fetchPackages(named names: [AdvisoryName], after: PackageID?, limit: Int) async throws
        -> [CataloguePackage]
    {
        try await read(
            "fetch packages by name", CatalogueQueries.named(names, after: after?.rawValue ?? 0, limit: limit)
        ).map { try CataloguePackage($0) }
    }

    /// See ``CatalogueStore/fetchAllPackages(after:limit:)``.
    public func fetchAllPackages(after: PackageID?, limit: Int) async throws -> [CataloguePackage] {
        try await read("fetch packages", CatalogueQueries.all(after: after?.rawValue ?? 0, limit: limit))
            .map { try CataloguePackage($0) }
    }

    /// See ``CatalogueStore/recordVerdicts(_:vulnerabilities:indexDigest:at:)``. A verdict stands on as long as its status does; one that
    /// turns from undetermined to affected appears anew. Verdicts that are neither are left out. A vulnerability that is named without a
    /// record, and unknown so far, is kept as one of unknown severity.
    public func recordVerdicts(
        _ verdicts: [PackageVerdicts], vulnerabilities: [VulnerabilityRecord], indexDigest: String, at now: Date
    ) async throws -> [CompanyScope: Event] {
        let now = now.inWholeMilliseconds
        do {
            try await recordNew(verdicts, vulnerabilities: vulnerabilities, indexDigest: indexDigest, at: now)
            return [:]
        } catch is SomebodyIsConcerned {}
        return try await write("record verdicts") { transaction in
            let scopes = try await Self.lockVerdicts(transaction)
            let rows = scopes.keys.sorted()
            _ = try await VulnerabilityUpdate(companies: rows, now: now, transaction: transaction)
                .run(vulnerabilities, inserting: true)
            let events = try await VerdictRecording(
                companies: rows, indexDigest: indexDigest, now: now, transaction: transaction
            ).run(verdicts)
            return Dictionary(
                events.compactMap { row, event in scopes[row].map { ($0, event) } }
            ) { first, _ in first }
        }
    }

    /// Records verdicts of packages that were never matched, which is what a processor does before it applies inventories with new
    /// packages. Nobody can have applied one of them, so others may go on applying theirs.
    ///
    /// - Throws: ``SomebodyIsConcerned`` when a package was matched before, or a severity moves.
    private func recordNew(
        _ verdicts: [PackageVerdicts], vulnerabilities: [VulnerabilityRecord], indexDigest: String, at now: Date
    ) async throws {
        let ids = Set(verdicts.map(\.package.rawValue)).sorted().rows
        try await write("record verdicts") { transaction in
            let locked = try await transaction.run([Lock.verdictsStand, CatalogueQueries.lockUnevaluated(ids)])
            guard locked[1].count == ids.count else { throw SomebodyIsConcerned() }
            let isAlone = try await VulnerabilityUpdate(companies: nil, now: now, transaction: transaction)
                .run(vulnerabilities, inserting: true)
            guard isAlone else { throw SomebodyIsConcerned() }
            _ = try await VerdictRecording(companies: [], indexDigest: indexDigest, now: now, transaction: transaction)
                .run(verdicts)
        }
    }

    /// See ``CatalogueStore/updateVulnerabilities(_:at:)``.
    public func updateVulnerabilities(_ records: [VulnerabilityRecord], at now: Date) async throws {
        let now = now.inWholeMilliseconds
        try await write("update vulnerabilities") { transaction in
            let companies = try await Self.lockVerdicts(transaction).keys.sorted()
            _ = try await VulnerabilityUpdate(companies: companies, now: now, transaction: transaction)
                .run(records, inserting: false)
        }
    }

    /// Keeps others from changing verdicts and from applying inventories, and answers the companies there are then: one that comes later
    /// has nothing applied before this ends.
    private static func lockVerdicts(_ transaction: PostgresTransaction) async throws -> [Int32: CompanyScope] {
        let rows = try await transaction.run([Lock.verdictsChange, .installation, CompanyQueries.all])[2]
        var scopes: [Int32: CompanyScope] = [:]
        try rows.forEach { scopes[try $0.get(0)] = CompanyScope(companyID: CompanyID(uuid: try $0.get(1))) }
        return scopes
    }

    /// See ``CatalogueStore/fetchVerdictBasis()``.
    public func fetchVerdictBasis() async throws -> String? {
        try await read("fetch verdict basis", CatalogueQueries.verdictBasis).first?.get(0)
    }

    /// See ``CatalogueStore/setVerdictBasis(_:at:)``.
    public func setVerdictBasis(_ basis: String, at now: Date) async throws {
        try await Self.classifyingErrors("set verdict basis") {
            _ = try await self.run([], CatalogueQueries.setVerdictBasis(basis), isRepeatable: true)
        }
    }
}

extension CataloguePackage {
    /// Reads id and purl.
    fileprivate init(_ row: PostgresRow) throws {
        self.init(id: PackageID(rawValue: try row.get(0)), purl: try PackageURL(stored: try row.get(1)))
    }
}
