import PostgresTesting
import Stores
import Testing

@testable import PostgresStore

@Suite("PostgreSQL store, verify", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct VerificationTests {
    @Test(
        "names what differs",
        arguments: [
            ("update inventories set critical = critical + 1", "inventory"),
            ("update agents set risk = 999", "agent"),
            ("delete from holder_blocks", "reverse index"),
            ("update company_vulnerabilities set agents = 7", "vulnerability"),
            ("update package_date_blocks set first_seen = array_fill(timestamptz 'epoch', array[64])", "package"),
            ("update inventories set digest = sha256('x')", "digest"),
            ("update enrollment_tokens set uses = 0", "enrollment token"),
            ("update company_totals set exposures = exposures + 1", "totals"),
            ("update company_totals set packages = 0", "totals"),
            ("update company_totals set next_inventory = next_inventory + 1", "numbers"),
            ("delete from uploads", "upload"),
            (pastTrigger("update audit_entries set address = 'x' where sequence = 1"), "entry 1: is not"),
            (pastTrigger("delete from audit_entries where sequence = 2"), "entry 3: follows 1"),
            (pastTrigger("delete from audit_entries where sequence = 4"), "ends with entry 3"),
            ("update audit_heads set sequence = 99", "and 99 was the last"),
        ])
    func names(_ damage: String, _ word: String) async throws {
        try await withTemporaryStore { store, settings in
            let (scope, agents) = try await Scenario.company(store, "company", agents: 2)
            try await Scenario.apply(store, scope, agents[0], [1, 2, 3])
            try await store.receiveInventory(scope: scope, agentID: agents[1], inventory: .init([]), at: Scenario.now)
            let clean = try await store.verify()
            #expect(clean == [])
            try await TemporaryDatabase.administer(try PostgresCluster.shared(), damage, in: settings.client.database)
            let found = try await store.verify().map(\.description)
            #expect(found.contains { $0.contains(word) }, "\(found)")
        }
    }

    /// As somebody would who owns the table.
    private static func pastTrigger(_ sql: String) -> String {
        "do $$ begin execute 'alter table audit_entries disable trigger all'; \(sql); end $$"
    }

    @Test(
        "the audit log only grows, also for the owner of the table",
        arguments: ["update audit_entries set address = 'x'", "delete from audit_entries"])
    func auditLogStays(_ change: String) async throws {
        try await withTemporaryStore { store, settings in
            _ = try await Scenario.company(store, "company")
            await #expect(throws: (any Error).self) {
                try await TemporaryDatabase.administer(
                    try PostgresCluster.shared(), change, in: settings.client.database)
            }
            let found = try await store.verify()
            #expect(found == [])
        }
    }
}
