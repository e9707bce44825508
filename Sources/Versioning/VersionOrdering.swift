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
    /// pacman's `vercmp`.
    case alpm
    /// Go modules, and the Go toolchain.
    case golang
    /// Cargo: ``semver``; build metadata does not count, as in its requirements.
    case crates
    /// Elixir's `Version`: ``semver``.
    case hex
    /// `pub_semver`: ``semver`` where build metadata counts.
    case pub
    /// Swift packages: ``semver``, as tags write it.
    case swift
    /// Conan 2.
    case conan
    /// R's `package_version`.
    case cran
    /// Haskell's `Data.Version`.
    case hackage
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
        case .alpm: self = .alpm
        case .golang: self = .golang
        case .cargo: self = .crates
        case .hex: self = .hex
        case .pub: self = .pub
        case .swift: self = .swift
        case .conan: self = .conan
        case .cran: self = .cran
        case .hackage: self = .hackage
        case .bitnami: self = .semver
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
        try encode(text, into: &writer)
        return writer.finish()
    }

    private func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        switch self {
        case .deb: try DebianVersion.encode(text, into: &writer)
        case .rpm: try RPMVersion.encode(text, into: &writer)
        case .apk: try AlpineVersion.encode(text, into: &writer)
        case .alpm: try ArchVersion.encode(text, into: &writer)
        case .pypi: try PythonVersion.encode(text, into: &writer)
        case .npm: try SemanticVersion.encode(text, strict: true, into: &writer)
        case .semver, .crates, .hex, .swift: try SemanticVersion.encode(text, strict: false, into: &writer)
        case .golang: try GoVersion.encode(text, into: &writer)
        case .pub: try PubVersion.encode(text, into: &writer)
        case .maven: try MavenVersion.encode(text, into: &writer)
        case .rubygems: try RubyVersion.encode(text, into: &writer)
        case .nuget: try NuGetVersion.encode(text, into: &writer)
        case .packagist: try PackagistVersion.encode(text, into: &writer)
        case .conan: try ConanVersion.encode(text, into: &writer)
        case .cran: try NumberListVersion.encode(text, separators: Array(".-".utf8), into: &writer)
        case .hackage: try NumberListVersion.encode(text, separators: Array(".".utf8), into: &writer)
        case .generic: try GenericVersion.encode(text, into: &writer)
        }
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
