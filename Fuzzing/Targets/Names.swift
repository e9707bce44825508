import PackageIdentity
import ProductIdentity

extension FuzzTargets {
    /// Names of packages, products and distributions.
    static let names: [FuzzTarget] = [
        FuzzTarget("purl", maximumLength: 1024, dictionary: "purl") { try checkPackageURL($0) },
        FuzzTarget("purl-parts", maximumLength: 1024, dictionary: "purl") { try checkPackageURLParts($0) },
        FuzzTarget("cpe", maximumLength: 512, dictionary: "cpe") { checkCPE($0) },
        FuzzTarget("distribution", maximumLength: 512, dictionary: "distribution") { checkDistribution($0) },
        FuzzTarget("os-release", maximumLength: 2048, dictionary: "distribution") { input in
            let system = OperatingSystem(osRelease: input.text)
            require(!system.id.isEmpty && !system.prettyName.isEmpty, "a system has names")
            checkScope(system.distribution)
        },
        FuzzTarget("products", maximumLength: 1024) { checkProducts($0) },
        FuzzTarget("product-rules", maximumLength: 8192, form: .json) { input in
            let rules = ProductRules.builtIn.overridden(by: try ProductRules(json: input))
            let product = InstalledProduct(
                name: "Example Player", version: "1.2", publisher: "Example", bundleID: "org.example.player")
            for candidate in rules.candidates(for: product) { checkCanonical(candidate.cpe) }
        },
    ]

    private static func checkPackageURL(_ input: [UInt8]) throws {
        let url: PackageURL
        do throws(PackageURLError) {
            url = try PackageURL(utf8: input.span)
        } catch {
            require((0...input.count).contains(error.position), "an error's place lies in the text: \(error)")
            throw error
        }
        checkCanonical(url)
        checkScope(url.distribution)
        if let coordinates = url.advisoryCoordinates {
            require(!coordinates.scope.isEmpty && !coordinates.name.isEmpty, "coordinates are whole")
        }
    }

    /// What was read is canonical: it reads as itself, and is made of its parts again.
    private static func checkCanonical(_ url: PackageURL) {
        let text = url.description
        require(text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a canonical text is printable ASCII")
        let again = try? PackageURL(text)
        require(again?.description == text, "\(text) reads as itself, not as \(again?.description ?? "nothing")")
        let qualifiers = Dictionary(url.qualifiers.map { ($0.key, $0.value) }) { first, _ in first }
        require(qualifiers.count == url.qualifiers.count, "each qualifier once")
        let rebuilt = try? PackageURL(
            type: url.type, namespace: url.namespace, name: url.name, version: url.version, qualifiers: qualifiers,
            subpath: url.subpath)
        // A name is cut of its outer slashes when a package URL is built, but keeps escaped ones when one is read: the specification says both.
        if url.name.hasPrefix("/") || url.name.hasSuffix("/") { return }
        require(rebuilt == url, "\(text) is made of its parts again, not \(rebuilt?.description ?? "nothing")")
    }

    /// Lines: type, namespace, name, version, qualifier, its value, subpath.
    private static func checkPackageURLParts(_ input: [UInt8]) throws {
        var parts = input.lines(limit: 7)
        while parts.count < 7 { parts.append("") }
        let url = try PackageURL(
            type: parts[0], namespace: parts[1], name: parts[2], version: parts[3], qualifiers: [parts[4]: parts[5]],
            subpath: parts[6])
        checkCanonical(url)
    }

    /// One or two names, a line each.
    private static func checkCPE(_ input: [UInt8]) {
        let names = input.lines(limit: 2).compactMap { line -> CPEName? in
            do throws(CPEError) {
                return try CPEName(line)
            } catch {
                require((0...line.utf8.count).contains(error.offset), "an error's place lies in the text: \(error)")
                return nil
            }
        }
        for name in names { checkCanonical(name) }
        guard names.count == 2 else { return }
        let (there, back) = (names[0].relation(to: names[1]), names[1].relation(to: names[0]))
        switch there {
        case .equal: require(back == .equal, "equality goes both ways: \(names)")
        case .disjoint: require(back == .disjoint || back == .undefined, "disjointness goes both ways: \(names)")
        case .superset: require(back == .subset || back == .undefined, "a superset's inverse is a subset: \(names)")
        case .subset: require(back == .superset || back == .undefined, "a subset's inverse is a superset: \(names)")
        case .undefined: break
        }
    }

    static func checkCanonical(_ name: CPEName) {
        let text = name.formattedString
        let again = try? CPEName(text)
        require(again == name, "\(text) reads as itself, not as \(again?.formattedString ?? "nothing")")
        let uri = name.uri
        require((try? CPEName(uri)) != nil, "\(uri) reads")
        require(name.productKey?.isEmpty != true, "a product key is not empty")
    }

    private static func checkDistribution(_ input: [UInt8]) {
        let lines = input.lines(limit: 4)
        checkScope(Distribution(qualifier: lines[0]))
        if lines.count > 1 {
            checkScope(Distribution(id: lines[0], versionID: lines[1], codename: lines.count > 2 ? lines[2] : nil))
        }
        let keys = ["distro", "distro_name", "distro_version", "os_name", "syft:distro:id", "syft:distro:versionID"]
        checkScope(Distribution(properties: zip(keys, lines).map { ($0, $1) }, name: lines.last))
    }

    private static func checkScope(_ distribution: Distribution?) {
        guard let scope = distribution?.advisoryScope else { return }
        require(!scope.isEmpty, "a scope has a name")
    }

    /// Lines: name, version, publisher, bundle identifier, CPE name, package URL.
    private static func checkProducts(_ input: [UInt8]) {
        var lines = input.lines(limit: 6)
        while lines.count < 6 { lines.append("") }
        let product = InstalledProduct(
            package: try? PackageURL(lines[5]), cpes: [try? CPEName(lines[4])].compactMap { $0 }, name: lines[0],
            version: lines[1], publisher: lines[2], bundleID: lines[3])
        for candidate in ProductRules.builtIn.candidates(for: product) { checkCanonical(candidate.cpe) }
    }
}
