import PackageIdentity

/// Brings the package names of advisories to the form in which look-ups ask for them.
///
/// The rules are ``AdvisoryNames``, which package URLs follow on the other side of a match.
public enum PackageNames {
    /// The name by which advisories about a package are found.
    ///
    /// - Parameters:
    ///   - name: As a publisher or a user writes it.
    ///   - scope: The advisory scope, `PyPI`, `Debian:12`; the part before a colon decides.
    public static func normalised(_ name: String, scope: String) -> String {
        AdvisoryNames.canonical(name, scope: scope)
    }
}
