/// Users as their company sees them, their sessions and API tokens.
enum AccessQueries {
    /// Serves from: users_by_company.
    static let users = """
        select uuid, email, role, created_at from users where company_id = ? order by email_key
        """
    /// Serves from: unique index on uuid.
    static let user = "select id, email, role, created_at from users where uuid = ? and company_id = ?"
    /// Serves from: users_by_company.
    static let otherOwners = "select 1 from users where company_id = ? and role = 'owner' and id <> ? limit 1"
    static let setRole = "update users set role = ? where id = ?"
    static let deleteUser = "delete from users where id = ?"
    static let passwordHash = "select password_hash from users where id = ?"
    static let setPassword = "update users set password_hash = ? where id = ?"

    static let insertReset = """
        insert into password_resets (user_id, hash, expires_at) values (?, ?, ?)
        on conflict (user_id) do update set hash = excluded.hash, expires_at = excluded.expires_at
        """
    /// Serves from: unique index on hash, then primary keys.
    static let reset = """
        select u.uuid, c.uuid from password_resets r join users u on u.id = r.user_id join companies c on c.id = u.company_id
        where r.hash = ? and r.expires_at > ?
        """
    static let deleteReset = "delete from password_resets where user_id = ?"

    /// Serves from: sessions_by_user.
    static let sessions = """
        select uuid, created_at, expires_at, address, coalesce(used_at, created_at) from sessions
        where user_id = ? and revoked_at is null and expires_at > ? order by created_at desc, uuid
        """
    /// Serves from: unique index on uuid.
    static let session = "select revoked_at is null from sessions where uuid = ? and user_id = ?"
    /// Serves from: sessions_by_user.
    static let revokeSessions = """
        update sessions set revoked_at = ? where user_id = ? and uuid <> ? and revoked_at is null
        """

    static let insertToken = """
        insert into api_tokens (uuid, company_id, user_id, hash, name, scopes, expires_at, created_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let tokenColumns = """
        select t.uuid, u.uuid, t.name, t.scopes, t.expires_at, t.revoked_at, t.created_at, t.last_used_at, t.id, u.email, u.role,
            u.created_at, c.uuid
        from api_tokens t join users u on u.id = t.user_id join companies c on c.id = t.company_id
        """
    /// Serves from: api_tokens_by_company, which is also the order.
    static let tokens = tokenColumns + " where t.company_id = ? order by t.created_at desc, t.uuid"
    /// Serves from: unique index on hash.
    static let tokenByHash = tokenColumns + " where t.hash = ? and t.revoked_at is null and t.expires_at > ?"
    /// Serves from: unique index on uuid.
    static let token = "select revoked_at is null from api_tokens where uuid = ? and company_id = ?"
    /// Serves from: unique index on uuid.
    static let revokeToken = "update api_tokens set revoked_at = ? where uuid = ? and company_id = ?"
    static let noteUse = "update api_tokens set last_used_at = ? where id = ?"
}
