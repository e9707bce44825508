import Advisories
import PackageIdentity
import Versioning

/// Whether statements about products speak of an installed one, and whether the platforms they ask for are there.
enum ProductConditions {
    /// An answer to one part of a condition.
    enum Answer {
        case yes
        case no
        /// What is known does not tell.
        case unknown
    }

    /// Whether a product's attributes behind the version (update, edition, language, software edition, target software and hardware, other)
    /// are within those that the criteria ask for.
    ///
    /// An attribute that the product does not state, where the criteria do, leaves it open.
    ///
    /// - Source: NISTIR 7696, table 6-2, <https://doi.org/10.6028/NIST.IR.7696>
    static func matches(_ criteria: String, _ product: CPEName) -> Answer {
        guard let criteria = try? CPEName(criteria) else { return .unknown }
        var answer = Answer.yes
        for attribute in [
            CPEName.Attribute.update, .edition, .language, .softwareEdition, .targetSoftware, .targetHardware, .other,
        ] {
            switch criteria.relation(of: attribute, to: product) {
            case .equal, .superset: continue
            case .disjoint: return .no
            case .subset, .undefined: answer = .unknown
            }
        }
        return answer
    }

    /// Whether of every operand one product is on the host.
    static func holds(_ platforms: [[PlatformMatch]], on host: [CPEName]?) -> Answer {
        guard !platforms.isEmpty else { return .yes }
        guard let host else { return .unknown }
        var answer = Answer.yes
        for operand in platforms {
            let answers = operand.flatMap { match in host.map { present(match, $0) } }
            if answers.contains(where: { $0 == .yes }) { continue }
            guard answers.contains(where: { $0 == .unknown }) else { return .no }
            answer = .unknown
        }
        return answer
    }

    private static func present(_ match: PlatformMatch, _ product: CPEName) -> Answer {
        guard let criteria = try? CPEName(match.criteria), criteria.part == product.part,
            [.equal, .superset].contains(criteria.relation(of: .vendor, to: product)),
            [.equal, .superset].contains(criteria.relation(of: .product, to: product))
        else { return .no }
        let version: Answer
        if let range = match.range {
            version = product.version.text.map { range.holds($0) ? .yes : .no } ?? .unknown
        } else {
            switch criteria.relation(of: .version, to: product) {
            case .equal, .superset: version = .yes
            case .disjoint: version = .no
            case .subset, .undefined: version = .unknown
            }
        }
        guard version != .no else { return .no }
        let rest = matches(match.criteria, product)
        return rest == .no ? .no : rest == .unknown ? .unknown : version
    }
}

extension AffectedRange {
    /// Whether a version of a product is in the range; `false` when a version does not parse.
    fileprivate func holds(_ version: String) -> Bool {
        events.allSatisfy { event in
            switch event {
            case .introduced(let bound): bound == "0" || Self.order(version, bound).map { $0 >= 0 } ?? false
            case .introducedAfter(let bound): Self.order(version, bound).map { $0 > 0 } ?? false
            case .fixed(let bound), .limit(let bound): Self.order(version, bound).map { $0 < 0 } ?? false
            case .lastAffected(let bound): Self.order(version, bound).map { $0 <= 0 } ?? false
            }
        }
    }

    private static func order(_ lhs: String, _ rhs: String) -> Int? {
        try? VersionOrdering.generic.compare(lhs, rhs)
    }
}
