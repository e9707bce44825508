/// The names that bills give operating systems.
enum SystemName {
    /// The `ID` of os-release(5) for a name in any spelling: `Debian GNU/Linux` → `debian`, `Red Hat Enterprise Linux` → `rhel`.
    static func id(of name: String) -> String {
        let words = name.lowercased().split { $0 == " " || $0 == "_" }.map(String.init)
        let text = words.joined(separator: " ")
        if let known = names.first(where: { text.hasPrefix($0.prefix) }) { return known.id }
        return words.joined(separator: "-")
    }

    /// Longer prefixes come before those they begin with.
    private static let names: [(prefix: String, id: String)] = [
        ("debian", "debian"), ("ubuntu", "ubuntu"), ("alpine", "alpine"),
        ("red hat enterprise linux", "rhel"), ("red hat", "rhel"), ("redhat", "rhel"), ("rhel", "rhel"),
        ("centos stream", "centos-stream"), ("centos", "centos"), ("rocky", "rocky"), ("alma", "almalinux"),
        ("oracle", "ol"), ("amazon", "amzn"), ("fedora", "fedora"),
        ("suse linux enterprise", "sles"), ("sles", "sles"), ("opensuse leap", "opensuse-leap"),
        ("opensuse tumbleweed", "opensuse-tumbleweed"), ("wolfi", "wolfi"), ("chainguard", "chainguard"),
    ]
}
