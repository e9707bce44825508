import PackageIdentity

/// Which CPE names an application with certain marks has.
struct ProductRule: Sendable {
    let id: String
    /// Names of packages of types without advisories, folded.
    let packages: [String]
    let names: [NamePattern]
    let publishers: [NamePattern]
    let bundles: [NamePattern]
    /// Package URLs without version and qualifiers.
    let purls: [String]
    let cpes: [CPEName]
    let style: VersionStyle

    /// The CPE names with an installed version put in.
    func products(_ version: String?, packageType: String?) -> [CPEName] {
        guard let version, !version.isEmpty else { return cpes }
        let parts = ProductVersion(version, style: style, packageType: packageType)
        return cpes.map { cpe in
            var cpe = cpe
            if cpe.version == .any { cpe[.version] = CPEValue(text: parts.version) }
            if let update = parts.update, cpe[.update] == .any { cpe[.update] = CPEValue(text: update) }
            return cpe
        }
    }
}
