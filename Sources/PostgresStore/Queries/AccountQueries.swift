import Foundation
import PostgreSQL
import Stores

/// Companies.
enum CompanyQueries {
    private static let columns = "select id, uuid, name, created_at from companies"

    /// Serves from: companies_name_key.
    static func insert(_ company: Company) -> PostgresStatement {
        PostgresStatement(
            """
            insert into companies (uuid, name, name_key, created_at) values ($1, $2, $3, $4)
            on conflict (name_key) do nothing returning id
            """, company.id.uuid, company.name.storable, company.name.lowercased().storable, company.createdAt)
    }
    /// Serves from: primary key.
    static func insertTotals(_ company: Int32) -> PostgresStatement {
        PostgresStatement("insert into company_totals (company_id) values ($1)", company)
    }
    /// Serves from: companies_name_key.
    static func byName(_ name: String) -> PostgresStatement {
        PostgresStatement(columns + " where name_key = $1", name.lowercased().storable)
    }
    /// Serves from: companies_uuid.
    static func byID(_ id: UUID) -> PostgresStatement { PostgresStatement(columns + " where uuid = $1", id) }
    /// Serves from: primary key.
    static func byRow(_ row: Int32) -> PostgresStatement { PostgresStatement(columns + " where id = $1", row) }
    /// Serves from: companies_name_key, which is also the order.
    static let all = PostgresStatement(columns + " order by name_key")
}

/// Users and sessions.
enum UserQueries {
    /// The columns that ``PostgresStore`` reads a login from.
    private static let columns = "select company_id, id, email, role, created_at, password_hash from users"

    /// Serves from: users_email_key.
    static func insert(_ user: User, company: Int32, passwordHash: String) -> PostgresStatement {
        PostgresStatement(
            """
            insert into users (id, company_id, email, email_key, password_hash, role, created_at)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (email_key) do nothing
            """, user.id.uuid, company, user.email.storable, user.email.lowercased().storable, passwordHash,
            user.role.rawValue, user.createdAt)
    }
    /// Serves from: users_email_key.
    static func byEmail(_ key: String) -> PostgresStatement {
        PostgresStatement(columns + " where email_key = $1", key)
    }
    /// Serves from: primary key.
    static func byID(_ id: UserID) -> PostgresStatement { PostgresStatement(columns + " where id = $1", id.uuid) }
    /// Serves from: primary key.
    static func byID(_ id: UserID, company: Int32) -> PostgresStatement {
        PostgresStatement(columns + " where id = $1 and company_id = $2", id.uuid, company)
    }

    /// Serves from: sessions_by_expiry.
    static func deleteSessions(company: Int32, expiredBefore date: Date) -> PostgresStatement {
        PostgresStatement("delete from sessions where company_id = $1 and expires_at < $2", company, date)
    }
    static func insertSession(_ session: Session, from address: String?, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into sessions (id, company_id, user_id, created_at, expires_at, address, used_at)
            values ($1, $2, $3, $4, $5, $6, $4)
            """, session.id.uuid, company, session.userID.uuid, session.createdAt, session.expiresAt,
            address?.storable)
    }
    static func insertToken(_ hash: SecretHash, session: SessionID, company: Int32, expiresAt: Date)
        -> PostgresStatement
    {
        PostgresStatement(
            "insert into refresh_tokens (hash, company_id, session_id, expires_at) values ($1, $2, $3, $4)", hash.data,
            company, session.uuid, expiresAt)
    }
    /// Of two that present one token at once the second waits here and then finds it used. Serves from: primary key.
    static func lockToken(_ hash: SecretHash) -> PostgresStatement {
        PostgresStatement(
            "select company_id, session_id, expires_at, used_at is not null from refresh_tokens where hash = $1 for update",
            hash.data)
    }
    /// Serves from: primary key.
    static func lockSession(_ id: SessionID) -> PostgresStatement {
        PostgresStatement(
            "select user_id, created_at, revoked_at is not null from sessions where id = $1 for update", id.uuid)
    }
    /// Serves from: primary key.
    static func useToken(_ hash: SecretHash, at now: Date) -> PostgresStatement {
        PostgresStatement("update refresh_tokens set used_at = $2 where hash = $1", hash.data, now)
    }
    /// Serves from: primary key.
    static func extendSession(_ id: SessionID, to expiresAt: Date, at now: Date) -> PostgresStatement {
        PostgresStatement("update sessions set expires_at = $2, used_at = $3 where id = $1", id.uuid, expiresAt, now)
    }
    /// Serves from: primary key.
    static func revokeSession(_ id: SessionID, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            update sessions set revoked_at = $2 where id = $1 and revoked_at is null returning company_id, user_id
            """, id.uuid, now)
    }
    /// Serves from: primary key.
    static func sessionIsActive(_ id: SessionID, at now: Date) -> PostgresStatement {
        PostgresStatement(
            "select exists (select from sessions where id = $1 and revoked_at is null and expires_at > $2)", id.uuid,
            now)
    }
}

