import PackageIdentity

/// The formats in which distributions install software, by the type that package URLs have for them.
enum PackageFormat: String {
    case deb, rpm, apk, alpm

    /// The format that a system installs its own packages in; `nil` when it is not known.
    ///
    /// The tools of one format can be installed on systems of another, with a database of their own. What they hold was not made by
    /// the system's distribution.
    init?(of os: OperatingSystem) {
        let format = ([os.id] + os.idLike).lazy.compactMap { Self.formats[$0] }.first
        guard let format else { return nil }
        self = format
    }

    private static let formats: [String: PackageFormat] = [
        "debian": .deb, "ubuntu": .deb,
        "fedora": .rpm, "rhel": .rpm, "centos": .rpm, "rocky": .rpm, "almalinux": .rpm, "ol": .rpm, "amzn": .rpm,
        "suse": .rpm, "opensuse": .rpm, "sles": .rpm, "mageia": .rpm, "mariner": .rpm, "azurelinux": .rpm,
        "photon": .rpm, "openeuler": .rpm,
        "alpine": .apk, "wolfi": .apk, "chainguard": .apk, "alpaquita": .apk,
        "arch": .alpm, "archlinux": .alpm,
    ]
}
