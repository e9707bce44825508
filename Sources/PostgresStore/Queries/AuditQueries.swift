import Foundation
import PostgreSQL
import Stores

/// The audit log.
enum AuditQueries {
    /// Makes the row that is locked, for a company that has no entry yet.
    static func makeHead(company: Int32) -> PostgresStatement {
        PostgresStatement(
            "insert into audit_heads (company_id, sequence, hash) values ($1, 0, $2) on conflict do nothing", company,
            Data(AuditChain.start))
    }
    /// Of two that append at once the second waits here. Serves from: primary key.
    static func lockHead(company: Int32) -> PostgresStatement {
        PostgresStatement("select sequence, hash from audit_heads where company_id = $1 for update", company)
    }
    /// Serves from: primary key.
    static func head(company: Int32) -> PostgresStatement {
        PostgresStatement("select sequence, hash from audit_heads where company_id = $1", company)
    }
    /// Serves from: primary key.
    static func setHead(_ entry: AuditEntry, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "update audit_heads set sequence = $2, hash = $3 where company_id = $1", company, entry.sequence,
            Data(entry.hash))
    }
    static func insert(_ entry: AuditEntry, company: Int32) throws -> PostgresStatement {
        PostgresStatement(
            """
            insert into audit_entries (
                company_id, sequence, at, actor_kind, actor_id, actor_name, action, subject, details, address, request_id,
                previous, hash
            ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, company, entry.sequence, entry.at, entry.context.actor.kind.rawValue, entry.context.actor.id,
            entry.context.actor.name, entry.action, entry.subject, try StoredJSON.encode(entry.details),
            entry.context.address, entry.context.requestID, Data(entry.previous), Data(entry.hash))
    }

    /// Serves from: the index of one filter, or the primary key, which are also the order.
    static func page(company: Int32, _ query: AuditQuery, after: Int64?, limit: Int) -> PostgresStatement {
        var (conditions, parameters): ([String], [any PostgresEncodable]) = (["company_id = $1"], [company])
        func require(_ condition: String, _ value: (any PostgresEncodable)?) {
            guard let value else { return }
            parameters.append(value)
            conditions.append("\(condition) $\(parameters.count)")
        }
        require("action =", query.action?.storable)
        require("actor_id =", query.actor?.storable)
        require("subject =", query.subject?.storable)
        require("at >=", query.from?.inWholeMilliseconds)
        require("at <", query.until?.inWholeMilliseconds)
        require("sequence \(query.isOldestFirst ? ">" : "<")", after)
        return PostgresStatement(
            """
            select sequence, at, actor_kind, actor_id, actor_name, action, subject, details, address, request_id, previous,
                hash
            from audit_entries where \(conditions.joined(separator: " and "))
            order by sequence \(query.isOldestFirst ? "asc" : "desc") limit \(limit)
            """, parameters)
    }
}
