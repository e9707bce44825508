import Foundation
import Matching
import PostgreSQL
import PostgresTesting
import Scoring
@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import PostgresStore

/// With many agents, packages and findings in a company, and row level security on, the queries of lists are served by the indexes that
/// their comments name: no table that grows is read through, and only the part of the company is touched.
@Suite("PostgreSQL store, query plans", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct QueryPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let statement: @Sendable (Int32) -> PostgresStatement
        /// Words that the plan must have; indexes of parts have the name of the part and the columns.
        let uses: [String]
        /// Where the rows of one agent or of one batch are sorted, which no index can do.
        var maySort = false
        /// Where several ways to find something are put together.
        var isUnion = false
        var testDescription: String { name }
    }

    /// Grow with companies, agents, packages or time.
    private static let growing = [
        "agents", "agent_facts", "agent_presence", "agent_dates", "inventories", "uploads", "package_holders",
        "company_packages", "packages",
        "vulnerabilities", "verdicts", "company_vulnerabilities", "company_hours", "events",
    ]

    private static let id = AgentID()
    private static let ids: [Int64] = Array(100...119)

    private static let agentPages: [Case] = AgentQuery.Sort.allCases.flatMap { sort in
        let (index, cursor): (String, AgentKey) =
            switch sort {
            case .risk: ("risk_id_idx", .number(600, tie: id))
            case .hostname: ("hostname_key_id_idx", .text("host-5", tie: id))
            case .lastSeen: ("last_seen_at_agent_id_idx", .number(Date().milliseconds - 43_200_000, tie: id))
            }
        return [nil, InventoryState.current].flatMap { state in
            [nil, cursor].map { cursor in
                Case(
                    name: "agents by \(sort), \(state?.rawValue ?? "any"), \(cursor == nil ? "first" : "next") page",
                    statement: { company in
                        var query = AgentQuery()
                        query.sort = sort
                        query.state = state
                        return AgentQueries.page(company: company, query, after: cursor, limit: 51)
                    }, uses: [index])
            }
        }
    }

    private static let others: [Case] = [
        Case(
            name: "vulnerabilities",
            statement: { FindingQueries.vulnerabilities(company: $0, VulnerabilityQuery(), after: nil, limit: 51) },
            uses: ["risk_name_idx", "verdicts_by_vulnerability"]),
        Case(
            name: "vulnerabilities, next page",
            statement: {
                FindingQueries.vulnerabilities(
                    company: $0, VulnerabilityQuery(), after: NumberKey(number: 500, tie: "CVE-1"), limit: 51)
            }, uses: ["risk_name_idx", "verdicts_by_vulnerability"]),
        Case(
            name: "affected agents, many",
            statement: {
                FindingQueries.affectedAgents(company: $0, inventories: Array(0..<3000), after: nil, limit: 51)
            },
            uses: ["hostname_key_id_idx"]),
        Case(
            name: "affected agents, few",
            statement: { FindingQueries.affectedAgents(company: $0, inventories: [5], after: nil, limit: 51) },
            uses: ["applied_inventory_idx"], maySort: true),
        Case(name: "heartbeat", statement: { FindingQueries.agent(id, company: $0) }, uses: ["agents_", "_pkey"]),
        Case(name: "agent", statement: { AgentQueries.detail(id, company: $0) }, uses: ["_pkey"]),
        Case(
            name: "findings of packages",
            statement: { _ in FindingQueries.agentFindings(ids, VulnerabilityQuery(), after: nil, limit: 51) },
            uses: ["verdicts_pkey"], maySort: true),
        Case(
            name: "packages", statement: { _ in FindingQueries.packages(ids, after: nil, search: "", limit: 51) },
            uses: ["packages_pkey"], maySort: true),
        Case(
            name: "states shared", statement: { _ in InventoryQueries.states(sharedWith: [5], among: ids) },
            uses: ["verdicts_by_vulnerability"], maySort: true),
        Case(
            name: "holders", statement: { HolderQueries.all(company: $0, packages: ids) },
            uses: ["package_holders_", "_pkey"]),
        Case(
            name: "waiting", statement: { InventoryQueries.pending(company: $0, after: nil, limit: 50) },
            uses: ["waiting_since_idx"], maySort: true),
        Case(
            name: "events", statement: { EventQueries.after(company: $0, EventID(rawValue: 9), limit: 9) },
            uses: ["_pkey"]),
        Case(name: "newest events", statement: { EventQueries.newest(company: $0, limit: 9) }, uses: ["_pkey"]),
        Case(
            name: "packages by purl", statement: { _ in InventoryQueries.packages(["a", "b"]) },
            uses: ["packages_purl_key"]),
        Case(
            name: "packages by name",
            statement: { _ in CatalogueQueries.named([AdvisoryName(scope: "s", name: "n")], after: 0, limit: 9) },
            uses: ["packages_by_advisory_name"], maySort: true),
        Case(
            name: "vulnerabilities of exceptions",
            statement: {
                ExceptionQueries.vulnerabilities(company: $0, ids: ["CVE-7", "GHSA-7"], packages: ["pkg:7"])
            },
            uses: ["vulnerabilities_name", "vulnerabilities_by_alias", "packages_by_unversioned"], maySort: true,
            isUnion: true),
        Case(
            name: "carriers of exceptions",
            statement: { ExceptionQueries.carriers(company: $0, vulnerabilities: [7, 8]) },
            uses: ["verdicts_by_vulnerability"], maySort: true),
        Case(
            name: "all packages", statement: { _ in CatalogueQueries.all(after: 500, limit: 9) },
            uses: ["packages_pkey"]),
    ]

    private static let world = Mutex<Task<DatabaseSettings, any Error>?>(nil)

    /// One database for all cases, with a company of many agents made by SQL.
    private static func settings() async throws -> DatabaseSettings {
        try await world.withLock { task in
            if let task { return task }
            let made = Task { try await fill() }
            task = made
            return made
        }.value
    }

    private static func fill() async throws -> DatabaseSettings {
        let settings = try await TemporaryDatabase.migrated()
        let client = try PostgresClient(settings.client)
        defer { client.shutDown() }
        try await client.withDedicatedSession { session in
            try session.execute(
                """
                insert into companies (uuid, name, name_key, created_at)
                    select gen_random_uuid(), n::text, n::text, now() from generate_series(1, 3) n;
                insert into enrollment_tokens select gen_random_uuid(), id, sha256(id::text::bytea), '', 100000, 0, now(), null, now() from companies;
                insert into packages (purl, search_key, scope, advisory_name, first_seen_at)
                    select 'pkg:' || n, n::text, 'scope', 'name-' || n, now() from generate_series(1, 20000) n;
                insert into vulnerabilities (name, severity, risk, exploited, search_key, record, updated_at)
                    select 'CVE-' || n, n % 6, n % 1000, false, '', jsonb_build_object('details', d.text), now()
                    from generate_series(1, 20000) n,
                        lateral (select string_agg(md5(n || ' ' || k), '') as text from generate_series(1, 30) k) d;
                insert into verdicts select p, (p * 7 + k) % 20000 + 1, true, null, '', null, '{}', now()
                    from generate_series(1, 20000) p, generate_series(0, 9) k;
                insert into inventories select c.id, n, sha256((c.id * 100000 + n)::text::bytea), '\\x01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
                    from companies c, generate_series(0, 2999) n;
                insert into agents select c.id, gen_random_uuid(), t.id, 'host-' || n, 'host-' || n, null, '1', now(),
                        case when n % 4 = 0 then sha256('x') end, case when n % 4 = 0 then now() - n * interval '1 second' end, n % 3000, now(), now(), n % 1000
                    from companies c join enrollment_tokens t on t.company_id = c.id, generate_series(1, 8000) n;
                insert into agent_presence select company_id, id, now() - random() * interval '1 day' from agents;
                insert into agent_dates select company_id, id, '\\x000101' from agents;
                insert into agent_facts select company_id, id, '{}' from agents;
                insert into uploads select company_id, id, waiting_digest, '' from agents where waiting_digest is not null;
                insert into package_holders select c.id, p, 0, '\\x0001' from companies c, generate_series(1, 20000) p;
                insert into company_packages select c.id, p, now() from companies c, generate_series(1, 20000) p;
                insert into company_vulnerabilities (company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited)
                    select c.id, n.id, 5, 0, 0, n.name, n.severity, n.risk, n.exploited from companies c, vulnerabilities n;
                insert into events select c.id, nextval('event_ids'), now(), 'inventory_applied', '{}' from companies c, generate_series(1, 5000);
                analyze;
                """)
        }
        return settings
    }

    @Test("is served by its index", arguments: agentPages + others)
    func plan(_ query: Case) async throws {
        let store = try await PostgresStore.open(try await Self.settings())
        let company: Int32 = 2
        let lines = try await store.client.run([.company(company), query.statement(company).explained])[1]
            .map { try $0.get(0, as: String.self) }
        store.close()
        let text = lines.joined(separator: "\n")
        for word in query.uses { #expect(text.contains(word), "\(text)") }
        if !query.maySort { #expect(!text.contains("Sort Key"), "\(text)") }
        for line in lines where line.contains("Seq Scan on") {
            let words = line.split(separator: " ")
            let table = words.firstIndex(of: "on").map { String(words[$0 + 1]) } ?? ""
            let whole = table.replacing(/_[0-7]$/, with: "")
            #expect(!Self.growing.contains(whole), "\(text)")
        }
        #expect(query.isUnion || !text.contains("Append"), "more than the company's part is touched:\n\(text)")
    }
}
