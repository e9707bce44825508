import Foundation
import PostgreSQL
import Stores

/// Exceptions, labels, and the findings that exceptions can be about.
enum ExceptionQueries {
    /// Two who change an agent's labels take turns. Serves from: primary key.
    static func lockAgent(_ id: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select from agents where company_id = $1 and id = $2 for no key update", company, id.uuid)
    }
    /// Serves from: primary key.
    static func agentExists(_ id: AgentID?, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select $2::uuid is null or exists (select from agents where company_id = $1 and id = $2)", company,
            id?.uuid)
    }
    /// Serves from: agent_labels_by_agent.
    static func labels(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select label from agent_labels where company_id = $1 and agent_id = $2 order by label", company, agent.uuid
        )
    }
    /// Serves from: agent_labels_by_agent.
    static func setLabels(_ labels: [String], of agent: AgentID, company: Int32) -> [PostgresStatement] {
        [
            PostgresStatement(
                "delete from agent_labels where company_id = $1 and agent_id = $2", company, agent.uuid),
            PostgresStatement(
                "insert into agent_labels (company_id, agent_id, label) select $1, $2, l from unnest($3::text[]) l",
                company, agent.uuid, labels),
        ]
    }

    private static let columns = """
        select id, vulnerability, package, label, agent_id, requested_by, requested_name, requested_at, reason, expires_at,
            approved, decided_by, decided_name, decided_at, comment, revoked_by, revoked_name, revoked_at, revocation, justification
        from exceptions
        """
    static func insert(_ exception: RiskException, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into exceptions (
                id, company_id, vulnerability, package, label, agent_id, requested_by, requested_name, requested_at, reason,
                expires_at, justification
            ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, exception.id.uuid, company, exception.scope.vulnerability?.storable,
            exception.scope.package?.storable, exception.scope.label?.storable, exception.scope.agent?.uuid,
            exception.request.id.uuid, exception.request.name, exception.request.at, exception.request.comment.storable,
            exception.expiresAt, exception.justification?.rawValue)
    }
    /// Serves from: exceptions_by_company.
    static func open(company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            select count(*) from exceptions
            where company_id = $1 and revoked_at is null and approved is not false and expires_at > $2
            """, company, now)
    }
    /// Serves from: primary key.
    static func one(_ id: ExceptionID, company: Int32, locking: Bool = false) -> PostgresStatement {
        PostgresStatement(
            columns + " where id = $1 and company_id = $2" + (locking ? " for update" : ""), id.uuid, company)
    }
    /// Serves from: primary key.
    static func decide(_ id: ExceptionID, isApproved: Bool, _ by: ExceptionActor, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            update exceptions set approved = $3, decided_by = $4, decided_name = $5, decided_at = $6, comment = $7
            where id = $1 and company_id = $2
            """, id.uuid, company, isApproved, by.id.uuid, by.name, by.at, by.comment.storable)
    }
    /// Serves from: primary key.
    static func revoke(_ id: ExceptionID, _ by: ExceptionActor, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            update exceptions set revoked_by = $3, revoked_name = $4, revoked_at = $5, revocation = $6
            where id = $1 and company_id = $2
            """, id.uuid, company, by.id.uuid, by.name, by.at, by.comment.storable)
    }
    /// Serves from: exceptions_approved.
    static func active(company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            columns
                + " where company_id = $1 and approved and revoked_at is null and expires_at > $2 order by expires_at, id",
            company, now.inWholeMilliseconds)
    }

    /// Serves from: exceptions_by_company, which is also the order; filters are checked on the way.
    static func page(
        company: Int32, _ query: ExceptionQuery, after cursor: NumberKey?, limit: Int, at now: Date
    ) throws -> PostgresStatement {
        var (conditions, parameters): ([String], [any PostgresEncodable]) = (["company_id = $1"], [company, limit])
        func bind(_ value: any PostgresEncodable) -> String {
            parameters.append(value)
            return "$\(parameters.count)"
        }
        if let cursor {
            let time = bind(Date(milliseconds: cursor.number))
            let tie = bind(try ExceptionID(cursor: cursor.tie).uuid)
            conditions.append("requested_at <= \(time) and (requested_at < \(time) or id > \(tie))")
        }
        if let vulnerability = query.vulnerability {
            conditions.append("vulnerability = \(bind(vulnerability.storable))")
        }
        switch query.state {
        case nil: break
        case .requested:
            conditions.append("approved is null and revoked_at is null and expires_at > \(bind(now))")
        case .active: conditions.append("approved and revoked_at is null and expires_at > \(bind(now))")
        case .rejected: conditions.append("not approved and revoked_at is null")
        case .revoked: conditions.append("revoked_at is not null")
        case .expired:
            conditions.append("approved is not false and revoked_at is null and expires_at <= \(bind(now))")
        }
        return PostgresStatement(
            columns + " where \(conditions.joined(separator: " and ")) order by requested_at desc, id limit $2",
            parameters)
    }

    /// Serves from: exceptions_to_note.
    static func countToNote(company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            select count(*) from exceptions where company_id = $1 and approved and revoked_at is null
                and expiry_noted_at is null and expires_at <= $2
            """, company, now)
    }
    /// Serves from: exceptions_to_note.
    static func toNote(company: Int32, at now: Date, limit: Int) -> PostgresStatement {
        PostgresStatement(
            columns + """
                 where company_id = $1 and approved and revoked_at is null and expiry_noted_at is null and expires_at <= $2
                order by expires_at limit $3 for update skip locked
                """, company, now, limit)
    }
    /// Serves from: primary key.
    static func note(_ ids: [ExceptionID], company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            "update exceptions set expiry_noted_at = $3 where company_id = $1 and id = any($2)", company,
            ids.map(\.uuid), now)
    }

    // MARK: - What they are about

    /// Vulnerabilities of the company by one of their ids, or in one of the packages given without version.
    ///
    /// Serves from: vulnerabilities_name, vulnerabilities_by_alias, packages_by_unversioned, primary keys.
    static func vulnerabilities(company: Int32, ids: [String], packages: [String]) -> PostgresStatement {
        let dated = HolderQueries.dated(
            "p.id",
            from: """
                unnest($3::text[]) w (name)
                join packages p on md5(split_part(split_part(p.purl, '@', 1), '?', 1)) = md5(w.name)
                """, package: "p.id")
        return PostgresStatement(
            """
            select n.id, n.name, array(select jsonb_array_elements_text(n.record -> 'aliases')), v.agents, v.severity, v.exploited,
                v.fixable_agents > 0
            from (
                select id from vulnerabilities where name = any($2)
                union select id from vulnerabilities where record -> 'aliases' ?| $2
                union select v.vulnerability_id from \(dated.source)
                    join verdicts v on v.package_id = d.id and v.affected where \(dated.condition)) t
            join company_vulnerabilities v on v.company_id = $1 and v.vulnerability_id = t.id
            join vulnerabilities n on n.id = t.id
            where v.agents > 0
            """, company, ids.map(\.storable), packages.map(\.storable))
    }

    /// Which packages of the company have these vulnerabilities. Serves from: verdicts_by_vulnerability, primary keys.
    static func carriers(company: Int32, vulnerabilities: [Int64]) -> PostgresStatement {
        let dated = HolderQueries.dated(
            "s.vulnerability_id", from: "verdicts s where s.vulnerability_id = any($2) and s.affected",
            package: "s.package_id")
        return PostgresStatement(
            """
            select d.vulnerability_id, p.id, p.purl from \(dated.source)
            join packages p on p.id = d.package
            where \(dated.condition)
            """, company, vulnerabilities.rows)
    }

    /// Agents by id or label, with the inventory that is applied. Serves from: primary keys, agent_labels_by_agent.
    static func holders(company: Int32, agents: [AgentID], labels: [String]) -> PostgresStatement {
        PostgresStatement(
            """
            select a.id, a.applied_inventory, array(
                select l.label from agent_labels l where l.company_id = $1 and l.agent_id = a.id)
            from (select unnest($2::uuid[]) union
                select l.agent_id from agent_labels l where l.company_id = $1 and l.label = any($3)) w (id)
            join agents a on a.company_id = $1 and a.id = w.id
            """, company, agents.map(\.uuid), labels.map(\.storable))
    }
}
