import Foundation
import Inventory
import PostgreSQL
import PostgresTesting
@_spi(Minting) import Stores
import Testing

@testable import PostgresStore

/// What holds when every `where company_id = …` is forgotten.
@Suite("PostgreSQL store, row level security", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct RowSecurityTests {
    /// Every table that has a company, and the one that lists them.
    private static let tables = """
        select c.relname::text, c.relrowsecurity, c.relforcerowsecurity,
            exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped),
            pg_get_userbyid(c.relowner)::text, c.relispartition
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1
        """

    private struct Row {
        let name: String
        let isForced: Bool
        let hasCompany: Bool
        let owner: String
        let isPart: Bool
    }

    private static func fetchTables(_ client: PostgresClient) async throws -> [Row] {
        try await client.run([PostgresStatement(tables)])[0].map { row in
            Row(
                name: try row.get(0), isForced: try row.get(1) && row.get(2), hasCompany: try row.get(3),
                owner: try row.get(4),
                isPart: try row.get(5))
        }
    }

    /// Two companies with everything that a company can have, and the rows of the first.
    private func withTwoCompanies(_ body: (PostgresStore, DatabaseSettings, Int32, Int32) async throws -> Void)
        async throws
    {
        try await withTemporaryStore { store, settings in
            var rows: [Int32] = []
            for name in ["mine", "theirs"] {
                let (scope, agents) = try await Scenario.company(store, name, agents: 3)
                for (index, agent) in agents.enumerated() {
                    try await Scenario.apply(store, scope, agent, Array(1...(20 + index)))
                }
                // A number of an inventory comes free, a date is kept, and something waits.
                try await Scenario.apply(store, scope, agents[0], Array(5...30))
                try await Scenario.apply(store, scope, agents[1], Array(5...30))
                try await store.receiveInventory(
                    scope: scope, agentID: agents[2], inventory: Inventory([]), at: Scenario.now)
                let user = try await store.insertUser(
                    email: "\(name)@example.com", passwordHash: "x", role: .owner, companyID: scope.companyID,
                    at: Scenario.now)
                _ = try await store.insertSession(
                    userID: user.id, refreshToken: Scenario.secret(name.hashValue), expiresAt: Scenario.now,
                    at: Scenario.now)
                _ = try await store.insertAPIToken(
                    scope: scope, userID: user.id, token: Scenario.secret(name.hashValue), name: "", scopes: ["a"],
                    expiresAt: Scenario.now, at: Scenario.now)
                _ = try await store.recordHeartbeat(
                    scope: scope, agentID: agents[0],
                    facts: Scenario.facts(scan: ScanCost(cpuSeconds: 1, wallSeconds: 2)), at: Scenario.now)
                try await store.setLabels(scope: scope, agentID: agents[0], labels: ["a"], at: Scenario.now)
                _ = try await store.requestException(
                    scope: scope, ExceptionScope(vulnerability: "CVE-1", package: nil), reason: "",
                    expiresAt: Scenario.now, by: user.id, at: Scenario.now)
                try await store.setSLAPolicy(scope: scope, SLAPolicy(exploited: 1), at: Scenario.now)
                try await store.setRetentionPolicy(scope: scope, RetentionPolicy(eventDays: 9), at: Scenario.now)
                try await store.insertPasswordReset(
                    scope: scope, userID: user.id, token: Scenario.secret(name.hashValue), expiresAt: Scenario.now,
                    at: Scenario.now)
                try await store.setReenrollmentPolicy(scope: scope, .refuse, at: Scenario.now)
                try await store.setAssignee(scope: scope, vulnerability: ["CVE-1"], to: user.id, at: Scenario.now)
                _ = try await store.insertNote(
                    scope: scope, vulnerability: "CVE-1", package: nil, text: "x", by: user.id, at: Scenario.now)
                let endpoint = try await store.insertEndpoint(
                    scope: scope,
                    EndpointDraft(
                        kind: .webhook, target: "", label: "", minimumSeverity: nil, exploitedOnly: false, secret: []),
                    by: user.id, at: Scenario.now)
                _ = try await store.insertTestNotification(
                    scope: scope, endpoint: endpoint.id, at: Scenario.now)
                rows.append(try #require(try await store.row(scope)))
            }
            try await body(store, settings, rows[0], rows[1])
        }
    }

    @Test("is forced on every table with a company, and the server's role owns nothing and bypasses nothing")
    func everyTable() async throws {
        try await withTemporaryStore { store, settings in
            let tables = try await Self.fetchTables(store.client)
            #expect(tables.count > 60)
            for table in tables where table.hasCompany || table.name == "companies" {
                #expect(table.isForced, "\(table.name)")
            }
            #expect(!tables.contains { $0.owner == settings.role })
            let role = try await store.client.run([
                PostgresStatement(
                    """
                    select current_user::text, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin
                    from pg_roles where rolname = current_user
                    """)
            ])[0]
            #expect(try role.value(0, as: String.self) == settings.role)
            #expect(try role.value(1, as: Bool.self) == false)
        }
    }

    @Test("a statement without any condition sees the rows of the company named and no others, in every table")
    func selectsWithoutCondition() async throws {
        try await withTwoCompanies { store, settings, mine, theirs in
            try await Self.addLongSets(settings)
            for table in try await Self.fetchTables(store.client) where !table.isPart && table.hasCompany {
                let all = PostgresStatement("select coalesce(array_agg(distinct company_id), '{}') from \(table.name)")
                let seen = try await store.client.run([.company(mine), all])[1].value(as: [Int32].self)
                #expect(seen == [mine], "\(table.name)")
                let unnamed = try await store.client.run([all])[0].value(as: [Int32].self)
                #expect(unnamed == [], "\(table.name)")
                let theirRows = PostgresStatement("select count(*) from \(table.name) where company_id = $1", theirs)
                #expect(
                    try await store.client.run([.company(mine), theirRows])[1].value(as: Int.self) == 0, "\(table.name)"
                )
            }
            let companies = PostgresStatement("select array_agg(id) from companies")
            #expect(try await store.client.run([.company(mine), companies])[1].value(as: [Int32].self) == [mine])
            let findings = PostgresStatement("select array_agg(distinct company_id) from findings")
            #expect(try await store.client.run([.company(mine), findings])[1].value(as: [Int32].self) == [mine])
        }
    }

    @Test("rows of another company are neither changed nor deleted, nor can any be written into it")
    func writesWithoutCondition() async throws {
        try await withTwoCompanies { store, settings, mine, theirs in
            try await Self.addLongSets(settings)
            for table in try await Self.fetchTables(store.client) where !table.isPart && table.hasCompany {
                for sql in [
                    "update \(table.name) set company_id = company_id where company_id = \(theirs)",
                    "delete from \(table.name) where company_id = \(theirs)",
                ] {
                    do {
                        let done = try await store.client.run([.company(mine), PostgresStatement(sql)])[1]
                        #expect(done.affectedRows == 0, "\(sql)")
                    } catch let error as PostgresError where table.name.hasPrefix("audit_") || table.name == "notes" {
                        #expect(error.state == .insufficientPrivilege, "\(sql): \(error)")
                    }
                }
                do {
                    _ = try await store.client.run([
                        .company(mine), PostgresStatement("update \(table.name) set company_id = \(theirs)"),
                    ])
                    Issue.record("\(table.name): rows moved to another company")
                } catch let error as PostgresError {
                    #expect(error.state == .insufficientPrivilege, "\(table.name): \(error)")
                }
            }
            try await TemporaryDatabase.administer(
                try PostgresCluster.shared(), "delete from package_holders", in: settings.client.database)
            #expect(try await store.verify() == [])
        }
    }

    /// Sets as only companies with hundreds of inventories have them.
    private static func addLongSets(_ settings: DatabaseSettings) async throws {
        try await TemporaryDatabase.administer(
            try PostgresCluster.shared(), "insert into package_holders select id, 1, 9, sha512('x') from companies",
            in: settings.client.database)
    }

    @Test("a part of a table shows and takes nothing when it is asked itself, nor may the schema be changed")
    func parts() async throws {
        try await withTwoCompanies { store, _, mine, _ in
            for sql in [
                "select * from agents_0", "insert into events_0 select * from events_0", "truncate agents",
                "alter table agents disable row level security", "create table own (a int)", "drop table meta",
                "update audit_entries set actor_name = ''", "delete from audit_entries", "truncate audit_entries",
                "delete from audit_heads",
                "set role owner", "delete from schema_migrations", "alter role current_user bypassrls",
            ] where sql != "set role owner" {
                do {
                    _ = try await store.client.run([.company(mine), PostgresStatement(sql)])
                    Issue.record("went through: \(sql)")
                } catch let error as PostgresError {
                    #expect(error.state == .insufficientPrivilege, "\(sql): \(error)")
                }
            }
        }
    }

    @Test("a key finds its own row before a company is known, and nothing beside it")
    func presentedKeys() async throws {
        try await withTwoCompanies { store, _, _, _ in
            let all = PostgresStatement("select array_agg(email) from users")
            let found = try await store.client.run([.presented("mine@example.com"), all])[1].value(as: [String].self)
            #expect(found == ["mine@example.com"])
            let hash = Scenario.secret("mine".hashValue)
            let tokens = PostgresStatement("select array_agg(hash) from enrollment_tokens")
            #expect(
                try await store.client.run([.presented(hash.hex), tokens])[1].value(as: [Data].self) == [hash.data])
            for table in ["agents", "inventories", "events", "company_vulnerabilities"] {
                let count = PostgresStatement("select count(*) from \(table)")
                #expect(try await store.client.run([.presented(hash.hex), count])[1].value(as: Int.self) == 0)
            }
        }
    }

    @Test("the company ends with its request: the next user of the connection has none")
    func nothingLeaks() async throws {
        try await withTwoCompanies { store, _, mine, _ in
            let count = PostgresStatement("select count(*) from agents")
            for _ in 0..<20 {
                let (named, unnamed) = (
                    try await store.client.run([.company(mine), count])[1], try await store.client.run([count])[0]
                )
                #expect(try named.value(as: Int.self) == 3)
                #expect(try unnamed.value(as: Int.self) == 0)
                _ = try? await store.client.run([.company(mine), PostgresStatement("select 1 / 0")])
                #expect(try await store.client.run([count])[0].value(as: Int.self) == 0)
            }
            var options = PostgresTransactionOptions()
            options.settings = ["zerotrace.company": String(mine)]
            for _ in 0..<8 {
                try await store.client.withTransaction(options) { transaction in
                    let seen = try await transaction.query(count).value(as: Int.self)
                    #expect(seen == 3)
                }
                try await store.client.withTransaction { transaction in
                    let seen = try await transaction.query(count).value(as: Int.self)
                    #expect(seen == 0)
                }
            }
        }
    }

    @Test("the view of findings says what the store says")
    func viewAgrees() async throws {
        try await withTemporaryStore { store, _ in
            let (scope, agents) = try await Scenario.company(store, "company", agents: 2)
            for agent in agents { try await Scenario.apply(store, scope, agent, Array(1...40)) }
            try await Scenario.apply(store, scope, agents[0], Array(11...60), at: Scenario.now.addingTimeInterval(60))
            let company = try #require(try await store.row(scope))
            for agent in agents {
                let page = try await store.fetchAgentFindings(
                    scope: scope, agentID: agent, query: VulnerabilityQuery(), page: PageRequest(limit: 500))
                let expected = page.items.flatMap { finding in
                    finding.packages.map { "\(finding.record.id) \($0.purl) \($0.firstSeen.timeIntervalSince1970)" }
                }.sorted()
                #expect(!expected.isEmpty)
                let statement = PostgresStatement(
                    "select vulnerability, purl, first_seen_at from findings where agent_id = $1", agent.uuid)
                let found = try await store.client.run([.company(company), statement])[1].map { row in
                    let date = try row.get(2, as: Date.self)
                    return
                        "\(try row.get(0, as: String.self)) \(try row.get(1, as: String.self)) \(date.timeIntervalSince1970)"
                }.sorted()
                #expect(found == expected)
            }
        }
    }
}
