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

    /// The attributes behind the version.
    private static let refinements: [CPEName.Attribute] = [
        .update, .edition, .language, .softwareEdition, .targetSoftware, .targetHardware, .other,
    ]

    /// Whether a product states nothing behind its version.
    static func isPlain(_ product: CPEName) -> Bool { refinements.allSatisfy { product[$0] == .any } }

    /// Whether a product's attributes behind the version (update, edition, language, software edition, target software and hardware, other)
    /// are within those that the criteria ask for.
    ///
    /// An attribute that the product does not state, where the criteria do, leaves it open.
    ///
    /// - Source: NISTIR 7696, table 6-2, <https://doi.org/10.6028/NIST.IR.7696>
    static func matches(_ criteria: String, _ product: CPEName) -> Answer {
        guard let criteria = try? CPEName(criteria) else { return .unknown }
        var answer = Answer.yes
        for attribute in refinements {
            switch criteria.relation(of: attribute, to: product) {
            case .equal, .superset: continue
            case .disjoint: return .no
            case .subset, .undefined: answer = .unknown
            }
        }
        return answer
    }

    /// As ``matches(_:_:)``; for a product that states nothing behind its version without reading more of the criteria than whether they
    /// ask for anything there.
    static func matches(_ criteria: UnsafeRawBufferPointer, _ product: CPEName, isPlain: Bool) -> Answer {
        if isPlain, let asksForMore = asksForMore(criteria) { return asksForMore ? .unknown : .yes }
        return matches(String(decoding: criteria, as: UTF8.self), product)
    }

    /// Whether a formatted string of CPE 2.3 has any but `*` behind the version; `nil` for other texts.
    private static func asksForMore(_ criteria: UnsafeRawBufferPointer) -> Bool? {
        guard criteria.starts(with: formatMark) else { return nil }
        var component = 0
        var start = formatMark.count
        var place = start
        var asksForMore = false
        while place <= criteria.count {
            let byte = place < criteria.count ? criteria[place] : UInt8(ascii: ":")
            if byte == UInt8(ascii: ":") {
                let isAny = place == start || (place == start + 1 && criteria[start] == UInt8(ascii: "*"))
                if component > CPEName.Attribute.version.rawValue && !isAny { asksForMore = true }
                component += 1
                start = place + 1
            }
            place += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return component == CPEName.Attribute.allCases.count ? asksForMore : nil
    }

    private static let formatMark = Array("cpe:2.3:".utf8)

    /// Whether of every operand one product is on the host.
    ///
    /// A host that tells an operating system has no other one, so a statement about Windows is not about Linux. What it tells of
    /// applications and hardware is never all there is: those that are asked for and not told leave it open.
    static func holds(_ platforms: [[PlatformMatch]], on host: [CPEName]?) -> Answer {
        guard !platforms.isEmpty else { return .yes }
        guard let host else { return .unknown }
        var answer = Answer.yes
        for operand in platforms {
            let answers = operand.flatMap { match in
                host.map { present(match, $0) } + (mayBeUntold(match, host) ? [.unknown] : [])
            }
            if answers.contains(where: { $0 == .yes }) { continue }
            guard answers.contains(where: { $0 == .unknown }) else { return .no }
            answer = .unknown
        }
        return answer
    }

    /// Whether the product that is asked for may be there although the host does not tell of it.
    private static func mayBeUntold(_ match: PlatformMatch, _ host: [CPEName]) -> Bool {
        guard let criteria = try? CPEName(match.criteria), criteria.part == .operatingSystem else { return true }
        if !host.contains(where: { $0.part == .operatingSystem }) { return true }
        // Firmware is filed as an operating system, of a machine beside the one that runs here or inside of it.
        guard let product = criteria.product.text else { return true }
        return product.hasSuffix("_firmware")
    }

    /// Windows is asked for as `windows` or by the name of one release; a host tells the release.
    private static func isSameFamily(_ criteria: CPEName, _ product: CPEName) -> Bool {
        guard criteria.vendor == product.vendor, let asked = criteria.product.text, let told = product.product.text
        else {
            return false
        }
        return (asked == "windows" && told.hasPrefix("windows_"))
            || (["macos", "mac_os", "mac_os_x"].contains(asked) && ["macos", "mac_os", "mac_os_x"].contains(told))
    }

    private static func present(_ match: PlatformMatch, _ product: CPEName) -> Answer {
        guard let criteria = try? CPEName(match.criteria), criteria.part == product.part,
            [.equal, .superset].contains(criteria.relation(of: .vendor, to: product)),
            isSameFamily(criteria, product)
                || [.equal, .superset].contains(criteria.relation(of: .product, to: product))
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
        guard let left = try? VersionOrdering.generic.key(lhs, reading: .tolerant),
            let right = try? VersionOrdering.generic.key(rhs, reading: .tolerant)
        else { return nil }
        return left == right ? 0 : left < right ? -1 : 1
    }
}
