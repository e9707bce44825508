import Stores

/// The audit log.
enum AuditQueries {
    /// Serves from: primary key.
    static let head = "select sequence, hash from audit_heads where company_id = ?"
    static let insert = """
        insert into audit_entries (
            company_id, sequence, at, actor_kind, actor_id, actor_name, action, subject, details, address, request_id,
            previous, hash
        ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let setHead = """
        insert into audit_heads (company_id, sequence, hash) values (?, ?, ?)
        on conflict (company_id) do update set sequence = excluded.sequence, hash = excluded.hash
        """

    /// Serves from: the index of one filter, or the primary key, which are also the order.
    static func page(_ query: AuditQuery, hasCursor: Bool) -> String {
        var conditions = ["company_id = :company"]
        if query.action != nil { conditions.append("action = :action") }
        if query.actor != nil { conditions.append("actor_id = :actor") }
        if query.subject != nil { conditions.append("subject = :subject") }
        if query.from != nil { conditions.append("at >= :from") }
        if query.until != nil { conditions.append("at < :until") }
        if hasCursor { conditions.append("sequence \(query.isOldestFirst ? ">" : "<") :after") }
        return """
            select sequence, at, actor_kind, actor_id, actor_name, action, subject, details, address, request_id, previous,
                hash
            from audit_entries where \(conditions.joined(separator: " and "))
            order by sequence \(query.isOldestFirst ? "asc" : "desc") limit :limit
            """
    }
}
