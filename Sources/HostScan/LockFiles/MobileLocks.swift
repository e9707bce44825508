import JSONDocuments

/// Dart's lock file.
///
/// - Source: <https://dart.dev/tools/pub/glossary#lockfile>
enum PubspecLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var packages: [DeclaredPackage] = []
        var isInside = false
        var name: Substring = ""
        var version: Substring?
        var isHosted = false
        func finish() {
            // What comes from the SDK or a path has versions of its own.
            if isHosted, let package = DeclaredPackage("pub", name, version) { packages.append(package) }
            (name, version, isHosted) = ("", nil, false)
        }
        for line in OutlineLine.lines(bytes) {
            if line.indent <= 2 { finish() }
            if line.indent == 0 { isInside = line.key == "packages" }
            guard isInside else { continue }
            switch (line.indent, line.key) {
            case (2, _): name = line.key
            case (4, "version"): version = line.value
            case (4, "source"): isHosted = line.value == "hosted" || line.value == "git"
            default: break
            }
        }
        finish()
        return packages
    }
}

/// The lock file of CocoaPods. Parts of a pod ("Firebase/Core") are that pod.
///
/// - Source: <https://guides.cocoapods.org/using/using-cocoapods.html>
enum PodfileLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var isInside = false
        var packages: [DeclaredPackage] = []
        for line in OutlineLine.lines(bytes) {
            if line.indent == 0 { isInside = line.key == "PODS" }
            guard isInside, line.indent == 2, line.item != nil else { continue }
            let text = line.key
            guard let open = text.firstRange(of: " ("), let close = text.lastIndex(of: ")"), open.upperBound < close
            else {
                continue
            }
            let name = text[..<open.lowerBound].prefix { $0 != "/" }
            guard let package = DeclaredPackage("cocoapods", name, text[open.upperBound..<close]) else { continue }
            if packages.last != package { packages.append(package) }
        }
        return packages
    }
}

/// Swift's `Package.resolved`, versions 1 to 3.
///
/// - Source: <https://docs.swift.org/swiftpm/documentation/packagemanagerdocs/packageresolved>
enum SwiftPackages {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(bytes)
        let pins = document["pins"] ?? document["object"]?["pins"]
        return pins.elements.compactMap { pin in
            guard let place = pin["location"]?.string ?? pin["repositoryURL"]?.string, let name = name(place) else {
                return nil
            }
            return DeclaredPackage("swift", name, pin["state"]?["version"]?.string)
        }
    }

    /// "github.com/apple/swift-nio" of "https://github.com/apple/swift-nio.git" and "git@github.com:apple/swift-nio.git".
    private static func name(_ place: String) -> String? {
        var text = place[...]
        if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
        if let sign = text.firstIndex(of: "@") { text = text[text.index(after: sign)...] }
        if text.hasSuffix(".git") { text = text.dropLast(4) }
        let parts = text.split { $0 == "/" || $0 == ":" }
        return parts.count >= 2 ? parts.joined(separator: "/") : nil
    }
}
