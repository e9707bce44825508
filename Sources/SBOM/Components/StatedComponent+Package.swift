import PackageIdentity

extension StatedComponent {
    /// Why a component is no package.
    struct Unusable: Error {
        let reason: String
    }

    /// The component's package, completed by what the bill says beside its package URL.
    ///
    /// - Parameter system: The bill's operating system in the form of a `distro` qualifier, for packages that do not name theirs.
    func package(on system: String?) throws(Unusable) -> PackageURL {
        guard let packageURL else { throw Unusable(reason: "no package URL") }
        do throws(PackageURLError) {
            let stated = try PackageURL(packageURL)
            let completed = try complete(stated, on: system)
            if completed.version != nil { return completed }
        } catch {
            throw Unusable(reason: "\(error)")
        }
        throw Unusable(reason: "no version")
    }

    private func complete(_ stated: PackageURL, on system: String?) throws(PackageURLError) -> PackageURL {
        let isOfDistribution = ["deb", "rpm", "apk"].contains(stated.type)
        if !isOfDistribution && (stated.version != nil || version == nil) { return stated }
        var changed = Completion(of: stated, version: version)
        if isOfDistribution {
            if stated.type == "deb" { changed.moveEpoch() }
            changed.addSource(build)
            changed.addModuleStream(build.moduleStream)
            if let system { changed.addDistribution(system) }
        }
        return changed.isNeeded ? try changed.packageURL() : stated
    }
}

/// A package URL about to be completed.
private struct Completion {
    private let stated: PackageURL
    private var version: String?
    /// What the package URL has, without what is moved elsewhere.
    private var qualifiers: [(key: String, value: String)]
    private(set) var isNeeded = false

    init(of stated: PackageURL, version: String?) {
        self.stated = stated
        self.version = stated.version
        qualifiers = stated.qualifiers.map { ($0.key, $0.value) }
        if self.version == nil, let version {
            self.version = version
            isNeeded = true
        }
    }

    func packageURL() throws(PackageURLError) -> PackageURL {
        let pairs = Dictionary(qualifiers) { first, _ in first }
        return try PackageURL(
            type: stated.type, namespace: stated.namespace, name: stated.name, version: version, qualifiers: pairs,
            subpath: stated.subpath)
    }

    /// Trivy writes the epoch of a Debian version as a qualifier; to dpkg it is part of the version.
    mutating func moveEpoch() {
        guard let epoch = remove("epoch") else { return }
        isNeeded = true
        guard let version, !version.contains(":"), epoch != "0" else { return }
        self.version = "\(epoch):\(version)"
    }

    /// The source package in the form of the `upstream` qualifier; none when it has the package's own name and version.
    mutating func addSource(_ build: StatedComponent.Build) {
        guard !has("upstream"), let source = build.source, !source.isEmpty else { return }
        let sourceVersion = stated.type == "deb" ? Self.sourceVersion(build) : nil
        if sourceVersion == nil || sourceVersion == version {
            if source != stated.name { set("upstream", source) }
        } else if let sourceVersion {
            set("upstream", "\(source)@\(sourceVersion)")
        }
    }

    private static func sourceVersion(_ build: StatedComponent.Build) -> String? {
        guard var version = build.sourceVersion, !version.isEmpty else { return nil }
        if let release = build.sourceRelease, !release.isEmpty { version += "-\(release)" }
        if let epoch = build.sourceEpoch, !epoch.isEmpty, epoch != "0" { version = "\(epoch):\(version)" }
        return version
    }

    /// Trivy calls the qualifier by RPM's own name of the label.
    mutating func addModuleStream(_ stream: String?) {
        guard stated.type == "rpm", !has("rpmmod") else { return }
        if let label = remove("modularitylabel") {
            set("rpmmod", label)
        } else if let stream, !stream.isEmpty {
            set("rpmmod", stream)
        }
    }

    /// The bill's operating system, unless the package says another one's name.
    mutating func addDistribution(_ system: String) {
        guard !has("distro") else { return }
        if let namespace = stated.namespace, ["debian", "ubuntu", "alpine", "wolfi"].contains(namespace) {
            // A package of Debian in a bill of an Ubuntu machine is none of Ubuntu's.
            guard system == namespace || system.hasPrefix(namespace + "-") else { return }
        }
        set("distro", system)
    }

    private func has(_ key: String) -> Bool { qualifiers.contains { $0.key == key } }

    private mutating func remove(_ key: String) -> String? {
        qualifiers.firstIndex { $0.key == key }.map { qualifiers.remove(at: $0).value }
    }

    private mutating func set(_ key: String, _ value: String) {
        qualifiers.append((key, value))
        isNeeded = true
    }
}
