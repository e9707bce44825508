import PackageIdentity

/// Brings the package names of advisories to the form in which look-ups ask for them.
///
/// The rules are ``AdvisoryNames``, which package URLs follow on the other side of a match.
enum PackageNames {
    static func normalised(_ name: String, scope: String) -> String {
        AdvisoryNames.canonical(name, scope: scope)
    }
}
