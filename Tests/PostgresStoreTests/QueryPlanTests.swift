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
        let statement: @Sendable (Int32) throws -> PostgresStatement
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
        "agents", "agent_facts", "scan_costs", "agent_presence", "agent_dates", "inventories", "uploads",
        "package_holders", "holder_blocks", "package_date_blocks", "packages",
        "vulnerabilities", "verdicts", "company_vulnerabilities", "company_hours", "events", "audit_entries",
        "notifications", "exceptions", "api_tokens", "assignments", "agent_labels", "notes",
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

    private static func vulnerabilities(
        _ name: String, _ change: @escaping @Sendable (inout VulnerabilityQuery) -> Void
    )
        -> [Case]
    {
        [nil, NumberKey(number: 500, tie: "CVE-1")].map { cursor in
            Case(
                name: "vulnerabilities \(name), \(cursor == nil ? "first" : "next") page",
                statement: { company in
                    var query = VulnerabilityQuery()
                    change(&query)
                    return FindingQueries.vulnerabilities(company: company, query, after: cursor, limit: 51)
                }, uses: ["risk_name_idx", "verdicts_by_vulnerability"])
        }
    }

    /// The filters; assignee, overdue and state are lists of names.
    private static let vulnerabilityPages: [Case] =
        vulnerabilities("by severity") { $0.minimumSeverity = .critical }
        + vulnerabilities("that are exploited") { $0.exploitedOnly = true }
        + vulnerabilities("with a fix") { $0.fixableOnly = true }
        + vulnerabilities("with a text") { $0.search = "no such thing" }
        + vulnerabilities("among many") { $0.among = Set((0..<5_000).map { "CVE-\($0 * 3)" }) }
        + vulnerabilities("besides many") { $0.besides = Set((0..<5_000).map { "CVE-\($0 * 3)" }) }

    private static func auditQuery(action: String? = nil, actor: String? = nil, subject: String? = nil) -> AuditQuery {
        var query = AuditQuery()
        (query.action, query.actor, query.subject) = (action, actor, subject)
        return query
    }

    private static let auditPages: [Case] = [
        ("all", auditQuery(), "_pkey"), ("by action", auditQuery(action: "a-7"), "action_sequence_idx"),
        ("by actor", auditQuery(actor: "user-7"), "actor_id_sequence_idx"),
        ("by subject", auditQuery(subject: "CVE-7"), "subject_sequence_idx"),
        ("by actor and action", auditQuery(action: "a-7", actor: "user-7"), "_idx"),
    ].flatMap { name, query, index in
        [nil, Int64(15_000)].map { cursor in
            Case(
                name: "audit log, \(name), \(cursor == nil ? "first" : "next") page",
                statement: { AuditQueries.page(company: $0, query, after: cursor, limit: 51) }, uses: [index])
        }
    }

    private static func notificationQuery(_ state: NotificationState?) -> NotificationQuery {
        var query = NotificationQuery()
        query.state = state
        return query
    }

    private static let overlayPages: [Case] = [
        Case(
            name: "exceptions",
            statement: {
                try ExceptionQueries.page(company: $0, ExceptionQuery(), after: nil, limit: 51, at: Date())
            }, uses: ["exceptions_by_company"]),
        Case(
            name: "exceptions, next page",
            statement: {
                try ExceptionQueries.page(
                    company: $0, ExceptionQuery(),
                    after: NumberKey(number: Date().milliseconds - 1_000_000, tie: ExceptionID().description),
                    limit: 51, at: Date())
            }, uses: ["exceptions_by_company"]),
        Case(
            name: "active exceptions", statement: { ExceptionQueries.active(company: $0, at: Date()) },
            uses: ["exceptions_approved"], maySort: true),
        Case(
            name: "agents of exceptions",
            statement: { ExceptionQueries.holders(company: $0, agents: [id], labels: ["l-7"]) },
            uses: ["agent_labels_pkey", "agent_labels_by_agent", "agents_"], maySort: true, isUnion: true),
        Case(
            name: "notifications",
            statement: { try NotificationQueries.page(company: $0, notificationQuery(nil), after: nil, limit: 51) },
            uses: ["notifications_by_company"]),
        Case(
            name: "notifications that died",
            statement: {
                try NotificationQueries.page(company: $0, notificationQuery(.dead), after: nil, limit: 51)
            }, uses: ["notifications_not_delivered"], maySort: true),
        Case(
            name: "API tokens", statement: { AccessQueries.tokens(company: $0) }, uses: ["api_tokens_by_company"]),
        Case(
            name: "notes",
            statement: { try TriageQueries.notes(company: $0, ["CVE-7"], after: nil, limit: 51) },
            uses: ["notes_by_vulnerability"], maySort: true),
        Case(
            name: "assignments of a page",
            statement: { TriageQueries.assignments(company: $0, (0..<50).map { "CVE-\($0)" }) },
            uses: ["assignments_pkey"]),
    ]

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
            name: "what is in use", statement: { AgentQueries.running([id], company: $0) },
            uses: ["agent_facts_", "_pkey"]),
        Case(
            name: "what is in use, kept",
            statement: { AgentQueries.setRunning(id, company: $0, nil, nil, at: Date(timeIntervalSince1970: 0)) },
            uses: ["agent_facts_", "_pkey"]),
        Case(
            name: "scan cost", statement: { AgentQueries.scanCost(company: $0, since: Date(timeIntervalSince1970: 0)) },
            uses: ["scan_costs_pkey"], maySort: true),
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
            uses: ["package_holders_", "holder_blocks_", "_pkey"], isUnion: true),
        Case(
            name: "dates", statement: { HolderQueries.firstSeen(company: $0, packages: ids) },
            uses: ["package_date_blocks_", "_pkey"]),
        Case(
            name: "waiting", statement: { InventoryQueries.pending(company: $0, after: nil, limit: 50) },
            uses: ["waiting_since_idx"], maySort: true),
        Case(
            name: "events", statement: { EventQueries.after(company: $0, EventID(rawValue: 9), limit: 9) },
            uses: ["_pkey"]),
        Case(
            name: "newest events", statement: { EventQueries.newest(company: $0, before: nil, limit: 9) },
            uses: ["_pkey"]),
        Case(
            name: "packages by purl", statement: { _ in InventoryQueries.evaluated(["a", "b"]) },
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
                    select 'CVE-' || n, n % 6, n % 1000, n % 200 = 0, '', jsonb_build_object('details', d.text), now()
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
                insert into scan_costs select company_id, id, now(), random(), random(), 0, 1, '{}' from agents;
                insert into uploads select company_id, id, waiting_digest, '' from agents where waiting_digest is not null;
                insert into package_holders select c.id, p, 0, sha512('x') from companies c, generate_series(1, 5000) p;
                insert into holder_blocks select c.id, n, 0, array_fill('\\x0001'::bytea, array[32]) from companies c, generate_series(157, 9000) n;
                insert into package_date_blocks select c.id, n, array_fill(now(), array[64]) from companies c, generate_series(0, 9000) n;
                insert into company_vulnerabilities (company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited)
                    select c.id, n.id, 5, n.id % 2, 0, n.name, n.severity, n.risk, n.exploited from companies c, vulnerabilities n;
                insert into users select gen_random_uuid(), id, 'u' || id, 'u' || id, '', 'owner', now() from companies;
                insert into audit_entries select c.id, n, now(), 'person', 'user-' || n % 100, '', 'a-' || n % 50, 'CVE-' || n % 500, '{}', null, null, sha256('x'), sha256('x')
                    from companies c, generate_series(1, 20000) n;
                insert into exceptions (id, company_id, vulnerability, requested_by, requested_name, requested_at, reason, expires_at, approved, decided_by, decided_name, decided_at, comment)
                    select gen_random_uuid(), c.id, 'CVE-' || n, gen_random_uuid(), '', now() - n * interval '1 minute', '', now() + (500 - n) * interval '1 hour', true, gen_random_uuid(), '', now(), ''
                    from companies c, generate_series(1, 5000) n;
                insert into agent_labels select company_id, 'l-' || (row_number() over ()) % 500, id from agents;
                insert into notification_endpoints select gen_random_uuid(), id, 'webhook', '', '', 0, false, 'x', '', now() from companies;
                insert into notifications (id, company_id, endpoint_id, type, dedupe_key, payload, state, created_at, due_at, ended_at)
                    select gen_random_uuid(), e.company_id, e.id, 't', n::text, '{}', case when n % 1000 = 0 then 'dead' else 'delivered' end, now() - n * interval '1 minute', now(), now()
                    from notification_endpoints e, generate_series(1, 20000) n;
                insert into api_tokens select gen_random_uuid(), u.company_id, u.id, sha256((u.email || n)::bytea), '', '', now(), null, now() - n * interval '1 minute'
                    from users u, generate_series(1, 3000) n;
                insert into assignments select company_id, 'CVE-' || n, id, now() from users, generate_series(1, 10000) n;
                insert into notes select gen_random_uuid(), u.company_id, 'CVE-' || n % 500, null, u.id, '', now() - n * interval '1 minute', 'n' from users u, generate_series(1, 10000) n;
                insert into events select c.id, nextval('event_ids'), now(), 'inventory_applied', '{}' from companies c, generate_series(1, 5000);
                analyze;
                """)
        }
        return settings
    }

    @Test("is served by its index", arguments: agentPages + vulnerabilityPages + auditPages + overlayPages + others)
    func plan(_ query: Case) async throws {
        let store = try await PostgresStore.open(try await Self.settings())
        let company: Int32 = 2
        let lines = try await store.client.run([.company(company), try query.statement(company).explained])[1]
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
