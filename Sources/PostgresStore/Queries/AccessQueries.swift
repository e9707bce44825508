import Foundation
import PostgreSQL
import Stores

/// Users as their company sees them, their sessions and API tokens.
enum AccessQueries {
    /// Serves from: users_by_company.
    static func users(company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select id, email, role, created_at from users where company_id = $1 order by email_key", company)
    }
    /// Serves from: primary key.
    static func lockUser(_ id: UserID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select id, email, role, created_at from users where id = $1 and company_id = $2 for update", id.uuid,
            company)
    }
    /// Serves from: users_by_company.
    static func hasOtherOwner(_ id: UserID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select exists (select from users where company_id = $1 and role = 'owner' and id <> $2)", company, id.uuid)
    }
    /// Serves from: primary key.
    static func setRole(_ id: UserID, _ role: Role) -> PostgresStatement {
        PostgresStatement("update users set role = $2 where id = $1", id.uuid, role.rawValue)
    }
    /// Serves from: primary key.
    static func deleteUser(_ id: UserID) -> PostgresStatement {
        PostgresStatement("delete from users where id = $1", id.uuid)
    }

    /// Serves from: primary key.
    static func passwordHash(_ id: UserID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select password_hash from users where id = $1 and company_id = $2", id.uuid, company)
    }
    /// Serves from: primary key.
    static func setPassword(_ id: UserID, _ hash: String, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "update users set password_hash = $3 where id = $1 and company_id = $2", id.uuid, company, hash)
    }
    static func insertReset(_ user: UserID, _ token: SecretHash, company: Int32, expiresAt: Date) -> PostgresStatement {
        PostgresStatement(
            """
            insert into password_resets (user_id, company_id, hash, expires_at) values ($1, $2, $3, $4)
            on conflict (user_id) do update set hash = excluded.hash, expires_at = excluded.expires_at
            """, user.uuid, company, token.data, expiresAt)
    }
    /// Serves from: password_resets_hash.
    static func reset(_ token: SecretHash, at now: Date) -> PostgresStatement {
        PostgresStatement(
            "select company_id, user_id from password_resets where hash = $1 and expires_at > $2", token.data, now)
    }
    /// Of two that use one token at once the second finds it gone. Serves from: primary key.
    static func deleteReset(_ user: UserID, _ token: SecretHash?, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "delete from password_resets where user_id = $1 and company_id = $2 and hash = coalesce($3, hash)",
            user.uuid, company, token?.data)
    }

    /// Serves from: sessions_by_user.
    static func sessions(_ user: UserID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            select id, created_at, expires_at, address, coalesce(used_at, created_at) from sessions
            where user_id = $1 and company_id = $2 and revoked_at is null and expires_at > $3 order by created_at desc, id
            """, user.uuid, company, now)
    }
    /// Serves from: primary key.
    static func lockSession(_ id: SessionID, _ user: UserID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select revoked_at is null from sessions where id = $1 and user_id = $2 and company_id = $3 for update
            """, id.uuid, user.uuid, company)
    }
    /// Serves from: sessions_by_user.
    static func revokeSessions(_ user: UserID, company: Int32, keeping kept: SessionID?, at now: Date)
        -> PostgresStatement
    {
        PostgresStatement(
            """
            update sessions set revoked_at = $3
            where user_id = $1 and company_id = $2 and revoked_at is null and id is distinct from $4
            """, user.uuid, company, now, kept?.uuid)
    }

    static func insertToken(_ token: APIToken, hash: SecretHash, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into api_tokens (id, company_id, user_id, hash, name, scopes, expires_at, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """, token.id.uuid, company, token.userID.uuid, hash.data, token.name.storable,
            token.scopes.joined(separator: " "), token.expiresAt, token.createdAt)
    }
    private static let tokenColumns = """
        select id, user_id, name, scopes, expires_at, revoked_at, created_at, last_used_at, company_id from api_tokens
        """
    /// Serves from: api_tokens_by_company, which is also the order.
    static func tokens(company: Int32) -> PostgresStatement {
        PostgresStatement(tokenColumns + " where company_id = $1 order by created_at desc, id", company)
    }
    /// Serves from: api_tokens_hash.
    static func token(_ hash: SecretHash, at now: Date) -> PostgresStatement {
        PostgresStatement(
            tokenColumns + " where hash = $1 and revoked_at is null and expires_at > $2", hash.data, now)
    }
    /// Serves from: primary key.
    static func lockToken(_ id: APITokenID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select revoked_at is null from api_tokens where id = $1 and company_id = $2 for update", id.uuid, company)
    }
    /// Serves from: primary key.
    static func revokeToken(_ id: APITokenID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            "update api_tokens set revoked_at = $3 where id = $1 and company_id = $2", id.uuid, company, now)
    }
    /// Serves from: primary key.
    static func noteUse(_ id: APITokenID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            "update api_tokens set last_used_at = $3 where id = $1 and company_id = $2", id.uuid, company, now)
    }
}
