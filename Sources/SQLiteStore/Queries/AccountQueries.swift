/// Companies, users, sessions and enrollment tokens.
enum AccountQueries {
    /// Serves from: unique index on name_key.
    static let insertCompany = """
        insert into companies (uuid, name, name_key, created_at) values (:uuid, :name, :key, :now)
        on conflict (name_key) do nothing
        """
    /// Serves from: unique index on name_key.
    static let companyByName = "select uuid, name, created_at from companies where name_key = ?"
    /// Serves from: unique index on name_key, which is also the order.
    static let companies = "select uuid, name, created_at from companies order by name_key"
    /// Serves from: unique index on uuid.
    static let companyRow = "select id from companies where uuid = ?"

    /// Serves from: unique index on email_key.
    static let insertUser = """
        insert into users (uuid, company_id, email, email_key, password_hash, role, created_at)
        values (:uuid, :company, :email, :key, :hash, :role, :now)
        on conflict (email_key) do nothing
        """
    private static let login = """
        select u.uuid, u.email, u.role, u.created_at, u.password_hash, c.uuid, c.name, c.created_at
        from users u join companies c on c.id = u.company_id
        """
    /// Serves from: unique index on email_key, then primary key.
    static let loginByEmail = login + " where u.email_key = ?"
    /// Serves from: unique index on uuid, then primary key.
    static let loginByID = login + " where u.uuid = ? and c.uuid = ?"
    /// Serves from: primary keys.
    static let loginByRow = login + " where u.id = ?"

    /// Serves from: unique index on uuid.
    static let userRow = """
        select u.id, c.uuid, c.id, u.email from users u join companies c on c.id = u.company_id where u.uuid = ?
        """
    /// Serves from: unique index on uuid.
    static let userName = "select email from users where uuid = ? and company_id = ?"
    static let insertSession = """
        insert into sessions (uuid, user_id, created_at, expires_at, address, used_at) values (?, ?, ?, ?, ?, ?)
        """
    static let insertRefreshToken = "insert into refresh_tokens (hash, session_id, expires_at) values (?, ?, ?)"
    /// Serves from: sessions_by_expiry.
    static let deleteSessionsExpiredBefore = "delete from sessions where expires_at < ?"
    /// Serves from: primary keys.
    static let refreshToken = """
        select t.used_at, t.expires_at, s.id, s.uuid, s.user_id, s.created_at, s.revoked_at
        from refresh_tokens t join sessions s on s.id = t.session_id where t.hash = ?
        """
    static let useRefreshToken = "update refresh_tokens set used_at = ? where hash = ?"
    static let extendSession = "update sessions set expires_at = ?, used_at = ? where id = ?"
    /// Serves from: unique index on uuid.
    static let revokeSession = "update sessions set revoked_at = ? where uuid = ? and revoked_at is null"
    /// Serves from: unique index on uuid, then primary keys.
    static let companyOfSession = """
        select c.id, c.uuid, u.uuid from sessions s join users u on u.id = s.user_id
            join companies c on c.id = u.company_id
        where s.uuid = ?
        """
    /// Serves from: unique index on uuid.
    static let sessionIsActive = "select 1 from sessions where uuid = ? and revoked_at is null and expires_at > ?"

    static let insertEnrollmentToken = """
        insert into enrollment_tokens (uuid, company_id, hash, label, maximum_uses, expires_at, created_at)
        values (:uuid, :company, :hash, :label, :maximum, :expires, :now)
        """
    /// Serves from: enrollment_tokens_by_company, which is also the order.
    static let enrollmentTokens = """
        select uuid, label, maximum_uses, uses, expires_at, revoked_at, created_at
        from enrollment_tokens where company_id = ? order by created_at desc, uuid
        """
    /// Serves from: unique index on uuid. A token revoked before keeps the first date.
    static let revokeEnrollmentToken = """
        update enrollment_tokens set revoked_at = ? where uuid = ? and company_id = ? and revoked_at is null
        """
    /// Serves from: unique index on uuid.
    static let enrollmentTokenExists = "select 1 from enrollment_tokens where uuid = ? and company_id = ?"
    /// Serves from: unique index on hash.
    static let enrollmentTokenByHash = """
        select t.id, t.company_id, t.maximum_uses, t.uses, t.expires_at, t.revoked_at, c.uuid, c.name, t.uuid
        from enrollment_tokens t join companies c on c.id = t.company_id where t.hash = ?
        """
    /// Serves from: primary key.
    static let reenrollment = "select reenrollment from enrollment_policies where company_id = ?"
    static let setReenrollment = """
        insert into enrollment_policies (company_id, reenrollment) values (?, ?)
        on conflict (company_id) do update set reenrollment = excluded.reenrollment
        """
    /// Serves from: agents_by_hostname.
    static let agentOfMachine = """
        select uuid from agents where company_id = ? and hostname_key = ? and barred is not 'revoked' limit 1
        """
    static let countEnrollment = "update enrollment_tokens set uses = uses + 1 where id = ?"
}
