/// The scopes under which an OSV ecosystem string files its packages.
///
/// Most strings are the scope itself. Red Hat's name the repository behind `::`, SUSE's the module (``VendorScope``); Oracle's and Amazon's
/// are written in several ways by those who convert them.
///
/// Source: <https://ossf.github.io/osv-schema/#defined-ecosystems>
enum OSVScope {
    /// The scope, and the one of the same release without paid support where the string names paid support.
    static func scopes(of ecosystem: String) -> [String] {
        // Almost every record is of another ecosystem, which one byte tells.
        switch ecosystem.utf8.first {
        case UInt8(ascii: "R") where ecosystem.hasPrefix("Red Hat:"): return [redHat(ecosystem)]
        case UInt8(ascii: "S") where ecosystem.hasPrefix("SUSE:"):
            let known = VendorScope(suse: "SUSE " + ecosystem.dropFirst("SUSE:".count))
            return [known.scope] + (known.plainScope.map { [$0] } ?? [])
        case UInt8(ascii: "O"): return [renamed(ecosystem, from: ["Oracle:", "OracleLinux:"], to: "Oracle Linux:")]
        case UInt8(ascii: "A"): return [renamed(ecosystem, from: ["Amazon:", "AmazonLinux:"], to: "Amazon Linux:")]
        default: return [ecosystem]
        }
    }

    /// `Red Hat:enterprise_linux:9::baseos` → `Red Hat:enterprise_linux:9`; a bare `Red Hat` stays.
    private static func redHat(_ ecosystem: String) -> String {
        let parts = ecosystem.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return ecosystem }
        return VendorScope(redHat: String(parts[1]), version: String(parts[2]))?.scope ?? ecosystem
    }

    private static func renamed(_ ecosystem: String, from spellings: [String], to name: String) -> String {
        guard let spelling = spellings.first(where: { ecosystem.hasPrefix($0) }) else { return ecosystem }
        return name + ecosystem.dropFirst(spelling.count)
    }
}
