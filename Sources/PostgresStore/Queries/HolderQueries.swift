import Foundation
import PostgreSQL
import Stores

/// Which inventories hold a package, and since when the company has it.
enum HolderQueries {
    /// Serves from: primary key.
    static func segments(company: Int32, packages: [Int64], among segments: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            select package_id, segment, holders from package_holders
            where company_id = $1 and package_id = any($2) and segment = any($3)
            """, company, packages.rows, segments)
    }
    /// Serves from: primary key.
    static func all(company: Int32, packages: [Int64]) -> PostgresStatement {
        PostgresStatement(
            "select package_id, segment, holders from package_holders where company_id = $1 and package_id = any($2)",
            company, packages.rows)
    }
    static func put(company: Int32, _ rows: [(package: Int32, segment: Int32, holders: Data)]) -> PostgresStatement {
        PostgresStatement(
            """
            insert into package_holders (company_id, package_id, segment, holders)
            select $1, r.package, r.segment, r.holders
            from unnest($2::int4[], $3::int4[], $4::bytea[]) r (package, segment, holders)
            on conflict (company_id, package_id, segment) do update set holders = excluded.holders
            """, company, rows.map(\.package), rows.map(\.segment), rows.map(\.holders))
    }
    /// Serves from: primary key.
    static func delete(company: Int32, _ rows: [(package: Int32, segment: Int32)]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from package_holders h using unnest($2::int4[], $3::int4[]) r (package, segment)
            where h.company_id = $1 and h.package_id = r.package and h.segment = r.segment
            """, company, rows.map(\.package), rows.map(\.segment))
    }

    /// Serves from: primary key.
    static func firstSeen(company: Int32, packages: [Int64]) -> PostgresStatement {
        PostgresStatement(
            "select package_id, first_seen_at from company_packages where company_id = $1 and package_id = any($2)",
            company,
            packages.rows)
    }
    static func insertFirstSeen(company: Int32, packages: [Int64], at now: Date) -> PostgresStatement {
        PostgresStatement(
            "insert into company_packages (company_id, package_id, first_seen_at) select $1, id, $3 from unnest($2::int4[]) w (id)",
            company, packages.rows, now)
    }
    /// Serves from: primary key.
    static func setFirstSeen(company: Int32, _ dates: [(package: Int64, date: Date)]) -> PostgresStatement {
        PostgresStatement(
            """
            update company_packages c set first_seen_at = d.date
            from unnest($2::int4[], $3::timestamptz[]) d (package, date)
            where c.company_id = $1 and c.package_id = d.package
            """, company, dates.map(\.package).rows, dates.map(\.date))
    }
    /// Of these packages, deletes those that nobody holds any longer. Serves from: primary keys.
    static func deleteUnheld(company: Int32, packages: [Int64]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from company_packages c
            where c.company_id = $1 and c.package_id = any($2) and not exists (
                select from package_holders h where h.company_id = $1 and h.package_id = c.package_id)
            returning c.package_id
            """, company, packages.rows)
    }
    /// The agents that have one of these inventories, with what their dates follow from. Serves from: agents_by_inventory.
    static func dates(company: Int32, inventories: [Int32]) -> PostgresStatement {
        PostgresStatement(
            """
            select a.applied_inventory, a.first_applied_at, d.dates
            from agents a left join agent_dates d on d.company_id = a.company_id and d.agent_id = a.id
            where a.company_id = $1 and a.applied_inventory = any($2)
            """, company, inventories)
    }
}
