/// A transaction under way; lent to the closure of ``PostgresClient/withTransaction(_:_:)`` and of no use after it.
public final class PostgresTransaction: Sendable {
    let connection: Connection
    private let client: PostgresClient
    private let timeout: Duration

    init(_ connection: Connection, _ client: PostgresClient, timeout: Duration) {
        self.connection = connection
        self.client = client
        self.timeout = timeout
    }

    /// Runs one statement.
    /// - Throws: ``PostgresError``, or `CancellationError` when the task is cancelled; after either the transaction can only end.
    @discardableResult
    public func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        guard let result = try await run([statement]).first else { throw PostgresError.missingRow }
        return result
    }

    /// Runs one statement.
    @discardableResult
    public func query(_ sql: String, _ parameters: any PostgresEncodable...) async throws -> PostgresResult {
        try await query(PostgresStatement(sql, parameters))
    }

    /// Runs statements in one round trip, one after the other: each sees what the ones before it did, and what was committed meanwhile.
    ///
    /// - Returns: As many results as there are statements.
    @discardableResult
    public func run(_ statements: [PostgresStatement]) async throws -> [PostgresResult] {
        guard !statements.isEmpty else { return [] }
        return try await client.perform(statements, on: connection, timeout: timeout, isExclusive: true)
    }
}

/// How a transaction runs.
public struct PostgresTransactionOptions: Sendable {
    /// What the transaction sees of others.
    public enum Isolation: String, Sendable {
        /// Each statement sees what was committed before it.
        case readCommitted = "read committed"
        /// All statements see what was committed before the first.
        case repeatableRead = "repeatable read"
        /// As if transactions ran one after the other; some fail and are run again.
        case serializable
    }

    /// What it sees of others.
    public var isolation = Isolation.readCommitted
    /// Whether it writes nothing.
    public var isReadOnly = false
    /// Configuration parameters that hold until it ends.
    public var settings: [String: String] = [:]
    /// How long each round trip may take.
    public var timeout = Duration.seconds(40)
    /// How often it is run at most when it fails for others' sake, 1 for never again. The closure must then be one that can run twice.
    public var attempts = 5

    /// Makes one with the defaults.
    public init() {}

    /// What begins it, in one round trip.
    var opening: [PostgresStatement] {
        let begin = "begin isolation level \(isolation.rawValue)\(isReadOnly ? " read only" : "")"
        return [PostgresStatement(begin)]
            + settings.sorted { $0.key < $1.key }.map { .setting($0.key, to: $0.value) }
    }
}
