import PostgreSQL
import PostgresTesting
import Synchronization
import Testing

/// Whether tests can run; otherwise they are skipped, visibly.
let hasServer = PostgresCluster.isAvailable

/// Lends a client of the shared server and shuts it down afterwards.
func withClient<T>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresClient) async throws -> T
) async throws -> T {
    try await withClient(of: try PostgresCluster.shared(), change, body)
}

/// Lends a client of a server and shuts it down afterwards.
func withClient<T>(
    of cluster: PostgresCluster, _ change: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresClient) async throws -> T
) async throws -> T {
    var configuration = PostgresConfiguration(
        primary: .init(host: cluster.folder), database: "postgres", user: PostgresCluster.superuser)
    change(&configuration)
    let client = try PostgresClient(configuration)
    defer { client.shutDown() }
    return try await body(client)
}

extension PostgresClient {
    /// The rows of one statement.
    func ask(_ sql: String, _ parameters: any PostgresEncodable...) async throws -> PostgresResult {
        guard let result = try await run([PostgresStatement(sql, parameters)]).first else {
            throw PostgresError.missingRow
        }
        return result
    }
}

/// Expects a value of something that may throw. In a closure `#expect(try …)` alone does not make the closure one that throws.
func expect<T: Equatable>(
    _ expected: T, at location: SourceLocation = #_sourceLocation, from body: () async throws -> T
) async throws {
    let found = try await body()
    #expect(found == expected, sourceLocation: location)
}

/// Counts from several tasks.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    /// Adds one and answers how many there are.
    @discardableResult
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    var value: Int { count.load(ordering: .relaxed) }
}

/// Opens when so many have come, and stays open.
actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(for count: Int) { missing = count }

    /// Waits for the others.
    func pass() async {
        missing -= 1
        if missing > 0 {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }
}
