import Foundation
import Inventory
import Metrics
import PackageIdentity
import PostgreSQL
@_spi(Minting) import Stores
import Synchronization

/// The store in a PostgreSQL database, for any number of processes.
///
/// Every transaction names its company in `zerotrace.company`, on which row level security rests; the setting ends with the transaction.
/// What changes a company's derived data holds the company's lock, and what changes verdicts the catalogue's (see ``Lock``).
public final class PostgresStore: Store {
    let client: PostgresClient
    private let replicas: ReplicaReads
    /// Rows of package versions that have verdicts, by canonical package URL.
    let evaluatedPackages = KnownRows<String, Int64>()
    /// Package versions of uploads that were read.
    let knownPackages = KnownPackages()
    /// Package versions by row.
    let packages = KnownRows<Int64, PackageURL>()
    /// Companies never change and never go.
    private let companies = Mutex(Directory())

    private struct Directory {
        var byRow: [Int32: Company] = [:]
        var rows: [CompanyID: Int32] = [:]
    }

    private init(_ client: PostgresClient, staleness: Duration) {
        self.client = client
        replicas = ReplicaReads(client, staleness: staleness)
    }

    /// Brings the database up to date, or makes everything in an empty one. Needs a role that may create tables, and roles unless the
    /// application's exists. One at a time: others wait.
    ///
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, ``StoreError/unavailable(_:)``.
    public static func migrate(_ settings: DatabaseSettings) async throws {
        try await migrate(settings, Migrations.bundled)
    }

    static func migrate(_ settings: DatabaseSettings, _ migrations: Migrations) async throws {
        try await classifyingErrors("migrate") {
            var configuration = settings.client
            configuration.applicationName = migrations.applicationName
            let client = try PostgresClient(configuration)
            defer { client.shutDown() }
            try await client.withDedicatedSession { try migrations.run($0, role: settings.role) }
        }
    }

    /// How far the database is; changes nothing in it.
    ///
    /// - Throws: ``StoreError/unavailable(_:)``.
    public static func migrationStatus(_ settings: DatabaseSettings) async throws -> MigrationStatus {
        try await classifyingErrors("read migrations") {
            var configuration = settings.client
            configuration.applicationName = Migrations.bundled.applicationName
            let client = try PostgresClient(configuration)
            defer { client.shutDown() }
            return try await client.withDedicatedSession { try Migrations.bundled.status($0) }
        }
    }

    /// Opens the store; the database must be migrated.
    ///
    /// - Throws: ``StoreError/databaseTooNew(found:supported:)``, ``StoreError/unavailable(_:)``.
    public static func open(_ settings: DatabaseSettings) async throws -> PostgresStore {
        try await open(settings, Migrations.bundled)
    }

    static func open(_ settings: DatabaseSettings, _ migrations: Migrations) async throws -> PostgresStore {
        try await classifyingErrors("open") {
            var configuration = settings.client
            configuration.role = settings.role
            // By which a migration knows who is still connected.
            configuration.applicationName = migrations.applicationName
            // A page somewhere costs hardly more than the next one, on the disks and caches of today. With the server's default of four, a
            // thousand packages are looked up by reading the whole catalogue.
            configuration.settings["random_page_cost"] = "1.1"
            let client = try PostgresClient(configuration) { answered in
                Counter(
                    label: "zerotrace_database_reads_that_may_lag",
                    dimensions: [("server", answered ? "replica" : "primary")]
                ).increment()
            }
            do { try await migrations.checkUsable(client) } catch {
                client.shutDown()
                throw error
            }
            return PostgresStore(client, staleness: settings.replicaStaleness)
        }
    }

    /// Closes all connections. Calls under way fail, and later ones.
    public func close() { client.shutDown() }

    /// Answers when the database takes writes.
    /// - Throws: ``StoreError/unavailable(_:)``.
    public func checkHealth() async throws {
        try await Self.classifyingErrors("check health") {
            let statement = PostgresStatement("select pg_is_in_recovery(), exists (select from meta)")
            let results = try await client.run([statement], timeout: .seconds(5), isRepeatable: true)
            if try results.first?.first?.get(0, as: Bool.self) == true {
                throw StoreError.unavailable("check health: standby")
            }
        }
    }

