import PostgresStore
import StoresTesting
import Testing

@Suite("PostgreSQL store, conformance", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ConformanceTests {
    @Test("behaves as every store", arguments: ConformanceCase.all)
    func behaves(_ conformanceCase: ConformanceCase) async throws {
        try await withTemporaryStore { store, _ in try await conformanceCase.run(store) }
    }

    @Test("follows random histories", arguments: (1...20).map { HistoryCase(seed: $0) })
    func follows(_ history: HistoryCase) async throws {
        try await withTemporaryStore { store, _ in try await history.run(store) }
    }
}
