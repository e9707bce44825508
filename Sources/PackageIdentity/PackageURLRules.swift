/// What a package type demands of its names.
///
/// - Source: the type definitions of <https://github.com/package-url/purl-spec/tree/main/types>. Types that are not
///   listed keep their components as they are.
struct PackageURLRules: OptionSet {
    let rawValue: UInt16

    static let lowercaseNamespace = PackageURLRules(rawValue: 1 << 0)
    static let lowercaseName = PackageURLRules(rawValue: 1 << 1)
    static let lowercaseVersion = PackageURLRules(rawValue: 1 << 2)
    /// `_` becomes `-`.
    static let dashForUnderscore = PackageURLRules(rawValue: 1 << 3)
    /// Everything but letters and digits becomes `_`.
    static let underscoreOnly = PackageURLRules(rawValue: 1 << 4)
    static let namespaceRequired = PackageURLRules(rawValue: 1 << 5)
    static let namespaceProhibited = PackageURLRules(rawValue: 1 << 6)
    static let uppercaseNamespace = PackageURLRules(rawValue: 1 << 7)
    /// The namespace is the first segment alone; the name is a path.
    static let pathName = PackageURLRules(rawValue: 1 << 8)
    /// No `::` in names, which would be a module's and not a distribution's.
    static let distributionName = PackageURLRules(rawValue: 1 << 9)
    /// Names of 32 letters from `a` to `p`, versions of one to four numbers.
    static let extensionID = PackageURLRules(rawValue: 1 << 10)

    /// The rules of a type.
    ///
    /// npm and Go keep their case: npm has old packages that differ in nothing else (`JSONStream`, `jsonstream`), and Go
    /// module paths are case-sensitive. The specification says so too, since 2025.
    ///
    /// Namespaces are demanded and refused where the specification's own tests do so. Its definitions do it for more types, but
    /// `pkg:golang/stdlib` and the like are written everywhere, and a package that is refused is a package nobody judges.
    static func forType(_ type: String) -> PackageURLRules {
        switch type {
        case "deb", "apk", "alpm", "composer", "github", "bitbucket", "hex", "luarocks", "brew":
            [.lowercaseNamespace, .lowercaseName]
        case "rpm", "qpkg", "yocto": [.lowercaseNamespace]
        case "pypi": [.lowercaseName, .lowercaseVersion, .dashForUnderscore]
        case "bitnami": [.lowercaseName]
        case "pub": [.lowercaseName, .underscoreOnly]
        case "oci": [.lowercaseName, .lowercaseVersion]
        case "huggingface": [.lowercaseVersion]
        case "swift": [.namespaceRequired]
        case "vcpkg": [.namespaceProhibited]
        case "otp": [.lowercaseName, .namespaceProhibited]
        case "chrome-extension": [.lowercaseName, .namespaceProhibited, .extensionID]
        case "cpan": [.uppercaseNamespace, .distributionName]
        case "git": [.namespaceRequired, .pathName]
        case "vscode-extension":
            [.lowercaseNamespace, .lowercaseName, .lowercaseVersion, .namespaceRequired]
        default: []
        }
    }

    /// The qualifier without which a package of the type is not named.
    static func requiredQualifier(ofType type: String) -> String? {
        switch type {
        case "julia": "uuid"
        case "swid": "tag_id"
        default: nil
        }
    }

    /// How the bytes of a name change.
    var name: Folding {
        var folding: Folding = contains(.lowercaseName) ? .lowercase : []
        if contains(.dashForUnderscore) { folding.insert(.dashes) }
        if contains(.underscoreOnly) { folding.insert(.underscores) }
        return folding
    }

    var namespace: Folding {
        contains(.lowercaseNamespace) ? .lowercase : contains(.uppercaseNamespace) ? .uppercase : []
    }
    var version: Folding { contains(.lowercaseVersion) ? .lowercase : [] }

    /// How the bytes of one component change on the way to the canonical text; ASCII only.
    struct Folding: OptionSet {
        let rawValue: UInt8
        static let lowercase = Folding(rawValue: 1)
        static let dashes = Folding(rawValue: 2)
        static let underscores = Folding(rawValue: 4)
        static let uppercase = Folding(rawValue: 8)
    }
}
