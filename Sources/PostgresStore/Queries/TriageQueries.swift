import Foundation
import PostgreSQL
import Stores

/// Policy, assignments and notes.
enum TriageQueries {
    /// Serves from: primary key.
    static func policy(company: Int32) -> PostgresStatement {
        PostgresStatement("select policy::text from sla_policies where company_id = $1", company)
    }
    static func setPolicy(_ policy: String, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into sla_policies (company_id, policy) values ($1, $2)
            on conflict (company_id) do update set policy = excluded.policy
            """, company, JSONB(policy))
    }
    /// All that a company is affected by, for whoever works out dates: each has to be looked at. Tens of thousands in a large company, so the
    /// dates are joined as a whole and not looked up one by one, and taken out of their blocks before anything is grouped.
    ///
    /// Serves from: the company's range of the primary keys, verdicts as a whole.
    static func dates(company: Int32, withRecords: Bool) -> PostgresStatement {
        let dated = HolderQueries.dated(
            "s.vulnerability_id, s.appeared_at", from: "verdicts s where s.affected", package: "s.package_id")
        return PostgresStatement(
            """
            select v.name, v.severity, v.exploited, \(withRecords ? "n.record::text" : "null::text"), f.since
            from company_vulnerabilities v
            join (select w.id, min(w.since) as since
                from (select d.vulnerability_id as id, greatest(d.appeared_at, \(dated.date)) as since
                    from \(dated.source) where \(dated.condition) offset 0) w
                group by w.id) f on f.id = v.vulnerability_id
            \(withRecords ? "join vulnerabilities n on n.id = v.vulnerability_id" : "")
            where v.company_id = $1 and v.is_affected
            """, company)
    }
    /// Serves from: primary key.
    static func deleteAssignments(_ ids: [String], company: Int32) -> PostgresStatement {
        PostgresStatement(
            "delete from assignments where company_id = $1 and vulnerability = any($2)", company, ids.map(\.storable))
    }
    static func insertAssignment(_ id: String, _ user: UserID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            insert into assignments (company_id, vulnerability, user_id, assigned_at) values ($1, $2, $3, $4)
            on conflict (company_id, vulnerability) do update
                set user_id = excluded.user_id, assigned_at = excluded.assigned_at
            """, company, id.storable, user.uuid, now)
    }
    /// Serves from: primary keys.
    static func assignments(company: Int32, _ ids: [String]?) -> PostgresStatement {
        PostgresStatement(
            """
            select a.vulnerability, u.id, u.email, a.assigned_at from assignments a join users u on u.id = a.user_id
            where a.company_id = $1 and u.company_id = $1 and ($2::text[] is null or a.vulnerability = any($2))
            """, company, ids?.map(\.storable))
    }
    /// Serves from: primary key.
    static func countAssignments(company: Int32) -> PostgresStatement {
        PostgresStatement("select count(*) from assignments where company_id = $1", company)
    }
    static func insert(_ note: VulnerabilityNote, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into notes (id, company_id, vulnerability, package, author, author_name, at, text)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """, note.id.uuid, company, note.vulnerability.storable, note.package?.storable, note.author.uuid,
            note.authorName, note.at, note.text.storable)
    }
    /// Serves from: notes_by_vulnerability.
    static func countNotes(_ vulnerability: String, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select count(*) from notes where company_id = $1 and vulnerability = $2", company, vulnerability.storable)
    }
    /// Serves from: notes_by_vulnerability; a vulnerability has few notes to sort.
    static func notes(company: Int32, _ ids: [String], after cursor: NumberKey?, limit: Int) throws -> PostgresStatement
    {
        var parameters: [any PostgresEncodable] = [company, limit, Set(ids.map(\.storable)).sorted()]
        var condition = ""
        if let cursor {
            parameters += [Date(milliseconds: cursor.number), try NoteID(cursor: cursor.tie).uuid]
            condition = " and at <= $4 and (at < $4 or id > $5)"
        }
        return PostgresStatement(
            """
            select id, vulnerability, package, author, author_name, at, text from notes
            where company_id = $1 and vulnerability = any($3)\(condition) order by at desc, id limit $2
            """, parameters)
    }
}
