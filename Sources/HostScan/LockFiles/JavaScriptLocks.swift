import JSONDocuments

/// npm's `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
///
/// - Source: <https://docs.npmjs.com/cli/v10/configuring-npm/package-lock-json>
enum NpmLock {
    private static let folder = "node_modules/"

    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser(maximumDepth: 256).parse(bytes)
        var packages: [DeclaredPackage] = []
        if let places = document["packages"]?.object {
            for (place, facts) in places {
                // Links lead to folders of the project, which have places of their own.
                guard let start = place.ranges(of: folder).last?.upperBound, facts["link"]?.bool != true else {
                    continue
                }
                let name = facts["name"]?.string ?? String(place[start...])
                packages += NpmSpecifier.package(name, facts["version"]?.string)
            }
        } else {
            collect(document["dependencies"], into: &packages)
        }
        return packages
    }

    /// Version 1: dependencies within dependencies. The parser bounds the depth.
    private static func collect(_ dependencies: JSONValue?, into packages: inout [DeclaredPackage]) {
        for (name, facts) in dependencies.members {
            packages += NpmSpecifier.package(name, facts["version"]?.string)
            collect(facts["dependencies"], into: &packages)
        }
    }
}

/// How npm's tools write name and version in one: "lodash@4.17.21", "@types/node@npm:20.1.0", "alias@npm:real@1.0.0".
enum NpmSpecifier {
    /// The name, and what stands behind its sign; a scope begins with the same sign.
    static func split(_ text: Substring) -> (name: Substring, rest: Substring)? {
        guard let sign = text.dropFirst().firstIndex(of: "@") else { return nil }
        return (text[..<sign], text[text.index(after: sign)...])
    }

    static func package(_ name: some StringProtocol, _ version: String?) -> [DeclaredPackage] {
        guard let version else { return [] }
        // An alias: the version says the package as well.
        if version.hasPrefix("npm:"), let real = split(version.dropFirst(4)) {
            return DeclaredPackage("npm", real.name, real.rest).map { [$0] } ?? []
        }
        return DeclaredPackage("npm", name, version).map { [$0] } ?? []
    }

    /// "lodash@4.17.21" as a whole.
    static func package(_ text: Substring) -> [DeclaredPackage] {
        guard let (name, rest) = split(text) else { return [] }
        return package(
            name, String(rest.hasPrefix("npm:") && !rest.dropFirst(4).contains("@") ? rest.dropFirst(4) : rest))
    }
}

/// Yarn's lock file, of version 1 and of later ones, which is YAML.
///
/// - Source: <https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>, <https://yarnpkg.com/configuration/yarnrc>
enum YarnLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var packages: [DeclaredPackage] = []
        var name: Substring = ""
        for line in OutlineLine.lines(bytes) {
            if line.indent == 0 {
                // Each entry stands below the ranges that it answers; the first says the name.
                let ranges = line.text.hasSuffix(":") ? line.text.dropLast() : line.text
                let first = ranges.split(separator: ",").first ?? ""
                name = self.name(first.trimmed.unquoted)
            } else if line.indent == 2, line.text.hasPrefix("version ") {
                packages += NpmSpecifier.package(name, String(line.text.dropFirst(8).trimmed.unquoted))
                name = ""
            } else if line.indent == 2, line.key == "resolution", line.value.contains("@npm:") {
                packages += NpmSpecifier.package(line.value)
            }
        }
        return packages
    }

    private static func name(_ range: Substring) -> Substring {
        guard let (name, rest) = NpmSpecifier.split(range) else { return "" }
        guard rest.hasPrefix("npm:"), let real = NpmSpecifier.split(rest.dropFirst(4)) else { return name }
        return real.name
    }
}

/// pnpm's lock file: the keys below `packages`, in the forms of versions 5 ("/a/1.0.0_peer"), 6 ("/a@1.0.0(peer)") and 9 ("a@1.0.0").
///
/// - Source: <https://github.com/pnpm/spec/tree/master/lockfile>
enum PnpmLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        var packages: [DeclaredPackage] = []
        var isInside = false
        var version: Substring = ""
        for line in OutlineLine.lines(bytes) {
            if line.indent == 0 {
                isInside = line.key == "packages"
                if line.key == "lockfileVersion" { version = line.value }
            } else if isInside, line.indent == 2 {
                packages += package(line.key, isOld: version.hasPrefix("5"))
            }
        }
        return packages
    }

    private static func package(_ key: Substring, isOld: Bool) -> [DeclaredPackage] {
        guard isOld else {
            let text = key.hasPrefix("/") ? key.dropFirst() : key
            return NpmSpecifier.package(text.prefix { $0 != "(" })
        }
        // Before the first slash stands the registry where it is not the usual one, or the place of a repository, whose commits are no versions.
        guard let start = key.firstIndex(of: "/"), let slash = key.lastIndex(of: "/"), slash > start else { return [] }
        let version = key[key.index(after: slash)...].prefix { $0 != "_" }
        guard version.contains(".") else { return [] }
        return NpmSpecifier.package(key[..<slash].suffix(from: key.index(after: start)), String(version))
    }
}

/// Bun's lock file: JSON with commas where JSON has none.
///
/// - Source: <https://bun.sh/docs/install/lockfile>
enum BunLock {
    static func read(_ bytes: [UInt8]) throws -> [DeclaredPackage] {
        let document = try JSONParser().parse(RelaxedJSON.strict(bytes))
        return document["packages"].members.flatMap { _, facts -> [DeclaredPackage] in
            let text = facts.array?.first { _ in true }?.string ?? ""
            return NpmSpecifier.package(text[...])
        }
    }
}

/// JSON as people write it.
enum RelaxedJSON {
    /// The same without comments and without commas before a closing bracket.
    static func strict(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes[...]
        var comma: Int?
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                comma = nil
                result.append(byte)
                while let next = rest.popFirst() {
                    result.append(next)
                    if next == UInt8(ascii: "\\"), let escaped = rest.popFirst() { result.append(escaped) }
                    if next == UInt8(ascii: "\"") { break }
                }
            case UInt8(ascii: "/") where rest.first == UInt8(ascii: "/"):
                rest = rest.drop { $0 != 0x0A }
            case UInt8(ascii: ","):
                comma = result.count
                result.append(byte)
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                // A blank in its place keeps what follows where it was.
                if let comma { result[comma] = 0x20 }
                comma = nil
                result.append(byte)
            case 0x20, 0x09, 0x0A, 0x0D:
                result.append(byte)
            default:
                comma = nil
                result.append(byte)
            }
        }
        return result
    }
}
