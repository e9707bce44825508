/// How the products one name means relate to those another name means.
///
/// The name asked is the source, the one it is compared with the target: a superset means that everything the target means, the
/// source means too.
///
/// - Source: NISTIR 7696 (name matching), sections 6.1 and 6.2, <https://csrc.nist.gov/pubs/ir/7696/final>
public enum CPERelation: String, Sendable, Hashable {
    /// The same products.
    case equal
    /// Those of the target, and more.
    case superset
    /// Some of those of the target.
    case subset
    /// None in common.
    case disjoint
    /// The standard says nothing: the target has wildcards, or the attributes relate in different ways.
    case undefined
}

extension CPEValue {
    /// How this value relates to another one of the same attribute, by table 6-2 of NISTIR 7696.
    public func relation(to target: CPEValue) -> CPERelation {
        switch (self, target) {
        case (_, .pattern): .undefined
        case (.any, .any), (.notApplicable, .notApplicable): .equal
        case (.any, _): .superset
        case (_, .any): .subset
        case (.literal(let own), .literal(let other)): own == other ? .equal : .disjoint
        case (.pattern(let own), .literal(let other)): own.matches(other) ? .superset : .disjoint
        case (.notApplicable, _), (_, .notApplicable): .disjoint
        }
    }
}

extension CPEName {
    /// How one attribute relates to the target's.
    public func relation(of attribute: Attribute, to target: CPEName) -> CPERelation {
        self[attribute].relation(to: target[attribute])
    }

    /// How this name relates to another, by table 6-4 of NISTIR 7696: disjoint if any attribute is; else whatever all agree on.
    public func relation(to target: CPEName) -> CPERelation {
        var sawSuperset = false
        var sawSubset = false
        var sawUndefined = false
        for attribute in Attribute.allCases {
            switch relation(of: attribute, to: target) {
            case .disjoint: return .disjoint
            case .superset: sawSuperset = true
            case .subset: sawSubset = true
            case .undefined: sawUndefined = true
            case .equal: break
            }
        }
        if sawUndefined || (sawSuperset && sawSubset) { return .undefined }
        return sawSuperset ? .superset : sawSubset ? .subset : .equal
    }

    /// Whether this name means everything the target means; equal names do.
    public func isSuperset(of target: CPEName) -> Bool { [.superset, .equal].contains(relation(to: target)) }

    /// Whether the target means everything this name means; equal names do.
    public func isSubset(of target: CPEName) -> Bool { [.subset, .equal].contains(relation(to: target)) }

    /// Whether both mean the same products.
    public func isEqual(to target: CPEName) -> Bool { relation(to: target) == .equal }

    /// Whether no product is meant by both.
    public func isDisjoint(with target: CPEName) -> Bool { relation(to: target) == .disjoint }
}
