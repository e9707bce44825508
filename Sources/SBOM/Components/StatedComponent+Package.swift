import PackageIdentity

extension StatedComponent {
    /// Why a component is no package.
    enum Unusable: Error {
        case noPackageURL, noVersion
        case malformed(PackageURLError)

        /// In words.
        var reason: String {
            switch self {
            case .noPackageURL: "no package URL"
            case .noVersion: "no version"
            case .malformed(let fault): "\(fault)"
            }
        }
    }

    /// The component's package, completed by what the bill says beside its package URL.
    ///
    /// - Parameter system: The bill's operating system in the form of a `distro` qualifier, for packages that do not name theirs.
    func package(on system: String?) throws(Unusable) -> PackageURL {
        guard let packageURL else { throw .noPackageURL }
        if let package = packageInOneReading(packageURL) { return package }
        do throws(PackageURLError) {
            let stated = try PackageURL(packageURL)
            let completed = try complete(stated, on: system)
            if completed.version != nil { return completed }
        } catch {
            throw .malformed(error)
        }
        throw .noVersion
    }

    /// The package of a distribution that says all but its source, which most do: the source is written behind the text before it is read.
    ///
    /// - Returns: `nil` wherever that could differ from completing what was read; then the text is read as it is.
    private func packageInOneReading(_ text: String) -> PackageURL? {
        guard let version, text.hasPrefix("pkg:deb/") else { return nil }
        var text = text
        let isPlain = text.withUTF8 { bytes in
            guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return false }
            let qualifiers = UnsafeBufferPointer(rebasing: bytes[mark...])
            return !bytes.contains(UInt8(ascii: "#")) && qualifiers.holds("distro=") && !qualifiers.holds("epoch=")
                && !qualifiers.holds("upstream=")
        }
        guard isPlain else { return nil }
        var whole = Array(text.utf8)
        if let source = Completion.source(build, type: "deb", name: name, version: version) {
            whole += "&upstream=".utf8
            Completion.appendEscaped(source, to: &whole)
        }
        // What the text says of name and version counts; where the component says something else, its source may be written in another way.
        guard let package = try? PackageURL(utf8: whole.span), package.version == version, package.name == name else {
            return nil
        }
        return package
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
///
/// Most packages of a distribution lack a qualifier or two and nothing else: these are appended to the text, which is parsed again, in place of
/// taking the package URL apart.
private struct Completion {
    private let stated: PackageURL
    private var version: String?
    private var removed: [String] = []
    private var added: [(key: String, value: String)] = []
    private var isVersionChanged = false

    init(of stated: PackageURL, version: String?) {
        self.stated = stated
        self.version = stated.version
        if self.version == nil, let version { change(version: version) }
    }

    /// Whether anything differs from what is stated.
    var isNeeded: Bool { isVersionChanged || !removed.isEmpty || !added.isEmpty }

    func packageURL() throws(PackageURLError) -> PackageURL {
        if !isVersionChanged, removed.isEmpty, stated.subpath == nil { return try appended() }
        var qualifiers: [String: String] = [:]
        for qualifier in stated.qualifiers where !removed.contains(qualifier.key) {
            qualifiers[qualifier.key] = qualifier.value
        }
        for (key, value) in added { qualifiers[key] = value }
        return try PackageURL(
            type: stated.type, namespace: stated.namespace, name: stated.name, version: version, qualifiers: qualifiers,
            subpath: stated.subpath)
    }

    private func appended() throws(PackageURLError) -> PackageURL {
        var text = Array(stated.description.utf8)
        var mark = UInt8(ascii: text.contains(UInt8(ascii: "?")) ? "&" : "?")
        for (key, value) in added {
            text.append(mark)
            text += key.utf8
            text.append(UInt8(ascii: "="))
            Self.appendEscaped(value, to: &text)
            mark = UInt8(ascii: "&")
        }
        return try PackageURL(utf8: text.span)
    }

    /// Escapes all but letters and digits; the parser finds the canonical form.
    static func appendEscaped(_ value: String, to text: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: text.append(byte)
            default: text += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? UInt8(ascii: "0") : 0x37) }

    /// Trivy writes the epoch of a Debian version as a qualifier; to dpkg it is part of the version.
    mutating func moveEpoch() {
        guard let epoch = stated.qualifier("epoch") else { return }
        removed.append("epoch")
        guard let version, !version.utf8.contains(UInt8(ascii: ":")), epoch != "0" else { return }
        change(version: "\(epoch):\(version)")
    }

    /// The source package in the form of the `upstream` qualifier; none when it has the package's own name and version.
    mutating func addSource(_ build: StatedComponent.Build) {
        guard build.source?.isEmpty == false, stated.qualifier("upstream") == nil else { return }
        guard let value = Self.source(build, type: stated.type, name: stated.name, version: version) else { return }
        added.append(("upstream", value))
    }

    /// The value of that qualifier; `nil` when there is nothing to say.
    static func source(_ build: StatedComponent.Build, type: String, name: String, version: String?) -> String? {
        guard let source = build.source, !source.isEmpty else { return nil }
        if type == "deb", let sourceVersion = sourceVersion(build), sourceVersion != version {
            return "\(source)@\(sourceVersion)"
        }
        return source == name ? nil : source
    }

    private static func sourceVersion(_ build: StatedComponent.Build) -> String? {
        guard var version = build.sourceVersion, !version.isEmpty else { return nil }
        if let release = build.sourceRelease, !release.isEmpty { version += "-\(release)" }
        if let epoch = build.sourceEpoch, !epoch.isEmpty, epoch != "0" { version = "\(epoch):\(version)" }
        return version
    }

    /// Trivy calls the qualifier by RPM's own name of the label.
    mutating func addModuleStream(_ stream: String?) {
        guard stated.type == "rpm", stated.qualifier("rpmmod") == nil else { return }
        if let label = stated.qualifier("modularitylabel") {
            removed.append("modularitylabel")
            added.append(("rpmmod", label))
        } else if let stream, !stream.isEmpty {
            added.append(("rpmmod", stream))
        }
    }

    /// The bill's operating system, unless the package says another one's name.
    mutating func addDistribution(_ system: String) {
        guard stated.qualifier("distro") == nil else { return }
        if let namespace = stated.namespace, ["debian", "ubuntu", "alpine", "wolfi"].contains(namespace) {
            // A package of Debian in a bill of an Ubuntu machine is none of Ubuntu's.
            guard system == namespace || system.hasPrefix(namespace + "-") else { return }
        }
        added.append(("distro", system))
    }

    private mutating func change(version: String) {
        self.version = version
        isVersionChanged = true
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes hold a text.
    fileprivate func holds(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            guard count >= text.count, let first = text.first else { return false }
            return (0...count - text.count).contains { start in
                self[start] == first && self[start..<start + text.count].elementsEqual(text)
            }
        }
    }
}
