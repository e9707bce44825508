import PackageIdentity

/// Brings what a document says of products with a CPE together: one statement for each product, with the versions affected.
///
/// Only what is affected is taken from the document, and the first repair where it says no more than that: publishers state the
/// versions that are not affected in too many ways to tell lines of releases from them. Products without CPE have no scope, so
/// nothing is said of them.
struct ProductStatements {
    private struct Place: Hashable {
        let scope: String
        let name: String
        let criteria: String?
    }

    private struct Facts {
        var affected: [[AffectedRange.Event]] = []
        var versions: [String] = []
        var repairs: [String] = []
        var isUnderInvestigation = false
        var isNotAffected = false
        var remedy = CSAFRemedy.none
    }

    private var order: [Place] = []
    private var facts: [Place: Facts] = [:]

    mutating func add(_ product: CSAFProduct, status: CSAFStatus, remedy: CSAFRemedy) {
        guard let text = product.cpe, let name = try? CPEName(text), let scope = name.scope, let key = name.productKey
        else {
            return
        }
        let place = Place(scope: scope, name: key, criteria: Self.criteria(name))
        if facts[place] == nil { order.append(place) }
        let versions = ProductVersions(product, stated: name.version.text)
        var known = facts[place] ?? Facts()
        switch status {
        case .affected, .firstAffected, .lastAffected:
            known.affected += versions.ranges
            known.versions += versions.listed.filter { !known.versions.contains($0) }
            known.remedy = remedy
        case .fixed: known.repairs += versions.listed + versions.starts
        case .underInvestigation: known.isUnderInvestigation = true
        case .notAffected: known.isNotAffected = known.isNotAffected || versions.isEverything
        }
        facts[place] = known
    }

    /// The products in the order in which they were first named.
    var packages: [AffectedPackage] {
        order.compactMap { place in facts[place].flatMap { package(at: place, $0) } }
    }

    private func package(at place: Place, _ facts: Facts) -> AffectedPackage? {
        var package = AffectedPackage(
            scope: place.scope, name: place.name, versions: facts.versions, state: .unspecified,
            condition: place.criteria.map { Condition(criteria: $0) })
        if !facts.affected.isEmpty || !facts.versions.isEmpty {
            package.ranges = facts.affected.map { AffectedRange(kind: .ecosystem, events: $0) }
            package.state = facts.remedy.state == .unfixed ? .unspecified : facts.remedy.state
            package.urgency = facts.remedy.word
        } else if facts.repairs.count == 1 {
            package.ranges = [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(facts.repairs[0])])]
            package.state = .fixed
        } else if facts.isUnderInvestigation {
            package.ranges = [AffectedRange(kind: .ecosystem, events: [.introduced("0")])]
            package.state = .undetermined
        } else if facts.isNotAffected {
            package.state = .notAffected
        } else {
            return nil
        }
        return package
    }

    /// The CPE when it says more than vendor, product and version.
    private static func criteria(_ name: CPEName) -> String? {
        let rest: [CPEName.Attribute] = [
            .update, .edition, .language, .softwareEdition, .targetSoftware, .targetHardware, .other,
        ]
        return rest.contains { name[$0] != .any } ? name.formattedString : nil
    }
}
