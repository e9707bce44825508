/// What a package type demands of its names.
///
/// - Source: the type definitions of <https://github.com/package-url/purl-spec/tree/main/types>. Types that are not
///   listed keep their components as they are.
struct PackageURLRules: OptionSet {
    let rawValue: UInt16

    static let lowercaseNamespace = PackageURLRules(rawValue: 1 << 0)
    static let lowercaseName = PackageURLRules(rawValue: 1 << 1)
    static let lowercaseVersion = PackageURLRules(rawValue: 1 << 2)
    /// PEP 503: runs of `-`, `_` and `.` become one `-`.
    static let foldSeparators = PackageURLRules(rawValue: 1 << 3)
    /// Everything but letters and digits becomes `_`.
    static let underscoreOnly = PackageURLRules(rawValue: 1 << 4)
    static let namespaceRequired = PackageURLRules(rawValue: 1 << 5)
    static let namespaceProhibited = PackageURLRules(rawValue: 1 << 6)

    /// The rules of a type.
    ///
    /// npm and Go keep their case: npm has old packages that differ in nothing else (`JSONStream`, `jsonstream`), and Go
    /// module paths are case-sensitive. The specification says so too, since 2025.
    static func forType(_ type: String) -> PackageURLRules {
        switch type {
        case "deb", "apk", "alpm", "composer", "github", "bitbucket", "hex", "luarocks", "brew":
            [.lowercaseNamespace, .lowercaseName]
        case "rpm", "qpkg", "yocto": [.lowercaseNamespace]
        case "pypi": [.lowercaseName, .foldSeparators]
        case "bitnami": [.lowercaseName]
        case "pub": [.lowercaseName, .underscoreOnly]
        case "oci": [.lowercaseName, .lowercaseVersion]
        case "huggingface": [.lowercaseVersion]
        case "swift": [.namespaceRequired]
        case "vcpkg": [.namespaceProhibited]
        case "otp": [.lowercaseName, .namespaceProhibited]
        case "chrome-extension": [.lowercaseName]
        case "vscode-extension":
            [.lowercaseNamespace, .lowercaseName, .lowercaseVersion, .namespaceRequired]
        default: []
        }
    }

    /// How the bytes of a name change.
    var name: Folding {
        var folding: Folding = contains(.lowercaseName) ? .lowercase : []
        if contains(.foldSeparators) { folding.insert(.separators) }
        if contains(.underscoreOnly) { folding.insert(.underscores) }
        return folding
    }

    var namespace: Folding { contains(.lowercaseNamespace) ? .lowercase : [] }
    var version: Folding { contains(.lowercaseVersion) ? .lowercase : [] }

    /// How the bytes of one component change on the way to the canonical text; ASCII only.
    struct Folding: OptionSet {
        let rawValue: UInt8
        static let lowercase = Folding(rawValue: 1)
        static let separators = Folding(rawValue: 2)
        static let underscores = Folding(rawValue: 4)
    }
}
