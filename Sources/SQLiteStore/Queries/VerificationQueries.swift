/// Whole tables, for `verify()`; full scans on purpose.
enum VerificationQueries {
    static let agents = "select id, company_id, received_id, applied_id, first_applied_at, risk from agents"
    static let inventories = """
        select id, company_id, digest, content, package_ids, package_count, risk,
            critical, high, medium, low, unknown, exploited, fixable, undetermined
        from inventories
        """
    static let inventoryPackages = "select inventory_id, company_id, package_id from inventory_packages"
    static let since = "select agent_id, package_id, since from agent_package_since"
    static let verdicts = """
        select package_id, vulnerability_id, affected, affected = 1 and fixed_version is not null from verdicts
        """
    static let vulnerabilities = "select id, name, severity, risk, exploited, record from vulnerabilities"
    static let companyPackages = "select company_id, package_id, agents, first_seen_at from company_packages"
    static let companyVulnerabilities = """
        select company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited
        from company_vulnerabilities
        """
    static let tokens = """
        select t.id, t.uses, (select count(*) from agents a where a.enrollment_token_id = t.id) from enrollment_tokens t
        """
    static let companies = "select id, uuid from companies order by id"
}
