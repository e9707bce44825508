import GRDB
import Stores
import Testing

@testable import SQLiteStore

/// Every list query is served by the index that its comment names: no table that grows is scanned, and no sort is added where an index
/// has the order.
@Suite("SQLite store, query plans")
struct QueryPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let sql: String
        /// Words that the plan must have.
        let uses: [String]
        /// Where the rows of one agent or of one batch are sorted, which no index can do.
        var maySort = false
        var testDescription: String { name }
    }

    /// Grow with companies, agents, packages or time.
    static let growing = [
        "agents", "agent_facts", "scan_costs", "inventories", "inventory_packages", "agent_package_since", "packages",
        "vulnerabilities", "verdicts", "company_packages", "company_vulnerabilities", "company_hours", "events",
        "users", "sessions", "refresh_tokens", "enrollment_tokens", "exceptions", "agent_labels",
        "vulnerability_aliases", "notification_endpoints", "notifications",
        "notes", "assignments",
    ]

    static let agentPages: [Case] = AgentQuery.Sort.allCases.flatMap { sort in
        let index =
            switch sort {
            case .risk: "agents_by_risk"
            case .hostname: "agents_by_hostname"
            case .lastSeen: "agents_by_last_seen"
            }
        return [nil, InventoryState.none, .pending, .current].flatMap { state in
            [false, true].flatMap { hasCursor in
                [false, true].map { hasSearch in
                    Case(
                        name: "agents by \(sort), \(state?.rawValue ?? "any"), \(hasCursor), \(hasSearch)",
                        sql: AgentQueries.page(sort: sort, hasCursor: hasCursor, hasSearch: hasSearch, state: state),
                        uses: [index])
                }
            }
        }
    }

    /// Every combination of filters.
    static let vulnerabilityQueries: [VulnerabilityQuery] = (0..<32).map { bits in
        var query = VulnerabilityQuery()
        if bits & 1 != 0 { query.search = "x" }
        if bits & 2 != 0 { query.minimumSeverity = .low }
        query.exploitedOnly = bits & 4 != 0
        query.fixableOnly = bits & 8 != 0
        query.undetermined = bits & 16 != 0
        return query
    }

    static let findingPages: [Case] = vulnerabilityQueries.flatMap { query in
        [false, true].flatMap { hasCursor in
            [
                Case(
                    name: "vulnerabilities \(query) \(hasCursor)",
                    sql: FindingQueries.vulnerabilities(query, hasCursor: hasCursor),
                    uses: ["company_vulnerabilities_by_risk"]),
                Case(
                    name: "findings \(query) \(hasCursor)",
                    sql: FindingQueries.agentFindings(query, hasCursor: hasCursor), uses: ["v USING PRIMARY KEY"],
                    maySort: true),
            ]
        }
    }

    static let exceptionPages: [Case] = ([nil] + ExceptionState.allCases).flatMap { state in
        [false, true].map { hasCursor in
            var query = ExceptionQuery()
            query.state = state
            return Case(
                name: "exceptions \(state?.rawValue ?? "all") \(hasCursor)",
                sql: ExceptionQueries.page(query, hasCursor: hasCursor), uses: ["exceptions_by_company"])
        }
    }

    static let exceptions: [Case] = [
        Case(name: "active exceptions", sql: ExceptionQueries.active, uses: ["exceptions_approved"]),
        Case(name: "expired exceptions", sql: ExceptionQueries.toNote, uses: ["exceptions_to_note"]),
        Case(name: "open exceptions", sql: ExceptionQueries.open, uses: ["exceptions_by_company"]),
        Case(
            name: "vulnerabilities of exceptions", sql: ExceptionQueries.vulnerabilities,
            uses: ["(name=?)", "a USING PRIMARY KEY", "(purl>? AND purl<?)", "c USING PRIMARY KEY"], maySort: true),
        Case(
            name: "carriers", sql: ExceptionQueries.carriers(ofInventories: false),
            uses: ["verdicts_by_vulnerability", "h USING PRIMARY KEY"]),
        Case(
            name: "carriers of inventories", sql: ExceptionQueries.carriers(ofInventories: true),
            uses: ["verdicts_by_vulnerability", "h USING PRIMARY KEY"], maySort: true),
        Case(name: "agents by label", sql: ExceptionQueries.agentsByLabel, uses: ["l USING PRIMARY KEY"]),
        Case(name: "labels of agents", sql: ExceptionQueries.labelsOfAgents, uses: ["agent_labels_by_agent"]),
    ]

    static let notifications: [Case] =
        [false, true].flatMap { hasCursor in
            [NotificationState.dead, nil].map { state in
                var query = NotificationQuery()
                query.state = state
                return Case(
                    name: "notifications \(hasCursor) \(state?.rawValue ?? "all")",
                    sql: NotificationQueries.page(query, hasCursor: hasCursor), uses: ["notifications_by_company"])
            }
        } + [
            Case(
                name: "endpoints", sql: NotificationQueries.endpoints, uses: ["notification_endpoints_by_company"]),
            Case(name: "due notifications", sql: NotificationQueries.due, uses: ["notifications_waiting"]),
            Case(name: "old notifications", sql: NotificationQueries.forget, uses: ["notifications_ended"]),
            Case(name: "agents of an inventory", sql: NotificationQueries.agents, uses: ["agents_by_applied"]),
        ]

    static let triage: [Case] = [
        Case(
            name: "notes", sql: TriageQueries.notes(hasCursor: true), uses: ["notes_by_vulnerability"], maySort: true),
        Case(name: "count of notes", sql: TriageQueries.countNotes, uses: ["notes_by_vulnerability"]),
        Case(name: "assignments", sql: TriageQueries.assignments(ofSome: false), uses: ["a USING PRIMARY KEY"]),
        Case(
            name: "due dates", sql: TriageQueries.dates,
            uses: ["company_vulnerabilities_by_risk", "verdicts_by_vulnerability", "p USING PRIMARY KEY"]),
    ]

    static let others: [Case] =
        [false, true].flatMap { hasCursor in
            [
                Case(
                    name: "affected agents \(hasCursor)", sql: FindingQueries.affectedAgents(hasCursor: hasCursor),
                    uses: ["agents_by_hostname", "verdicts_by_vulnerability", "h USING PRIMARY KEY"]),
                Case(
                    name: "packages \(hasCursor)", sql: FindingQueries.packages(hasCursor: hasCursor, hasSearch: true),
                    uses: ["p USING INTEGER PRIMARY KEY"], maySort: true),
            ]
        } + [
            Case(name: "events after", sql: EventQueries.after, uses: ["events_by_company"]),
            Case(name: "events newest", sql: EventQueries.newest, uses: ["events_by_company"]),
            Case(name: "events latest", sql: EventQueries.latestID, uses: ["events_by_company"]),
            Case(name: "tokens", sql: AccountQueries.enrollmentTokens, uses: ["enrollment_tokens_by_company"]),
            Case(name: "old sessions", sql: AccountQueries.deleteSessionsExpiredBefore, uses: ["sessions_by_expiry"]),
            Case(
                name: "pending agents", sql: InventoryQueries.pendingAgents, uses: ["agents_waiting"], maySort: true),
            Case(name: "pending inventory", sql: InventoryQueries.pendingInventory, uses: ["uuid=?"]),
            Case(
                name: "packages by name", sql: CatalogueQueries.packagesByName, uses: ["packages_by_advisory_name"],
                maySort: true),
            Case(name: "all packages", sql: CatalogueQueries.allPackages, uses: ["INTEGER PRIMARY KEY"]),
            Case(name: "packages by purl", sql: InventoryQueries.packagesByPURL, uses: ["purl=?"]),
            Case(name: "verdicts of packages", sql: InventoryQueries.verdictsOfPackages, uses: ["v USING PRIMARY KEY"]),
            Case(
                name: "verdicts shared", sql: InventoryQueries.verdictsSharedWithPackages,
                uses: ["verdicts_by_vulnerability"], maySort: true),
            Case(name: "heartbeat", sql: AgentQueries.forHeartbeat, uses: ["uuid=?"]),
            Case(name: "agent", sql: AgentQueries.detail, uses: ["uuid=?"]),
            Case(name: "what is in use", sql: AgentQueries.running, uses: ["uuid=?", "f USING INTEGER PRIMARY KEY"]),
            Case(name: "what is in use, kept", sql: AgentQueries.setRunning, uses: ["uuid=?", "INTEGER PRIMARY KEY"]),
            Case(
                name: "scan cost", sql: AgentQueries.scanCost,
                uses: ["(company_id=?)", "s USING INTEGER PRIMARY KEY"], maySort: true),
            Case(name: "agent counts", sql: AgentQueries.counts, uses: ["agents_without_inventory", "agents_waiting"]),
            Case(
                name: "referenced", sql: InventoryQueries.isReferenced,
                uses: ["agents_by_received", "agents_by_applied"]),
            Case(name: "move received", sql: InventoryQueries.moveReceived, uses: ["agents_by_received"]),
            Case(name: "risk", sql: AgentQueries.setRisk, uses: ["agents_by_applied"]),
            Case(
                name: "first seen", sql: FindingQueries.firstSeen,
                uses: ["verdicts_by_vulnerability", "p USING PRIMARY KEY"]),
            Case(
                name: "recompute first seen", sql: CounterQueries.recomputeFirstSeen, uses: ["agents_by_applied"],
                maySort: true),
            Case(
                name: "verdicts of agent", sql: FindingQueries.agentVerdicts, uses: ["verdicts_by_vulnerability"],
                maySort: true),
            Case(name: "states", sql: CatalogueQueries.statesByVulnerability, uses: ["verdicts_by_vulnerability"]),
            Case(
                name: "inventories by vulnerability", sql: CatalogueQueries.inventoriesByVulnerability,
                uses: ["verdicts_by_vulnerability"], maySort: true),
            Case(
                name: "inventories by package", sql: CatalogueQueries.inventoriesByPackage,
                uses: ["h USING PRIMARY KEY"],
                maySort: true),
            Case(
                name: "metadata", sql: CatalogueQueries.updateCompanyVulnerabilities,
                uses: ["company_vulnerabilities_by_vulnerability"]),
            Case(name: "counts", sql: CounterQueries.counts, uses: ["company_id=?"]),
            Case(name: "hours", sql: CounterQueries.hours, uses: ["company_id=?"]),
            Case(
                name: "remove packages", sql: CounterQueries.removePackages, uses: ["company_id=? AND package_id=?"],
                maySort: true),
            Case(name: "delete packages", sql: InventoryQueries.deletePackages, uses: ["package_id=?"], maySort: true),
        ]

    @Test(
        "is served by its index",
        arguments: agentPages + findingPages + others + exceptionPages + exceptions + notifications + triage)
    func plan(_ query: Case) throws {
        let queue = try DatabaseQueue()
        let plan = try queue.inDatabase { db in
            try Migrations.bundled.run(db)
            return try Self.plan(of: query.sql, db)
        }
        let text = plan.joined(separator: "\n")
        for word in query.uses { #expect(text.contains(word), "\(text)") }
        if !query.maySort { #expect(!text.contains("TEMP B-TREE"), "\(text)") }
        for line in plan where line.hasPrefix("SCAN") {
            let table = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            #expect(!Self.isGrowing(table, in: query.sql), "\(line)")
        }
    }

    private static func plan(of sql: String, _ db: Database) throws -> [String] {
        let statement = try db.makeStatement(sql: "explain query plan " + sql)
        let names = Set(sql.matches(of: /:([a-z_]+)/).map { String($0.output.1) })
        statement.arguments =
            names.isEmpty
            ? StatementArguments([DatabaseValue](repeating: .null, count: sql.filter { $0 == "?" }.count))
            : StatementArguments(Dictionary(uniqueKeysWithValues: names.map { ($0, DatabaseValue.null) }))
        let cursor = try Row.fetchCursor(statement)
        var lines: [String] = []
        while let row = try cursor.next() { lines.append(row["detail"]) }
        return lines
    }

    /// Whether a plan's table or alias is one of the growing tables.
    private static func isGrowing(_ alias: String, in sql: String) -> Bool {
        growing.contains { table in
            alias == table || sql.contains("from \(table) \(alias)") || sql.contains("join \(table) \(alias)")
        }
    }
}
