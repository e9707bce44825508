import PackageIdentity

/// One paragraph of apk's database, the fields that matter here.
///
/// - Source: <https://wiki.alpinelinux.org/wiki/Apk_spec>
struct ApkRecord: Equatable {
    /// Number of the paragraph's first line, from 1.
    var line = 1
    /// "libcrypto3"
    var package = ""
    /// "3.1.4-r5"
    var version = ""
    /// "x86_64" or "noarch"; empty when unsaid.
    var architecture = ""
    /// The package that it was built with, "openssl"; empty when unsaid.
    var origin = ""

    /// As syft writes it: `pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.18.4&upstream=openssl`.
    ///
    /// - Parameter distribution: `nil` when unknown; then the package URL names none, rather than a guess.
    func packageURL(_ distribution: DistributionName?) throws(PackageURLError) -> PackageURL {
        // Empty values are no qualifiers.
        try PackageURL(
            type: "apk", namespace: distribution?.namespace, name: package, version: version,
            qualifiers: [
                "arch": architecture, "distro": distribution?.qualifier ?? "",
                "upstream": origin == package ? "" : origin,
            ])
    }
}
