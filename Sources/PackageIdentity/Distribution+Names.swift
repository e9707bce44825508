extension Distribution {
    /// One id for the names that os-release files, package URLs, SBOM generators and people give the same system.
    ///
    /// Mostly that is the `ID` of os-release(5). Streams of Red Hat's extended support have ids of their own (`rhel_eus`).
    ///
    /// - Parameter name: In lowercase, `Red Hat Enterprise Linux` as well as `redhat`; spaces, dots and underscores count as dashes.
    /// - Returns: The name as it came when it is not known.
    static func canonicalID(_ name: String) -> String {
        let word = String(decoding: name.utf8.map { [0x20, 0x2e, 0x5f].contains($0) ? 0x2d : $0 }, as: UTF8.self)
        if let known = ids[word] { return known }
        for prefix in ["amazon-", "oracle-linux"] where word.hasPrefix(prefix) { return ids[prefix] ?? name }
        return name
    }

    private static let ids: [String: String] = [
        "debian-gnu/linux": "debian", "debian-linux": "debian", "raspbian-gnu/linux": "raspbian",
        "ubuntu-linux": "ubuntu", "alpine-linux": "alpine", "alpinelinux": "alpine",
        "redhat": "rhel", "red-hat": "rhel", "redhat-enterprise-linux": "rhel", "red-hat-enterprise-linux": "rhel",
        "red-hat-enterprise-linux-server": "rhel", "enterprise-linux": "rhel",
        "rhel-eus": "rhel_eus", "rhel-aus": "rhel_aus", "rhel-tus": "rhel_tus", "rhel-e4s": "rhel_e4s",
        "rhel-els": "rhel_els",
        "rocky-linux": "rocky", "rockylinux": "rocky", "alma": "almalinux", "alma-linux": "almalinux",
        "centos-linux": "centos", "centos-stream": "centos", "fedora-linux": "fedora",
        "oracle": "ol", "oraclelinux": "ol", "oracle-linux": "ol", "oracle-linux-server": "ol",
        "amazon": "amzn", "amazonlinux": "amzn", "amazon-": "amzn",
        "suse": "sles", "sled": "sles", "sles-sap": "sles", "sle-hpc": "sles", "sles-bcl": "sles",
        "suse-linux-enterprise-server": "sles", "suse-linux-enterprise-desktop": "sles",
        "suse-linux-enterprise-server-for-sap-applications": "sles",
        "suse-linux-enterprise-high-performance-computing": "sles",
        "slem": "sle-micro", "suse-microos": "sle-micro", "suse-linux-enterprise-micro": "sle-micro",
        "suse-linux-micro": "sl-micro",
        "opensuse": "opensuse-leap", "opensuse-leap": "opensuse-leap", "tumbleweed": "opensuse-tumbleweed",
        "opensuse-tumbleweed": "opensuse-tumbleweed", "opensuse-microos": "opensuse-tumbleweed",
        "azure-linux": "azurelinux", "microsoft-azure-linux": "azurelinux", "mariner": "azurelinux",
        "cbl-mariner": "azurelinux", "photon-os": "photon", "vmware-photon-os": "photon", "vmware-photon": "photon",
        "wolfi-os": "wolfi", "arch-linux": "arch", "archlinux": "arch",
    ]

    /// The stream of Red Hat's extended support that a release names besides its number: `9.2+eus`, `9.2-eus`, `9.2 eus`.
    static func extendedStream(in release: String) -> String? {
        let words = release.split { [" ", "-", "+", "_"].contains($0) }.dropFirst()
        return ["eus", "aus", "tus", "e4s", "els"].first { stream in words.contains { $0 == stream } }
    }
}
