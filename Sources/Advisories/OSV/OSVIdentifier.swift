/// What an OSV record's id says about its publisher.
///
/// Source of the prefixes: <https://ossf.github.io/osv-schema/#id-modified-fields>
struct OSVIdentifier {
    static let maximumBytes = 256

    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// Whether it is a distribution's notice about an update, which contains vulnerabilities rather than being one.
    var isDistributionNotice: Bool {
        Self.noticePrefixes.contains { text.hasPrefix($0) }
    }

    /// Whether it is about a package that was made to do harm.
    var isMalware: Bool { text.hasPrefix("MAL-") }

    /// The CVE that the id is a distribution's view of: `CVE-2023-0464` in `DEBIAN-CVE-2023-0464`.
    var embeddedCVE: String? {
        guard let prefix = Self.viewPrefixes.first(where: { text.hasPrefix($0) }) else { return nil }
        return String(text.dropFirst(prefix.count - 4))
    }

    /// Who rates the severity in records of this family.
    ///
    /// Several publishers copy the rating of the NVD; theirs is not the vendor's own word, whatever the record's home is.
    func origin(hasAssigner: Bool) -> SeverityStatement.Origin {
        if text.hasPrefix("GHSA-") { return .github }
        if text.hasPrefix("CVE-") { return hasAssigner ? .cna : .nvd }
        return Self.ratedByNVD.contains { text.hasPrefix($0) } ? .nvd : .vendor
    }

    private static let noticePrefixes = [
        "DSA-", "DLA-", "DTSA-", "ALSA-", "ALBA-", "ALEA-", "RLSA-", "RLBA-", "RLEA-", "RXSA-", "RHSA-", "RHBA-",
        "RHEA-", "USN-", "LSN-", "SUSE-", "openSUSE-", "MGASA-", "OESA-", "ELSA-", "ALAS",
    ]
    private static let viewPrefixes = ["DEBIAN-CVE-", "UBUNTU-CVE-", "ALPINE-CVE-"]
    private static let ratedByNVD = ["DEBIAN-CVE-", "UBUNTU-CVE-", "ALPINE-CVE-", "PYSEC-", "BIT-", "BREW-"]
}
