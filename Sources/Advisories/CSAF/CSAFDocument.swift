import JSONDocuments

/// One CSAF document on its way to advisories.
///
/// A VEX document gives one advisory for each vulnerability, under the vulnerability's id. A security advisory gives one under its own id,
/// which contains its vulnerabilities; where it says different things of them, one for each group that it speaks of alike
/// (`RHSA-2025:23414/CVE-2025-40778`).
struct CSAFDocument {
    private let root: JSONValue
    private let document: JSONValue
    private let id: String
    private let tree: CSAFProductTree
    /// RPM packages by product id, read once for all vulnerabilities.
    private var packages: [String: RPMPackage?] = [:]
    private var scopes: [String: VendorScope?] = [:]
    /// Product ids that statements name and the tree does not.
    private(set) var unknownProducts = 0

    init(_ root: JSONValue) throws(RecordFault) {
        guard root.kind == .object else { throw RecordFault("the document", "is not an object") }
        guard let document = root.present("document"), document.kind == .object else {
            throw RecordFault("document", "is missing or not an object")
        }
        guard document["csaf_version"]?.string?.hasPrefix("2.") ?? false else {
            throw RecordFault("document.csaf_version", "is none of the 2 series")
        }
        guard let tracking = document.present("tracking") else { throw RecordFault("document.tracking", "is missing") }
        let id = try tracking.requiredString("id", in: "document.tracking.")
        guard id.utf8.count <= OSVIdentifier.maximumBytes, id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw RecordFault("document.tracking.id", "is too long or holds control characters")
        }
        self.root = root
        self.document = document
        // SUSE numbers its documents as in `SUSE-SU-2023:4044-1`, others with spaces.
        self.id = id.split(separator: " ").joined(separator: "-")
        tree = try CSAFProductTree(root.present("product_tree"))
    }

    private struct Part {
        let vulnerability: CSAFVulnerability
        let affected: [AffectedPackage]
    }

    mutating func advisories(feed: FeedID) throws(RecordFault) -> [Advisory] {
        var parts: [Part] = []
        if let entries = try root.elements("vulnerabilities", in: "") {
            for (index, entry) in entries.enumerated() {
                let vulnerability = try CSAFVulnerability(entry, index: index)
                parts.append(Part(vulnerability: vulnerability, affected: try affected(vulnerability)))
            }
        }
        guard !parts.isEmpty else { return [advisory(id, feed: feed, parts: [])] }
        return isVEX
            ? parts.map { advisory($0.vulnerability.id ?? id, feed: feed, parts: [$0]) } : grouped(parts, feed: feed)
    }

    private var isVEX: Bool { document["category"]?.string?.lowercased().hasSuffix("vex") ?? false }

    /// The vulnerabilities of a security advisory, together where it says the same of them.
    private func grouped(_ parts: [Part], feed: FeedID) -> [Advisory] {
        var places: [[AffectedPackage]: Int] = [:]
        var groups: [[Part]] = []
        for part in parts {
            if let place = places[part.affected] {
                groups[place].append(part)
            } else {
                places[part.affected] = groups.count
                groups.append([part])
            }
        }
        return groups.map { group in
            let name = groups.count == 1 ? nil : group[0].vulnerability.id
            return advisory(name.map { "\(id)/\($0)" } ?? id, feed: feed, parts: group)
        }
    }

    // MARK: - Products

    private mutating func affected(_ vulnerability: CSAFVulnerability) throws(RecordFault) -> [AffectedPackage] {
        var statements: [(String, CSAFStatus, CSAFRemedy)] = []
        try vulnerability.forEachStatement(groups: tree.groups) { statements.append(($0, $1, $2)) }
        var rpms = RPMStatements()
        var products = ProductStatements()
        for (product, status, remedy) in statements {
            let components = tree.components(of: product)
            if components.isEmpty { unknownProducts += 1 }
            for component in components {
                guard let platform = component.platform else {
                    products.add(component.product, status: status, remedy: remedy)
                    continue
                }
                guard let scope = scope(of: platform), var package = package(of: component.product) else { continue }
                if package.moduleStream == nil { package.moduleStream = component.module.flatMap(Self.stream(of:)) }
                rpms.add(package, in: scope, status: status, remedy: remedy)
            }
        }
        return rpms.packages + products.packages
    }

    private mutating func scope(of platform: CSAFProduct) -> VendorScope? {
        if let known = scopes[platform.id] { return known }
        let scope = VendorScope(cpe: platform.cpe, name: platform.name)
        scopes[platform.id] = .some(scope)
        return scope
    }

    private mutating func package(of product: CSAFProduct) -> RPMPackage? {
        if let known = packages[product.id] { return known }
        // A package URL of another type is a container image or a library within one.
        let package =
            product.purl.map { RPMPackage(purl: $0, fullName: product.id) } ?? RPMPackage(label: product.id)
        packages[product.id] = .some(package)
        return package
    }

    /// The stream of a module that is a product of its own: `pkg:rpmmod/redhat/nodejs@18:8080…`, or an id `nodejs:18:8080…`.
    private static func stream(of module: CSAFProduct) -> String? {
        RPMPackage.stream(module.name) ?? RPMPackage.stream(module.id)
    }

    // MARK: - The rest

    private func advisory(_ name: String, feed: FeedID, parts: [Part]) -> Advisory {
        let tracking = document["tracking"]
        let modified = tracking?.moment("current_release_date")
        let ids = parts.compactMap(\.vulnerability.id)
        let isWithdrawn = ["csaf_withdrawn", "csaf_superseded"].contains(document["category"]?.string ?? "")
        return Advisory(
            id: name, feed: feed, upstream: Self.unique(ids).filter { $0 != name }, summary: summary(parts),
            details: details(parts), published: tracking?.moment("initial_release_date"), modified: modified,
            withdrawn: isWithdrawn ? modified ?? 0 : nil, severities: severities(parts), references: references(parts),
            affected: parts.first?.affected ?? [])
    }

    private func summary(_ parts: [Part]) -> String {
        let own = parts.count == 1 && isVEX ? parts[0].vulnerability.title : ""
        return own.isEmpty ? document.line("title", limit: 400) : own
    }

    private func details(_ parts: [Part]) -> String {
        if parts.count == 1, isVEX, !parts[0].vulnerability.details.isEmpty { return parts[0].vulnerability.details }
        let notes = document["notes"]?.array.map(Array.init) ?? []
        let wanted = notes.first { $0["category"]?.isString("general") ?? false }
        return (wanted ?? notes.first)?.text("text", limit: 4096) ?? ""
    }

    private func severities(_ parts: [Part]) -> [SeverityStatement] {
        // The vectors of several vulnerabilities are none of the advisory's own; its word for all of them is.
        if parts.count == 1 { return parts[0].vulnerability.severities }
        let word = document["aggregate_severity"]?["text"]?.string.flatMap(OSVSeverities.severity)
        return word.map { [SeverityStatement(word: $0, origin: .vendor)] } ?? []
    }

    private func references(_ parts: [Part]) -> [String] {
        var urls = document["references"]?.array?.prefix(64).map { $0.text("url", limit: 2048) } ?? []
        if isVEX { urls = parts.flatMap(\.vulnerability.references) + urls }
        return Array(Self.unique(urls.filter { $0.hasPrefix("https://") || $0.hasPrefix("http://") }).prefix(8))
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

extension JSONValue {
    /// A date that only describes; `nil` when it is none.
    fileprivate func moment(_ key: StaticString) -> Int64? {
        self[key]?.withUTF8String { Timestamp.parse($0) } ?? nil
    }
}
