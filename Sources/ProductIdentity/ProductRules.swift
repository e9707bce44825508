import PackageIdentity

/// Rules that tell which products installed applications are.
public struct ProductRules: Sendable {
    private let rules: [ProductRule]
    private var byPackage: [String: [Int]] = [:]
    private var byPurl: [String: [Int]] = [:]
    private var byName: [[UInt8]: [Int]] = [:]
    private var byBundle: [[UInt8]: [Int]] = [:]
    private var byProduct: [String: [Int]] = [:]
    /// Rules with a `*` in a name or a bundle identifier, which have to be tried one by one.
    private var patterned: [Int] = []

    /// The rules that come with the program.
    public static let builtIn: ProductRules = {
        do throws(ProductRulesError) {
            var rules = ProductRules([])
            for text in BuiltInRules.texts { rules = try ProductRules(json: Array(text.utf8)).merged(into: rules) }
            return rules
        } catch {
            // The texts are constants of this target, and its tests read them all.
            preconditionFailure("\(error)")
        }
    }()

    init(_ rules: [ProductRule]) {
        self.rules = rules
        for (index, rule) in rules.enumerated() {
            for package in rule.packages { byPackage[package, default: []].append(index) }
            for purl in rule.purls { byPurl[purl, default: []].append(index) }
            for cpe in rule.cpes { if let key = ProductRules.key(cpe) { byProduct[key, default: []].append(index) } }
            for name in rule.names { if let text = name.literal { byName[text, default: []].append(index) } }
            for bundle in rule.bundles { if let text = bundle.literal { byBundle[text, default: []].append(index) } }
            if (rule.names + rule.bundles).contains(where: { $0.literal == nil }) { patterned.append(index) }
        }
    }

    /// How many rules there are.
    public var count: Int { rules.count }

    /// These rules with those of another file over them: a rule there replaces the one here with its id.
    public func overridden(by other: ProductRules) -> ProductRules { other.merged(into: self) }

    private func merged(into base: ProductRules) -> ProductRules {
        let own = Set(rules.map(\.id))
        return ProductRules(base.rules.filter { !own.contains($0.id) } + rules)
    }

    /// The products an application may be, stated ones first, then by rule; each CPE name once, with the best certainty.
    ///
    /// Empty when no CPE name is stated and no rule knows the application. A name of which nothing but itself is known counts only
    /// where the application has no package URL, whose type and namespace say more than a name.
    public func candidates(for product: InstalledProduct) -> [ProductCandidate] {
        var result: [ProductCandidate] = []
        func add(_ cpe: CPEName, _ certainty: ProductCandidate.Certainty, _ rule: String?) {
            guard let place = result.firstIndex(where: { $0.cpe == cpe }) else {
                result.append(ProductCandidate(cpe: cpe, certainty: certainty, rule: rule))
                return
            }
            if result[place].certainty < certainty {
                result[place] = ProductCandidate(cpe: cpe, certainty: certainty, rule: rule)
            }
        }
        let version = product.version ?? product.package?.version
        for cpe in product.cpes {
            var stated = cpe
            if stated.version == .any, let version { stated[.version] = CPEValue(text: version) }
            add(stated, .stated, nil)
        }
        // Other names of the very product that is stated.
        for cpe in product.cpes {
            for index in ProductRules.key(cpe).flatMap({ byProduct[$0] }) ?? [] {
                for name in rules[index].cpes {
                    add(cpe.renamed(to: name, version: version), .identified, rules[index].id)
                }
            }
        }
        guard product.cpes.isEmpty else { return result }
        for (index, certainty) in matches(product).sorted(by: { $0.key < $1.key }) {
            for cpe in rules[index].products(version, packageType: product.package?.type) {
                add(cpe, certainty, rules[index].id)
            }
        }
        return result
    }

    /// The rules that fit, by number.
    private func matches(_ product: InstalledProduct) -> [Int: ProductCandidate.Certainty] {
        var found: [Int: ProductCandidate.Certainty] = [:]
        if let package = product.package {
            for index in byPurl[package.product] ?? [] { found[index] = .identified }
            if ProductRules.isPlain(package) {
                let name = String(decoding: NamePattern.folded(package.name), as: UTF8.self)
                for index in byPackage[name] ?? [] { found[index] = .identified }
            }
        }
        // Flatpak names applications as Apple's systems name bundles, mostly by the same words.
        let flatpak = product.package.flatMap { $0.type == "flatpak" ? $0.name : nil }
        if let bundle = (product.bundleID ?? flatpak).map(NamePattern.folded) {
            for index in byBundle[bundle] ?? [] { found[index] = .identified }
            for index in patterned where rules[index].bundles.contains(where: { $0.matches(folded: bundle) }) {
                found[index] = .identified
            }
        }
        if found.isEmpty, let name = product.name { matchNames(product, name, &found) }
        return found
    }

    private func matchNames(
        _ product: InstalledProduct, _ name: String, _ found: inout [Int: ProductCandidate.Certainty]
    ) {
        let publisher = product.publisher.map(NamePattern.folded)
        for spelling in ApplicationName.spellings(of: name, version: product.version) {
            var indices = byName[spelling] ?? []
            indices += patterned.filter { rules[$0].names.contains { $0.matches(folded: spelling) } }
            for index in indices {
                let rule = rules[index]
                if let publisher, !publisher.isEmpty, !rule.publishers.isEmpty {
                    guard rule.publishers.contains(where: { $0.matches(folded: publisher) }) else { continue }
                    found[index] = .identified
                } else if product.package == nil {
                    found[index] = max(found[index] ?? .presumed, .presumed)
                }
            }
            if !found.isEmpty { return }
        }
    }

    /// Whether a package's own name says which software it is: packages of no ecosystem, official images, builds of others' software.
    private static func isPlain(_ package: PackageURL) -> Bool {
        switch package.type {
        case "generic", "conda", "oci", "brew", "conan", "vcpkg", "bitnami", "yocto", "qpkg", "alpm", "luarocks",
            "chocolatey", "winget", "snap":
            true
        case "docker": package.namespace == nil || package.namespace == "library"
        // Distributions nobody publishes advisories for; those that have them are looked up there.
        case "deb", "rpm", "apk": package.distribution?.advisoryScope == nil
        default: false
        }
    }

    private static func key(_ cpe: CPEName) -> String? {
        guard let scope = cpe.scope, let key = cpe.productKey else { return nil }
        return "\(scope):\(key)"
    }
}

extension CPEName {
    /// This name under another vendor and product; a version that is missing is put in.
    fileprivate func renamed(to other: CPEName, version: String?) -> CPEName {
        var name = self
        name[.part] = other[.part]
        name[.vendor] = other.vendor
        name[.product] = other.product
        if name.version == .any, let version { name[.version] = CPEValue(text: version) }
        return name
    }
}
