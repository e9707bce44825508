/// Policy, assignments and notes.
enum TriageQueries {
    /// Serves from: primary key.
    static let policy = "select policy from sla_policies where company_id = ?"
    static let setPolicy = """
        insert into sla_policies (company_id, policy) values (?, ?)
        on conflict (company_id) do update set policy = excluded.policy
        """
    /// All that a company is affected by, for whoever works out dates: each has to be looked at.
    ///
    /// Serves from: company_vulnerabilities_by_risk; the date as in ``FindingQueries/firstSeen``.
    static let dates = """
        select v.name, v.severity, v.exploited, iif(:decisions, n.record, null), (
            select min(max(d.appeared_at, p.first_seen_at))
            from verdicts d indexed by verdicts_by_vulnerability
            cross join company_packages p on p.company_id = :company and p.package_id = d.package_id
            where d.vulnerability_id = v.vulnerability_id and d.affected = 1)
        from company_vulnerabilities v indexed by company_vulnerabilities_by_risk
        cross join vulnerabilities n on n.id = v.vulnerability_id
        where v.company_id = :company and v.agents > 0
        """
    /// Serves from: unique index on uuid.
    static let user = "select id, email from users where uuid = ? and company_id = ?"
    /// Serves from: primary key.
    static let deleteAssignments = """
        delete from assignments where company_id = :company and vulnerability in (select value from json_each(:ids))
        """
    static let insertAssignment = """
        insert into assignments (company_id, vulnerability, user_id, assigned_at) values (?, ?, ?, ?)
        """
    /// Serves from: primary key.
    static func assignments(ofSome: Bool) -> String {
        """
        select a.vulnerability, u.uuid, u.email, a.assigned_at
        from assignments a cross join users u on u.id = a.user_id where a.company_id = :company
        """ + (ofSome ? " and a.vulnerability in (select value from json_each(:ids))" : "")
    }
    /// Serves from: primary key.
    static let countAssignments = "select count(*) from assignments where company_id = ?"
    static let insertNote = """
        insert into notes (uuid, company_id, vulnerability, package, author, author_name, at, text)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Serves from: notes_by_vulnerability.
    static let countNotes = "select count(*) from notes where company_id = ? and vulnerability = ?"

    /// Serves from: notes_by_vulnerability, once for each id; a vulnerability has few notes to sort.
    static func notes(hasCursor: Bool) -> String {
        """
        select n.uuid, n.vulnerability, n.package, n.author, n.author_name, n.at, n.text
        from json_each(:ids) w cross join notes n on n.company_id = :company and n.vulnerability = w.value
        """ + (hasCursor ? " where n.at <= :number and (n.at < :number or n.uuid > :tie)" : "")
            + " order by n.at desc, n.uuid limit :limit"
    }
}