    // MARK: - Ways in

    /// Runs one statement for a company, or without one; it changes nothing.
    func read(_ operation: String, company: Int32? = nil, _ statement: PostgresStatement) async throws -> PostgresResult
    {
        guard let last = try await read(operation, company: company, [statement]).last else {
            throw StoreError.failed("\(operation): no row")
        }
        return last
    }

    /// Runs statements for a company, or without one, in one round trip; they change nothing. As many results as statements.
    func read(_ operation: String, company: Int32? = nil, _ statements: [PostgresStatement]) async throws
        -> [PostgresResult]
    {
        try await Self.classifyingErrors(operation) {
            let before = company.map { [PostgresStatement.company($0)] } ?? []
            let results = try await client.run(
                before + statements, on: replicas.route(company), isRepeatable: true)
            return Array(results.dropFirst(before.count))
        }
    }

    /// Whether every standby that may answer reads follows the primary.
    /// - Throws: ``StoreError/unavailable(_:)``.
    public func checkReplicas() async throws {
        let following = try await Self.classifyingErrors("check replicas") { try await client.replicasThatFollow() }
        guard following == replicaCount else {
            throw StoreError.unavailable("\(following) of \(replicaCount) replicas follow the primary")
        }
    }

    /// Whether this machine's clock agrees with the database's: by clocks that differ, tokens and signed requests are too old or too new, and
    /// dates are wrong. A database that does not answer says nothing against a clock: see ``checkHealth()``.
    ///
    /// - Parameter now: This machine's time.
    /// - Throws: ``StoreError/unavailable(_:)`` when they differ by more than ``clockTolerance``, with how much.
    public func checkClock(now: @Sendable () -> Date = { Date() }) async throws {
        let statement = PostgresStatement("select (extract(epoch from clock_timestamp()) * 1000)::int8")
        let before = now()
        guard let answer = try? await read("check clock", statement).value(as: Int64.self) else { return }
        let theirs = Date(timeIntervalSince1970: Double(answer) / 1000)
        // The answer was true at some time in between.
        let ahead = before.timeIntervalSince(theirs)
        let behind = theirs.timeIntervalSince(now())
        guard max(ahead, behind) <= Self.clockTolerance else {
            let seconds = Int(max(ahead, behind))
            throw StoreError.unavailable(
                "this clock is \(seconds) s \(ahead > behind ? "ahead of" : "behind") the database's")
        }
    }

    /// Seconds by which clocks may differ; agents' signatures are taken within 300.
    public static let clockTolerance = 30.0

    /// Standbys that may answer reads.
    public var replicaCount: Int { client.replicaCount }

    /// Runs one statement, after others whose answers nobody wants, in one round trip and transaction.
    func run(_ before: [PostgresStatement], _ statement: PostgresStatement, isRepeatable: Bool) async throws
        -> PostgresResult
    {
        let results = try await client.run(before + [statement], isRepeatable: isRepeatable)
        guard let last = results.last else { throw PostgresError.missingRow }
        return last
    }

    /// Reads one consistent snapshot in several steps.
    func snapshot<T: Sendable>(
        _ operation: String, company: Int32? = nil, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        var options = PostgresTransactionOptions()
        options.isolation = .repeatableRead
        options.isReadOnly = true
        if let company { options.settings = ["zerotrace.company": String(company)] }
        return try await Self.classifyingErrors(operation) {
            try await client.withTransaction(options, on: replicas.route(company), body)
        }
    }

    /// Runs one transaction. Each of its statements sees what was committed before it; what must not change in between is locked first.
    func write<T: Sendable>(
        _ operation: String, company: Int32? = nil, _ body: @Sendable (PostgresTransaction) async throws -> T
    ) async throws -> T {
        var options = PostgresTransactionOptions()
        if let company { options.settings = ["zerotrace.company": String(company)] }
        defer { replicas.noteChange(company) }
        return try await Self.classifyingErrors(operation) { try await client.withTransaction(options, body) }
    }

