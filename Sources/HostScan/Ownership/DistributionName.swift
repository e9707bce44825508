import PackageIdentity

/// How packages of a distribution are named.
struct DistributionName {
    /// "debian", "redhat"
    let namespace: String
    /// "debian-12", "rhel-9.4"; by code name where the release has no number yet.
    let qualifier: String

    /// - Returns: `nil` for a format in which the system does not install its own packages: advisories of its distribution do not
    ///   speak of them.
    init?(_ os: OperatingSystem, for format: PackageFormat) {
        guard (PackageFormat(of: os) ?? format) == format else { return nil }
        // A derivative that installs from another distribution's archive: advisories speak of that one's packages.
        if let base = os.distribution, base.id != os.id, format == .deb, let release = base.release {
            namespace = base.id
            qualifier = "\(base.id)-\(release)"
            return
        }
        namespace = format == .rpm ? Self.vendor(of: os.id) : os.id
        let release = [os.versionID, os.codename].lazy.compactMap { $0 }.first { !$0.isEmpty }
        // Arch has no releases; the version that its images state is the day they were made.
        qualifier = format == .alpm ? os.id : release.map { "\(os.id)-\($0)" } ?? os.id
    }

    /// Package URLs name the vendor of RPM packages, "redhat", "suse" and "opensuse", where that is not the system's id.
    ///
    /// - Source: <https://github.com/package-url/purl-spec/blob/main/types-doc/rpm-definition.md>, and what Trivy writes.
    private static func vendor(of id: String) -> String {
        if id == "rhel" { return "redhat" }
        if id.hasPrefix("opensuse") { return "opensuse" }
        return id.hasPrefix("sle") || id == "sl-micro" ? "suse" : id
    }
}
