import PackageIdentity

/// An RPM package as CSAF documents name it: by package URL, or by `name-[epoch:]version-release.arch`.
struct RPMPackage: Hashable {
    var name: String
    /// `[epoch:]version-release`, without an epoch of 0; `nil` when the statement is about the package in general.
    var version: String?
    /// In RPM's spelling, `src` for the source package; `nil` when the statement is about all.
    var architecture: String?
    /// `nodejs:18`; `nil` for packages of no module.
    var moduleStream: String?

    /// Whether it is the source package, which no host has installed.
    var isSource: Bool { architecture == "src" || architecture == "nosrc" }

    /// Whether it only holds symbols for debuggers: no code in it ever runs.
    var isDebugInformation: Bool {
        name.hasSuffix("-debuginfo") || name.hasSuffix("-debugsource") || name.hasSuffix("-debuginfo-common")
    }
}

extension RPMPackage {
    /// Reads a package URL of type `rpm`; `nil` for any other.
    ///
    /// - Parameter fullName: The name of the product that carries it, which has the epoch where the URL leaves it out.
    init?(purl text: String, fullName: String) {
        guard text.hasPrefix("pkg:rpm/"), let purl = try? PackageURL(text), purl.type == "rpm" else { return nil }
        name = purl.name
        architecture = purl.qualifier("arch")
        moduleStream = purl.qualifier("rpmmod").flatMap(Self.stream)
        guard let plain = purl.version else { return }
        let stated = plain.utf8.contains(UInt8(ascii: ":"))
        let epoch = stated ? nil : purl.qualifier("epoch") ?? Self.epoch(in: fullName, name: purl.name)
        version = epoch.map { $0 == "0" ? plain : "\($0):\(plain)" } ?? Self.withoutZeroEpoch(plain)
    }

    /// Reads `curl-0:7.76.1-23.el9_2.4.src`, `libcurl4-8.0.1-150400.5.32.1.x86_64.rpm`, `nodejs:18/nodejs`, or a bare name.
    init?(label: String) {
        var text = Substring(label)
        // A module of which all builds are meant stands before its package; any other path is that of a container image.
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        if halves.count == 2, let stream = Self.stream(String(halves[0])) {
            moduleStream = stream
            text = halves[1]
        }
        if let ending = text.range(ofSubstring: ".rpm") { text = text[..<ending] }
        guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        if let dot = text.lastIndex(of: "."), Self.architectures.contains(String(text[text.index(after: dot)...])) {
            architecture = String(text[text.index(after: dot)...])
            text = text[..<dot]
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let last = parts.suffix(2)
        let isVersion = { (part: Substring?) in part?.first.map { $0.isASCII && $0.isNumber } ?? false }
        guard parts.count >= 3, isVersion(last.first), isVersion(last.last) else {
            name = String(text)
            return
        }
        name = parts.dropLast(2).joined(separator: "-")
        version = Self.withoutZeroEpoch(last.joined(separator: "-"))
        guard !name.isEmpty else { return nil }
    }

    /// `nodejs:18` of `nodejs:18:8080020231212…:63b34585`.
    static func stream(_ module: String) -> String? {
        let parts = module.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty, module.utf8.count <= 256 else { return nil }
        return "\(parts[0]):\(parts[1])"
    }

    /// `1` of `openssl-1:3.0.7-27.el9.x86_64` when the package is called `openssl`.
    private static func epoch(in label: String, name: String) -> String? {
        guard label.hasPrefix(name + "-") else { return nil }
        let rest = label.utf8.dropFirst(name.utf8.count + 1)
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count <= 10, rest.dropFirst(digits.count).first == UInt8(ascii: ":") else {
            return nil
        }
        return String(Substring(digits))
    }

    private static func withoutZeroEpoch(_ version: String) -> String {
        version.hasPrefix("0:") ? String(version.dropFirst(2)) : version
    }

    private static let architectures: Set<String> = [
        "aarch64", "armv7hl", "i386", "i486", "i586", "i686", "ia64", "noarch", "nosrc", "ppc", "ppc64", "ppc64le",
        "riscv64", "s390", "s390x", "src", "x86_64",
    ]
}

extension Substring {
    /// Where a text is first found.
    fileprivate func range(ofSubstring text: String) -> String.Index? {
        let pattern = Array(text.utf8)
        return utf8.indices.first { utf8[$0...].starts(with: pattern) }
    }
}
