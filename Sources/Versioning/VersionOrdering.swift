import PackageIdentity

/// The order in which an ecosystem's own tool puts versions.
public enum VersionOrdering: String, Sendable, CaseIterable, Codable {
    /// dpkg: Debian, Ubuntu.
    case deb
    /// rpm: Rocky Linux, AlmaLinux, SUSE, openSUSE, Fedora and relatives.
    case rpm
    /// apk-tools: Alpine, Wolfi, Chainguard.
    case apk
    /// PEP 440 as the `packaging` library reads it; what that library refuses is malformed.
    case pypi
    /// SemVer 2.0 as node's `semver` reads it in strict mode.
    case npm
    /// Maven's `ComparableVersion`.
    case maven
    /// `Gem::Version`.
    case rubygems
    /// `NuGet.Versioning`.
    case nuget
    /// Composer.
    case packagist
    /// SemVer 2.0 for ecosystems that write it looser: a leading `v` and missing parts are allowed.
    case semver
    /// Natural order for versions without a documented one.
    case generic

    /// The ordering of an advisory's scope, e.g. `Debian:12` → ``deb``; ``generic`` for scopes without a known one.
    ///
    /// - Parameter scope: An OSV ecosystem, with or without release.
    public init(scope: String) {
        switch Ecosystem(advisoryScope: scope) {
        case .deb: self = .deb
        case .pypi: self = .pypi
        case .npm: self = .npm
        case .rpm: self = .rpm
        case .apk: self = .apk
        case .maven: self = .maven
        case .gem: self = .rubygems
        case .nuget: self = .nuget
        case .composer: self = .packagist
        case .golang, .cargo, .hex, .pub, .swift, .bitnami: self = .semver
        default: self = .generic
        }
    }

    /// Encodes a version so that the order of keys is the order of versions.
    ///
    /// - Parameter version: As the ecosystem writes it; at most 4,096 bytes; white space around it is ignored.
    /// - Throws: ``VersionError/malformed(version:offset:reason:)`` when the ecosystem's tool would refuse it. Never traps.
    public func key(_ version: String) throws(VersionError) -> VersionKey {
        let text = try VersionText(version)
        var writer = KeyWriter(capacity: text.bytes.count * 2 + 16)
        switch self {
        case .deb: try DebianVersion.encode(text, into: &writer)
        case .pypi: try PythonVersion.encode(text, into: &writer)
        case .rpm: try RPMVersion.encode(text, into: &writer)
        case .apk: try AlpineVersion.encode(text, into: &writer)
        case .maven: try MavenVersion.encode(text, into: &writer)
        case .rubygems: try RubyVersion.encode(text, into: &writer)
        case .nuget: try NuGetVersion.encode(text, into: &writer)
        case .packagist: try PackagistVersion.encode(text, into: &writer)
        case .npm: try SemanticVersion.encode(text, strict: true, into: &writer)
        case .semver: try SemanticVersion.encode(text, strict: false, into: &writer)
        case .generic: try GenericVersion.encode(text, into: &writer)
        }
        return writer.finish()
    }

    /// Encodes a version out of any string.
    public func key(_ version: some StringProtocol) throws(VersionError) -> VersionKey { try key(String(version)) }

    /// Compares two versions by their keys.
    ///
    /// - Returns: -1 when `a` is older, 0 when they are equal, 1 when `a` is newer.
    /// - Throws: As ``key(_:)-(String)`` does, for `a` first.
    public func compare(_ a: some StringProtocol, _ b: some StringProtocol) throws(VersionError) -> Int {
        let (left, right) = (try key(String(a)), try key(String(b)))
        return left == right ? 0 : left < right ? -1 : 1
    }
}
