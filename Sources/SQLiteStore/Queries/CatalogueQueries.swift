/// Packages, vulnerabilities and verdicts.
enum CatalogueQueries {
    /// Serves from: unique index on purl.
    static let rowsByPURL = """
        select p.purl, p.id from json_each(?) wanted cross join packages p on p.purl = wanted.value
        """
    static let insertPackage = """
        insert into packages (purl, search_key, scope, advisory_name, first_seen_at)
        values (:purl, :search, :scope, :name, :now)
        on conflict (purl) do nothing
        """
    /// Serves from: primary key.
    static let unevaluated = """
        select p.id, p.purl from json_each(?) wanted cross join packages p on p.id = wanted.value
        where p.evaluated_at is null order by p.id
        """
    /// Serves from: packages_by_advisory_name, once per name. The rows of all names are sorted, as they are one list.
    static let packagesByName = """
        select distinct p.id, p.purl from json_each(:names) n
        cross join packages p indexed by packages_by_advisory_name
            on p.scope = json_extract(n.value, '$[0]') and p.advisory_name = json_extract(n.value, '$[1]')
            and p.id > :after
        order by p.id limit :limit
        """
    /// Serves from: primary key, which is also the order.
    static let allPackages = "select id, purl from packages where id > ? order by id limit ?"
    static let markEvaluated = "update packages set evaluated_at = ? where id = ?"

    /// Serves from: unique index on name.
    static let vulnerability = "select id, severity, risk, exploited, record from vulnerabilities where name = ?"
    static let insertVulnerability = """
        insert into vulnerabilities (name, severity, risk, exploited, search_key, record, updated_at)
        values (:name, :severity, :risk, :exploited, :search, :record, :now)
        """
    static let updateVulnerability = """
        update vulnerabilities set severity = :severity, risk = :risk, exploited = :exploited, search_key = :search,
            record = :record, updated_at = :now
        where id = :id
        """
    /// Serves from: company_vulnerabilities_by_vulnerability.
    static let updateCompanyVulnerabilities = """
        update company_vulnerabilities set severity = :severity, risk = :risk, exploited = :exploited
        where vulnerability_id = :id
        """
    /// Inventories that hold a package with this vulnerability, with their risk. Serves from: verdicts_by_vulnerability, primary key of
    /// inventory_packages, primary key.
    static let inventoriesByVulnerability = """
        select distinct i.id, i.company_id, i.risk from verdicts v
        cross join inventory_packages h on h.package_id = v.package_id
        cross join inventories i on i.id = h.inventory_id
        where v.vulnerability_id = ?
        """

    /// Serves from: primary key of verdicts, primary key of vulnerabilities.
    static let verdictsByPackage = """
        select v.vulnerability_id, n.name, v.affected, v.fixed_version, v.reason, v.urgency, v.advisories, v.appeared_at
        from verdicts v join vulnerabilities n on n.id = v.vulnerability_id where v.package_id = ?
        """
    static let putVerdict = """
        insert or replace into verdicts
            (package_id, vulnerability_id, affected, fixed_version, reason, urgency, advisories, appeared_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let deleteVerdict = "delete from verdicts where package_id = ? and vulnerability_id = ?"
    /// Inventories that hold one of these packages. Serves from: primary key of inventory_packages.
    static let inventoriesByPackage = """
        select distinct h.inventory_id, h.company_id from json_each(?) changed
        cross join inventory_packages h on h.package_id = changed.value
        """
    /// States of these vulnerabilities in every inventory. Serves from: verdicts_by_vulnerability, primary keys.
    static let statesByVulnerability = """
        select v.vulnerability_id, v.affected, v.affected = 1 and v.fixed_version is not null,
            n.severity, n.risk, n.exploited, h.inventory_id
        from json_each(?) changed
        cross join vulnerabilities n on n.id = changed.value
        cross join verdicts v indexed by verdicts_by_vulnerability on v.vulnerability_id = n.id
        cross join inventory_packages h on h.package_id = v.package_id
        """

    /// Serves from: primary key.
    static let verdictBasis = "select value from meta where key = 'verdict_basis'"
    static let setVerdictBasis = """
        insert or replace into meta (key, value) values ('verdict_basis', ?)
        """
    /// Serves from: primary key.
    static let companyByRow = "select uuid from companies where id = ?"
}
