import PackageIdentity

/// What pacman's `desc` says of one package, the fields that matter here.
///
/// - Source: <https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/be_local.c>
struct PacmanRecord: Equatable {
    /// "openssl"
    var name = ""
    /// "3.2.0-1", with an epoch "1:3.2.0-1"
    var version = ""
    /// The package that it was built with; empty when unsaid.
    var base = ""
    /// "x86_64" or "any"; empty when unsaid.
    var architecture = ""

    /// Reads sections: a line "%NAME%", one or more lines with values, an empty line. Of repeated ones the first counts.
    init(_ bytes: [UInt8]) {
        var section: Substring = ""
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if line.hasPrefix("%"), line.hasSuffix("%") {
                section = line
                continue
            }
            switch section {
            case "%NAME%": if name.isEmpty { name = String(line) }
            case "%VERSION%": if version.isEmpty { version = String(line) }
            case "%BASE%": if base.isEmpty { base = String(line) }
            case "%ARCH%": if architecture.isEmpty { architecture = String(line) }
            default: break
            }
        }
    }

    /// As syft writes it: `pkg:alpm/arch/openssl@3.2.0-1?arch=x86_64&distro=arch`.
    ///
    /// - Parameter distribution: `nil` when unknown; then the package URL names none, rather than a guess.
    func packageURL(_ distribution: DistributionName?) throws(PackageURLError) -> PackageURL {
        // Empty values are no qualifiers.
        try PackageURL(
            type: "alpm", namespace: distribution?.namespace, name: name, version: version,
            qualifiers: [
                "arch": architecture, "distro": distribution?.qualifier ?? "", "upstream": base == name ? "" : base,
            ])
    }
}
