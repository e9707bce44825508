import PackageIdentity

/// Gathers the components of one document, and makes packages of them once all is known.
struct ComponentCollector {
    private var stated: [StatedComponent] = []
    private var system: String?
    private var warnings: [String] = []
    private var omittedWarnings = 0

    /// Takes the next component of the document.
    mutating func take(_ component: consuming StatedComponent) throws(SBOMError) {
        guard stated.count < SBOMDocument.maximumComponents else {
            throw .tooManyComponents(limit: SBOMDocument.maximumComponents)
        }
        if component.kind == .operatingSystem { state(system: component.name, version: component.version) }
        stated.append(component)
    }

    /// Says what the machine runs; the first statement counts.
    mutating func state(system name: String, version: String?) {
        guard system == nil, !name.isEmpty else { return }
        let id = SystemName.id(of: name)
        system = version.flatMap { $0.isEmpty ? nil : "\(id)-\($0)" } ?? id
    }

    /// Notes what cannot be used.
    mutating func warn(_ warning: String) {
        if warnings.count < SBOMDocument.maximumWarnings {
            warnings.append(warning)
        } else {
            omittedWarnings += 1
        }
    }

    /// What was gathered.
    mutating func contents(of format: SBOMFormat) -> SBOMContents {
        var packages: [SBOMComponent] = []
        var products: [SBOMComponent] = []
        packages.reserveCapacity(stated.count)
        // By number: a walk over the components themselves would copy each.
        for index in stated.indices {
            var made = SBOMComponent(stated[index])
            do throws(StatedComponent.Unusable) {
                made.package = try stated[index].package(on: system)
                packages.append(made)
            } catch {
                if stated[index].isExpectedToBePackage { warn("\(stated[index].label): \(error.reason)") }
                if stated[index].isCounted(without: error) { products.append(made) }
            }
        }
        if omittedWarnings > 0 { warnings.append("\(omittedWarnings) more components without a usable package URL") }
        return SBOMContents(
            format: format, components: Self.merged(packages) + Self.distinct(products), warnings: warnings)
    }

    /// Ascending by package, each package once: the first that the document names, with the CPEs of all.
    private static func merged(_ packages: [SBOMComponent]) -> [SBOMComponent] {
        // A package URL is ASCII: its text sorts as its bytes do.
        let keys = packages.map { $0.package?.description ?? "" }
        // Many producers sort what they write.
        if zip(keys, keys.dropFirst()).allSatisfy(<) { return packages }
        let order = packages.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
        var result: [SBOMComponent] = []
        result.reserveCapacity(packages.count)
        for index in order {
            if let last = result.indices.last, result[last].package == packages[index].package {
                for cpe in packages[index].cpes where !result[last].cpes.contains(cpe) {
                    guard result[last].cpes.count < SBOMDocument.maximumNames else { break }
                    result[last].cpes.append(cpe)
                }
            } else {
                result.append(packages[index])
            }
        }
        return result
    }

    private static func distinct(_ products: [SBOMComponent]) -> [SBOMComponent] {
        func key(_ product: SBOMComponent) -> [String] {
            [product.name, product.version ?? "", product.publisher ?? "", product.statedPackageURL ?? ""]
                + product.cpes
        }
        let sorted = products.sorted { key($0).lexicographicallyPrecedes(key($1)) }
        return sorted.enumerated().filter { $0 == 0 || sorted[$0 - 1] != $1 }.map(\.element)
    }
}

extension SBOMComponent {
    /// What a bill states; its package is made later.
    fileprivate init(_ stated: borrowing StatedComponent) {
        self.init(
            package: nil, statedPackageURL: stated.packageURL, name: stated.name, version: stated.version,
            publisher: stated.publisher, cpes: stated.cpes)
    }
}

extension StatedComponent {
    /// Whether a bill that names no package here leaves something out.
    fileprivate var isExpectedToBePackage: Bool { packageURL != nil || (kind == .software && cpes.isEmpty) }

    /// Whether it counts among the components although it is no package with a version.
    ///
    /// Advisories on products may speak of what has a name and a version, or CPE names. Of a package without version nobody can say anything, which is
    /// to be said, too. A package URL that cannot be read is a warning alone.
    fileprivate func isCounted(without error: Unusable) -> Bool {
        if !cpes.isEmpty { return true }
        switch error {
        case .noVersion: return true
        case .noPackageURL: return kind == .software && !name.isEmpty
        case .malformed: return kind == .software && !name.isEmpty && version != nil
        }
    }
}
