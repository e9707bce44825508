import Stores

/// Exceptions, labels, and the findings that exceptions can be about.
enum ExceptionQueries {
    /// Serves from: unique index on uuid.
    static let agent = "select id from agents where uuid = ? and company_id = ?"
    /// Serves from: unique index on uuid.
    static let user = "select email from users where uuid = ? and company_id = ?"
    /// Serves from: agent_labels_by_agent.
    static let labels = "select label from agent_labels where agent_id = ? order by label"
    /// Serves from: agent_labels_by_agent.
    static let deleteLabels = "delete from agent_labels where agent_id = ?"
    static let insertLabel = "insert into agent_labels (company_id, label, agent_id) values (?, ?, ?)"

    private static let columns = """
        select uuid, vulnerability, package, label, agent_uuid, requested_by, requested_name, requested_at, reason, expires_at,
            approved, decided_by, decided_name, decided_at, comment, revoked_by, revoked_name, revoked_at, revocation, justification
        from exceptions
        """
    static let insert = """
        insert into exceptions (
            uuid, company_id, vulnerability, package, label, agent_uuid, requested_by, requested_name, requested_at, reason,
            expires_at, justification
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Serves from: exceptions_by_company.
    static let open = """
        select count(*) from exceptions
        where company_id = :company and revoked_at is null and approved is not 0 and expires_at > :now
        """
    /// Serves from: unique index on uuid.
    static let one = columns + " where uuid = ? and company_id = ?"
    /// Serves from: unique index on uuid.
    static let decide = """
        update exceptions set approved = :approved, decided_by = :user, decided_name = :name, decided_at = :now,
            comment = :comment
        where uuid = :uuid
        """
    /// Serves from: unique index on uuid.
    static let revoke = """
        update exceptions set revoked_by = :user, revoked_name = :name, revoked_at = :now, revocation = :comment
        where uuid = :uuid
        """
    /// Serves from: exceptions_approved.
    static let active =
        columns + """
             where company_id = :company and approved = 1 and revoked_at is null and expires_at > :now order by expires_at
            """

    /// Serves from: exceptions_by_company, which is also the order; filters are checked on the way.
    static func page(_ query: ExceptionQuery, hasCursor: Bool) -> String {
        var conditions = ["company_id = :company"]
        if hasCursor {
            conditions.append("requested_at <= :number and (requested_at < :number or uuid > :tie)")
        }
        if query.vulnerability != nil { conditions.append("vulnerability = :vulnerability") }
        switch query.state {
        case nil: break
        case .requested: conditions.append("approved is null and revoked_at is null and expires_at > :now")
        case .active: conditions.append("approved = 1 and revoked_at is null and expires_at > :now")
        case .rejected: conditions.append("approved = 0 and revoked_at is null")
        case .revoked: conditions.append("revoked_at is not null")
        case .expired: conditions.append("approved is not 0 and revoked_at is null and expires_at <= :now")
        }
        return columns
            + " indexed by exceptions_by_company where \(conditions.joined(separator: " and ")) order by requested_at desc, uuid limit :limit"
    }

    /// Of all companies. Serves from: exceptions_to_note.
    static let toNote = """
        select uuid, company_id from exceptions
        where approved = 1 and revoked_at is null and expiry_noted_at is null and expires_at <= :now
        order by expires_at limit :limit
        """
    /// Serves from: unique index on uuid.
    static let note = "update exceptions set expiry_noted_at = ? where uuid = ?"

    // MARK: - What they are about

    /// Vulnerabilities of the company by one of their ids, or in one of the packages given without version.
    ///
    /// Serves from: unique index on name, primary key of vulnerability_aliases; unique index on purl (`?` and `@`, which end a name, are
    /// neighbours), primary keys of company_packages and verdicts; primary key of company_vulnerabilities.
    static let vulnerabilities = """
        select n.id, n.name, n.record, v.agents, v.severity, v.exploited, v.fixable_agents > 0 from (
            select n.id from json_each(:ids) w cross join vulnerabilities n on n.name = w.value
            union select a.vulnerability_id from json_each(:ids) w cross join vulnerability_aliases a on a.alias = w.value
            union select v.vulnerability_id from json_each(:packages) w
                cross join packages p on p.purl >= w.value || '?' and p.purl < w.value || 'A'
                cross join company_packages c on c.company_id = :company and c.package_id = p.id
                cross join verdicts v on v.package_id = p.id and v.affected = 1) t
        cross join company_vulnerabilities v on v.company_id = :company and v.vulnerability_id = t.id
        cross join vulnerabilities n on n.id = t.id
        where v.agents > 0
        """

    /// Which packages of which inventories have these vulnerabilities.
    ///
    /// Serves from: verdicts_by_vulnerability, primary keys.
    static func carriers(ofInventories: Bool) -> String {
        """
        select v.vulnerability_id, p.purl, h.inventory_id from json_each(:vulnerabilities) w
        cross join verdicts v indexed by verdicts_by_vulnerability on v.vulnerability_id = w.value and v.affected = 1
        cross join inventory_packages h on h.package_id = v.package_id and h.company_id = :company
        cross join packages p on p.id = v.package_id
        """ + (ofInventories ? " where h.inventory_id in (select value from json_each(:inventories))" : "")
    }

    /// Serves from: unique index on uuid.
    static let agentByID = "select uuid, applied_id, id from agents where uuid = :agent and company_id = :company"
    /// Serves from: primary key of agent_labels.
    static let agentsByLabel = """
        select a.uuid, a.applied_id, a.id from json_each(:labels) w
        cross join agent_labels l on l.company_id = :company and l.label = w.value cross join agents a on a.id = l.agent_id
        """
    /// Serves from: agent_labels_by_agent.
    static let labelsOfAgents = """
        select l.agent_id, l.label from json_each(:rows) w cross join agent_labels l on l.agent_id = w.value
        """
}