    /// Turns what the client throws into a ``StoreError`` that names the operation and the server's code, never arguments.
    static func classifyingErrors<T>(_ operation: String, _ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch {
            switch error {
            case is StoreError, is CancellationError, is SomebodyIsConcerned: throw error
            case let error as PostgresError: throw classified(error, operation)
            default: throw StoreError.failed("\(operation): \(type(of: error))")
            }
        }
    }

    static func classified(_ error: PostgresError, _ operation: String) -> StoreError {
        let text = "\(operation): \(error)"
        return switch error {
        case .timedOut: .timedOut(text)
        case .server(let server) where server.state == .queryCanceled: .timedOut(text)
        case .server(let server): server.state.isServersOwn ? .unavailable(text) : .failed(text)
        case .cannotConnect, .connectionLost, .exhausted, .shutDown: .unavailable(text)
        case .unexpectedType, .invalidValue, .missingRow, .tooLarge: .failed(text)
        }
    }

    // MARK: - Companies

    /// The row of the company; `nil` when there is none.
    func row(_ scope: CompanyScope) async throws -> Int32? {
        if let known = companies.withLock({ $0.rows[scope.companyID] }) { return known }
        let rows = try await fetchCompanyRows(CompanyQueries.byID(scope.companyID.uuid))
        return rows.first?.row
    }

    /// The row of the company.
    /// - Throws: ``StoreError/notFound(_:)``.
    func existingRow(_ scope: CompanyScope) async throws -> Int32 {
        guard let row = try await row(scope) else { throw StoreError.notFound("company") }
        return row
    }

    /// The company of a row.
    func company(_ row: Int32) async throws -> Company {
        if let known = companies.withLock({ $0.byRow[row] }) { return known }
        guard let found = try await fetchCompanyRows(CompanyQueries.byRow(row)).first else {
            throw StoreError.failed("damaged company")
        }
        return found.company
    }

    /// Reads companies, whichever they are.
    func fetchCompanyRows(_ statement: PostgresStatement) async throws -> [(row: Int32, company: Company)] {
        let result = try await Self.classifyingErrors("fetch companies") {
            try await self.run([.installation], statement, isRepeatable: true)
        }
        let rows = try result.map { row in
            (
                row: try row.get(0, as: Int32.self),
                company: Company(id: CompanyID(uuid: try row.get(1)), name: try row.get(2), createdAt: try row.get(3))
            )
        }
        companies.withLock { known in
            for row in rows {
                known.byRow[row.row] = row.company
                known.rows[row.company.id] = row.row
            }
        }
        return rows
    }
}

extension PostgresStatement {
    /// The company whose rows the transaction sees.
    static func company(_ row: Int32) -> PostgresStatement { .setting("zerotrace.company", to: String(row)) }
    /// The key by which a row can be found before a company is known.
    static func presented(_ key: String) -> PostgresStatement { .setting("zerotrace.presented", to: key) }
    /// Lets the transaction see the list of all companies.
    static var installation: PostgresStatement { .setting("zerotrace.installation", to: "on") }
}

/// Verdicts that were to be recorded as ones that concern nobody yet do concern somebody: begin again, with the lock that keeps others out.
struct SomebodyIsConcerned: Error {}

/// What a transaction holds until it ends, always taken in this order: verdicts, then companies in ascending order.
enum Lock {
    /// Nobody changes verdicts meanwhile.
    static let verdictsStand = PostgresStatement("select pg_advisory_xact_lock_shared(7401, 0)")
    /// Nobody else changes verdicts, and nobody applies an inventory meanwhile.
    static let verdictsChange = PostgresStatement("select pg_advisory_xact_lock(7401, 0)")
    /// Nobody else changes the company's inventories that are applied, its counters or its events.
    static func company(_ row: Int32) -> PostgresStatement {
        PostgresStatement("select pg_advisory_xact_lock(7402, $1)", row)
    }
}