/// Enrollment tokens and the keys of agents.
enum EnrollmentQueries {
    static func insertToken(_ token: EnrollmentToken, hash: SecretHash, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into enrollment_tokens (id, company_id, hash, label, maximum_uses, expires_at, created_at)
            values ($1, $2, $3, $4, $5::int8, $6, $7)
            """, token.id.uuid, company, hash.data, token.label.storable, token.maximumUses, token.expiresAt,
            token.createdAt)
    }
    /// Serves from: enrollment_tokens_by_company, which is also the order.
    static func tokens(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select id, label, maximum_uses, uses, expires_at, revoked_at, created_at
            from enrollment_tokens where company_id = $1 order by created_at desc, id
            """, company)
    }
    /// A token revoked before keeps the first date. Serves from: primary key.
    static func revoke(_ id: EnrollmentTokenID, company: Int32, at now: Date) -> PostgresStatement {
        PostgresStatement(
            """
            update enrollment_tokens set revoked_at = $3 where id = $1 and company_id = $2 and revoked_at is null
            """, id.uuid, company, now)
    }
    /// Serves from: primary key.
    static func exists(_ id: EnrollmentTokenID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select exists (select from enrollment_tokens where id = $1 and company_id = $2)", id.uuid, company)
    }
    /// Serves from: enrollment_tokens_hash.
    static func companyOfToken(_ hash: SecretHash) -> PostgresStatement {
        PostgresStatement("select company_id from enrollment_tokens where hash = $1", hash.data)
    }
    /// Serves from: enrollment_tokens_hash.
    static func lockToken(_ hash: SecretHash) -> PostgresStatement {
        PostgresStatement(
            "select id, maximum_uses, uses, expires_at, revoked_at is not null from enrollment_tokens where hash = $1 for update",
            hash.data)
    }
    /// Serves from: primary key.
    static func reenrollment(company: Int32) -> PostgresStatement {
        PostgresStatement("select reenrollment from enrollment_policies where company_id = $1", company)
    }
    static func setReenrollment(_ policy: ReenrollmentPolicy, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            insert into enrollment_policies (company_id, reenrollment) values ($1, $2)
            on conflict (company_id) do update set reenrollment = excluded.reenrollment
            """, company, policy.rawValue)
    }
    /// Serves from: agents_by_hostname, then agent_keys by primary key.
    static func agent(ofMachine hostname: String, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select a.id from agents a join agent_keys k on k.agent_id = a.id
            where a.company_id = $1 and a.hostname_key = $2 and k.barred is distinct from 'revoked' limit 1
            """, company, hostname.lowercased().storable)
    }
    /// Serves from: primary key.
    static func countUse(_ id: UUID) -> PostgresStatement {
        PostgresStatement("update enrollment_tokens set uses = uses + 1 where id = $1", id)
    }
    /// Serves from: agent_keys_public_key.
    static func agent(company: Int32, publicKey: [UInt8]) -> PostgresStatement {
        PostgresStatement(
            "select agent_id, barred is not null from agent_keys where company_id = $1 and public_key = $2", company,
            Data(publicKey))
    }
    /// Serves from: primary key.
    static func lockKey(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select public_key from agent_keys where agent_id = $1 and company_id = $2 and barred is null for update
            """, agent.uuid, company)
    }
    /// Serves from: primary key.
    static func setKey(_ agent: AgentID, _ key: [UInt8], company: Int32) -> PostgresStatement {
        PostgresStatement(
            "update agent_keys set public_key = $3 where agent_id = $1 and company_id = $2", agent.uuid, company,
            Data(key))
    }
    static func insertKey(_ agent: AgentCredential, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "insert into agent_keys (agent_id, company_id, public_key) values ($1, $2, $3)", agent.agentID.uuid,
            company,
            Data(agent.publicKey))
    }
    /// Serves from: primary key.
    static func key(_ agent: AgentID) -> PostgresStatement {
        PostgresStatement(
            "select company_id, public_key from agent_keys where agent_id = $1 and barred is null", agent.uuid)
    }

    /// Serves from: primary key.
    static func lockStanding(_ agent: AgentID, company: Int32) -> PostgresStatement {
        PostgresStatement(
            "select barred from agent_keys where agent_id = $1 and company_id = $2 for update", agent.uuid, company)
    }
    /// Serves from: primary key.
    static func setStanding(
        _ agent: AgentID, company: Int32, _ standing: AgentStanding, reason: String, at now: Date
    ) -> PostgresStatement {
        let isActive = standing == .active
        return PostgresStatement(
            """
            update agent_keys set barred = $3, barred_at = $4, barred_reason = $5 where agent_id = $1 and company_id = $2
            """, agent.uuid, company, isActive ? nil : standing.rawValue, isActive ? Date?.none : now,
            isActive ? nil : reason.storable)
    }
    /// Serves from: agent_keys_barred_by_company, backwards; then primary keys.
    static func barred(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select k.agent_id, a.hostname, k.barred, k.barred_reason, k.barred_at
            from agent_keys k join agents a on a.company_id = k.company_id and a.id = k.agent_id
            where k.company_id = $1 and k.barred_at is not null order by k.barred_at desc, k.agent_id
            """, company)
    }
    /// Serves from: agent_keys_barred_by_time.
    static func barred(since: Date) -> PostgresStatement {
        PostgresStatement("select agent_id from agent_keys where barred_at >= $1", since)
    }
}
