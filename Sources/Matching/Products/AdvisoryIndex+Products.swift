import PackageIdentity

extension AdvisoryIndex {
    /// Whether a package is judged by the products it may be, because nobody publishes advisories for packages of its kind.
    ///
    /// An ecosystem's own advisories know its names and its repairs; statements about products would only repeat them, or contradict them
    /// where a distribution repairs without changing the version upstream gave. That holds, too, where the index lacks an ecosystem's advisories:
    /// then nothing is known, and the package counts as not covered.
    ///
    /// - Parameter package: `nil` for an application that is no package.
    public func asksProducts(for package: PackageURL?) -> Bool {
        guard let package else { return true }
        if package.ecosystemHasAdvisories { return false }
        guard let coordinates = package.advisoryCoordinates else { return true }
        // Advisories on actions say nothing of the other repositories that package URLs name this way.
        if package.type == "github" { return !names(coordinates) }
        return !covers(scope: coordinates.scope)
    }

    /// Whether any advisory speaks of the name; a damaged index, which says so elsewhere, speaks of none.
    private func names(_ coordinates: AdvisoryCoordinates) -> Bool {
        ((try? reader.find(scope: coordinates.scope, name: coordinates.name)) ?? nil) != nil
    }

    /// The vulnerabilities an application is exposed to, or may be, by statements about products.
    ///
    /// - Parameters:
    ///   - products: The names it may have. One product can have several; a vulnerability that is found under more than one is
    ///     reported once, exposure before doubt and the surer before the less sure, then in the given order.
    ///   - package: The package, if it is one.
    ///   - hostProducts: As ``MatchContext/hostProducts``.
    /// - Returns: The highest risk first within a name, names in the given order. Empty when ``asksProducts(for:)`` denies.
    public func verdicts(
        products: [ProductName], package: PackageURL?, hostProducts: [CPEName]? = nil
    ) -> [ProductVerdict] {
        guard asksProducts(for: package) else { return [] }
        do throws(IndexError) {
            return try ask(products, package: package, hostProducts: hostProducts)
                .map { (product, compact) throws(IndexError) in
                    ProductVerdict(
                        product: product, verdict: try verdict(compact), vulnerabilityNumber: compact.vulnerability)
                }
        } catch {
            return products.prefix(1).map { ProductVerdict(product: $0, verdict: .damagedIndex) }
        }
    }

    /// The answers to all names, of each vulnerability the weightiest.
    private func ask(
        _ products: [ProductName], package: PackageURL?, hostProducts: [CPEName]?
    ) throws(IndexError) -> [(product: ProductName, compact: CompactVerdict)] {
        var answers: [(product: ProductName, compact: CompactVerdict)] = []
        var places: [UInt32: Int] = [:]
        var found = CompactVerdicts()
        for product in products {
            guard let coordinates = product.coordinates else { continue }
            found.removeAll()
            let context = context(of: product, package: package, hostProducts: hostProducts)
            try match(coordinates, context: context, into: &found)
            for compact in try ranked(found) {
                guard let place = places[compact.vulnerability] else {
                    places[compact.vulnerability] = answers.count
                    answers.append((product, compact))
                    continue
                }
                if compact.weight > answers[place].compact.weight { answers[place] = (product, compact) }
            }
        }
        return answers
    }

    /// Why an application is, or is not, reported for a vulnerability: one explanation for each name it may have.
    ///
    /// - Parameters:
    ///   - products: The names it may have; those without version are passed over.
    ///   - package: The package, if it is one.
    ///   - id: A CVE, any alias, or an advisory's id.
    ///   - hostProducts: As ``MatchContext/hostProducts``.
    public func explain(
        products: [ProductName], package: PackageURL?, vulnerability id: String, hostProducts: [CPEName]? = nil
    ) -> [Explanation] {
        products.compactMap { product in
            product.coordinates.map {
                explain(
                    at: $0, purl: package, vulnerability: id,
                    context: context(of: product, package: package, hostProducts: hostProducts))
            }
        }
    }

    private func context(of product: ProductName, package: PackageURL?, hostProducts: [CPEName]?) -> MatchContext {
        MatchContext(
            architecture: package?.qualifier("arch"), cpe: product.cpe,
            // A distribution's build may carry patches that upstream's version does not tell.
            isProductDerived: product.isDerived || package?.isDistributionPackage == true, hostProducts: hostProducts)
    }
}

extension CompactVerdict {
    /// Exposure before doubt, then the surer.
    fileprivate var weight: Int {
        let certainty: Int
        switch confidence {
        case .exact: certainty = 2
        case .likely: certainty = 1
        case .possible: certainty = 0
        }
        return (status == .affected ? 3 : 0) + certainty
    }
}
