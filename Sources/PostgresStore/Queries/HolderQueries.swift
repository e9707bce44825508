import Foundation
import PostgreSQL
import Stores

/// Which inventories hold a package, and since when the company has it.
///
/// Short sets stand in `holder_blocks`, 32 packages in a row, long ones in `package_holders`; dates in `package_date_blocks`, 64 in a row.
enum HolderQueries {
    /// Serves from: primary keys.
    static func segments(company: Int32, packages: [Int64], among segments: [Int32]) -> PostgresStatement {
        PostgresStatement(
            sets + " and h.segment = any($3) union all " + shortSets + " and b.segment = any($3)", company,
            packages.rows, segments)
    }
    /// Serves from: primary keys.
    static func all(company: Int32, packages: [Int64]) -> PostgresStatement {
        PostgresStatement(sets + " union all " + shortSets, company, packages.rows)
    }
    private static let sets = """
        select h.package_id, h.segment, h.holders from package_holders h where h.company_id = $1 and h.package_id = any($2)
        """
    private static let shortSets = """
        select w.id, b.segment, b.holders[(w.id & 31) + 1]
        from (select id, id >> 5 as block from unnest($2::int4[]) u (id) offset 0) w
        join holder_blocks b on b.company_id = $1 and b.block = w.block where b.holders[(w.id & 31) + 1] is not null
        """
    /// All of a company, for `verify()`.
    static func all(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select package_id, segment, holders from package_holders where company_id = $1
            union all
            select b.block * 32 + s.place::integer - 1, b.segment, s.holders
            from holder_blocks b cross join lateral unnest(b.holders) with ordinality s (holders, place)
            where b.company_id = $1 and s.holders is not null
            """, company)
    }
    /// Long sets.
    static func put(company: Int32, _ rows: [(place: HolderPlace, holders: Data)]) -> PostgresStatement {
        PostgresStatement(
            """
            insert into package_holders (company_id, package_id, segment, holders)
            select $1, r.package, r.segment, r.holders
            from unnest($2::int4[], $3::int4[], $4::bytea[]) r (package, segment, holders)
            on conflict (company_id, package_id, segment) do update set holders = excluded.holders
            """, company, rows.map(\.place.package), rows.map(\.place.segment), rows.map(\.holders))
    }
    /// Long sets. Serves from: primary key.
    static func delete(company: Int32, _ rows: [HolderPlace]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from package_holders h using unnest($2::int4[], $3::int4[]) r (package, segment)
            where h.company_id = $1 and h.package_id = r.package and h.segment = r.segment
            """, company, rows.map(\.package), rows.map(\.segment))
    }
    /// Short sets; an empty one leaves its block. What a block has besides stays as it is. Serves from: primary key.
    static func putShort(company: Int32, _ rows: [(place: HolderPlace, holders: Data)]) -> PostgresStatement {
        let blocks = Dictionary(grouping: rows) {
            HolderPlace(package: $0.place.package >> 5, segment: $0.place.segment)
        }
        .sorted { $0.key < $1.key }
        let texts = blocks.map { _, members in
            arrayText(size: 32, members.map { (Int($0.place.package & 31), "\"\\\\x\($0.holders.hex)\"") })
        }
        return PostgresStatement(
            """
            insert into holder_blocks as b (company_id, block, segment, holders)
            select $1, r.block, r.segment, r.holders::bytea[] from unnest($2::int4[], $3::int4[], $4::text[]) r (block, segment, holders)
            on conflict (company_id, block, segment) do update set holders = array(
                select case when s.new is null then s.old when s.new <> '' then s.new end
                from unnest(b.holders, excluded.holders) with ordinality s (old, new, place) order by s.place)
            """, company, blocks.map(\.key.package), blocks.map(\.key.segment), texts)
    }
    /// Deletes the blocks of these packages that have no set any longer. Serves from: primary key.
    static func deleteEmptyBlocks(company: Int32, _ places: [HolderPlace]) -> PostgresStatement {
        PostgresStatement(
            """
            delete from holder_blocks b using (
                select distinct r.package >> 5 as block, r.segment from unnest($2::int4[], $3::int4[]) r (package, segment)) r
            where b.company_id = $1 and b.block = r.block and b.segment = r.segment
                and cardinality(array_remove(b.holders, null)) = 0
            """, company, places.map(\.package), places.map(\.segment))
    }

    // MARK: - Since when the company has a package

    /// Joins a query's rows with the dates on which the company `$1` had the package that each names; rows of other packages are left out.
    ///
    /// The number of the block is worked out inside: row level security lets an index be asked for nothing that a function which may tell
    /// what it saw has to work out, and the server holds `>>` for one.
    ///
    /// - Parameters:
    ///   - columns: What the query gives.
    ///   - source: What follows `from`.
    ///   - package: A column that is the row of a package.
    /// - Returns: What follows `from` and `where`, with rows `d`, and the date of each.
    static func dated(_ columns: String, from source: String, package: String) -> (
        source: String, condition: String, date: String
    ) {
        let date = "c.first_seen[(d.package & 63) + 1]"
        return (
            """
            (select \(columns), \(package) as package, \(package) >> 6 as block from \(source) offset 0) d
            join package_date_blocks c on c.company_id = $1 and c.block = d.block
            """, "\(date) is not null", date
        )
    }
    /// Serves from: primary key.
    static func firstSeen(company: Int32, packages: [Int64]) -> PostgresStatement {
        let dated = dated("w.id", from: "unnest($2::int4[]) w (id)", package: "w.id")
        return PostgresStatement(
            "select d.id, \(dated.date) from \(dated.source) where \(dated.condition)", company, packages.rows)
    }
    /// All of a company, for `verify()`.
    static func firstSeen(company: Int32) -> PostgresStatement {
        PostgresStatement(
            """
            select c.block * 64 + s.place::integer - 1, s.date
            from package_date_blocks c cross join lateral unnest(c.first_seen) with ordinality s (date, place)
            where c.company_id = $1 and s.date is not null
            """, company)
    }
    /// Sets dates; without one, the company has the package no longer. Serves from: primary key.
    static func setFirstSeen(company: Int32, _ dates: [(package: Int64, date: Date?)]) -> PostgresStatement {
        let blocks = Dictionary(grouping: dates) { Int32(truncatingIfNeeded: $0.package >> 6) }.sorted {
            $0.key < $1.key
        }
        let texts = blocks.map { _, members in
            arrayText(
                size: 64,
                members.map { (Int($0.package & 63), $0.date.map { String($0.milliseconds) } ?? String(Int64.min)) })
        }
        return PostgresStatement(
            """
            insert into package_date_blocks as c (company_id, block, first_seen)
            select $1, r.block, array(
                select case when s.at = '\(Int64.min)'::int8 then '-infinity' else timestamptz 'epoch' + s.at * interval '1 millisecond' end
                from unnest(r.dates::int8[]) with ordinality s (at, place) order by s.place)
            from unnest($2::int4[], $3::text[]) r (block, dates)
            on conflict (company_id, block) do update set first_seen = array(
                select case when s.new is null then s.old when s.new <> '-infinity' then s.new end
                from unnest(c.first_seen, excluded.first_seen) with ordinality s (old, new, place) order by s.place)
            """, company, blocks.map(\.key), texts)
    }
    /// Deletes the blocks of these packages in which the company has none any longer. Serves from: primary key.
    static func deleteEmptyDates(company: Int32, packages: [Int64]) -> PostgresStatement {
        // Worked out here, for the reason that dated(_:from:package:) gives.
        let blocks = Set(packages.rows.map { $0 >> 6 }).sorted()
        return PostgresStatement(
            """
            delete from package_date_blocks c
            where c.company_id = $1 and c.block = any($2) and cardinality(array_remove(c.first_seen, null)) = 0
            """, company, blocks)
    }
    /// An array in which all but these places are null, as the server reads it.
    private static func arrayText(size: Int, _ values: [(place: Int, text: String)]) -> String {
        var all = [String](repeating: "null", count: size)
        for (place, text) in values { all[place] = text }
        return "{" + all.joined(separator: ",") + "}"
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
