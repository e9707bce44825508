import PackageIdentity

/// The order in which an ecosystem's own tool puts versions.
public enum VersionOrdering: String, Sendable, CaseIterable, Codable {
    /// dpkg: Debian, Ubuntu.
    case deb
    /// rpm: Rocky Linux, AlmaLinux, SUSE, openSUSE, Fedora and relatives.
    case rpm
    /// apk-tools: Alpine, Wolfi, Chainguard.
    case apk
    /// PEP 440 as the `packaging` library reads it, and below all of that the legacy versions it once read.
    case pypi
    /// SemVer 2.0 as node's `semver` reads it in strict mode, with node's limits.
    case npm
    /// Maven's `ComparableVersion`.
    case maven
    /// `Gem::Version`.
    case rubygems
    /// `NuGet.Versioning`.
    case nuget
    /// Composer.
    case packagist
    /// SemVer 2.0; a leading `v` is allowed.
    case semver
    /// pacman's `vercmp`.
    case alpm
    /// Go modules, and the Go toolchain.
    case golang
    /// Cargo: ``semver``; build metadata does not count, as in its requirements.
    case crates
    /// Elixir's `Version`: ``semver``.
    case hex
    /// `pub_semver`: SemVer where build metadata counts and leading zeros do not.
    case pub
    /// Swift packages: ``semver``, as tags write it: `1.2` is `1.2.0`.
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

    /// Encodes a version so that the order of keys is the order of versions, without allocating.
    ///
    /// - Parameters:
    ///   - utf8: The version as the ecosystem writes it; at most 4,096 bytes; ASCII white space around it is ignored.
    ///   - reading: What is taken beyond what the ecosystem's tool takes; by default nothing.
    ///   - key: What it holds is replaced. After an error it is empty.
    /// - Throws: ``VersionFault`` when the version is none of the ecosystem. Never traps. Time grows with the length alone.
    public func writeKey(
        of utf8: UnsafeBufferPointer<UInt8>, reading: VersionReading = .strict, into key: inout KeyBuffer
    ) throws(VersionFault) {
        key.truncate(to: 0)
        do throws(VersionFault) {
            let version = try VersionBytes(utf8)
            guard !version.isEmpty || self == .rubygems else { throw VersionFault(version.start, "version is empty") }
            try encode(version, tolerant: reading == .tolerant, into: &key)
        } catch {
            key.truncate(to: 0)
            throw error
        }
    }

    private func encode(_ version: VersionBytes, tolerant: Bool, into key: inout KeyBuffer) throws(VersionFault) {
        switch self {
        case .deb: try DebianVersion.encode(version, into: &key)
        case .rpm: try RPMVersion.encode(version, into: &key)
        case .apk: try AlpineVersion.encode(version, into: &key)
        case .alpm: try ArchVersion.encode(version, into: &key)
        case .pypi: try PythonVersion.encode(version, into: &key)
        case .npm: try NodeVersion.encode(version, tolerant: tolerant, into: &key)
        case .semver, .crates, .hex: try SemanticVersion.encode(version, .standard(tolerant: tolerant), into: &key)
        case .swift: try SemanticVersion.encode(version, .swift(tolerant: tolerant), into: &key)
        case .golang: try GoVersion.encode(version, tolerant: tolerant, into: &key)
        case .pub: try PubVersion.encode(version, tolerant: tolerant, into: &key)
        case .maven: try MavenVersion.encode(version, into: &key)
        case .rubygems: try RubyVersion.encode(version, into: &key)
        case .nuget: try NuGetVersion.encode(version, into: &key)
        case .packagist: try PackagistVersion.encode(version, into: &key)
        case .conan: try ConanVersion.encode(version, into: &key)
        case .cran: try NumberListVersion.encode(version, takesDashes: true, into: &key)
        case .hackage: try NumberListVersion.encode(version, takesDashes: false, into: &key)
        case .generic: try GenericVersion.encode(version, into: &key)
        }
    }

    /// Encodes a version out of any string, as ``writeKey(of:reading:into:)`` does.
    ///
    /// - Throws: ``VersionError/malformed(version:offset:reason:)``.
    public func key(
        _ version: some StringProtocol, reading: VersionReading = .strict
    ) throws(VersionError) -> VersionKey {
        var buffer = KeyBuffer()
        try write(version, reading: reading, into: &buffer)
        return buffer.key
    }

    private func write(
        _ version: some StringProtocol, reading: VersionReading, into key: inout KeyBuffer
    ) throws(VersionError) {
        var text = String(version)
        var fault: VersionFault?
        text.withUTF8 { utf8 in
            do throws(VersionFault) { try writeKey(of: utf8, reading: reading, into: &key) } catch { fault = error }
        }
        if let fault { throw fault.error(about: text) }
    }
}
