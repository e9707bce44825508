import JSONDocuments
import PackageIdentity

/// Reads the applicability statements of a record: which products are vulnerable, on which platforms. The NVD's `configurations` and the
/// `cpeApplicability` of CVE records have one shape.
///
/// A configuration is an OR of nodes unless it says AND; a node is an OR of matches unless it says AND. What is vulnerable becomes a
/// product; the other operands of an AND become its platforms. Negation is in the schema but not in use, so what is negated is left
/// out and said.
///
/// - Source: <https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema> (`def_config`), NISTIR 7698.
struct CPEApplicability {
    /// One `cpeMatch`.
    private struct Match {
        let cpe: CPEName
        let range: AffectedRange?
        let isVulnerable: Bool

        var platform: PlatformMatch { PlatformMatch(criteria: cpe.formattedString, range: range) }
    }

    /// A node with its readable matches.
    private struct Node {
        let matches: [Match]
        let isConjunction: Bool

        /// Of each list one product must be present for the node to hold.
        var requirements: [[PlatformMatch]] {
            isConjunction ? matches.map { [$0.platform] } : [matches.map(\.platform)]
        }

        /// What must hold besides one of the node's matches.
        func requirements(beside index: Int) -> [[PlatformMatch]] {
            guard isConjunction else { return [] }
            return matches.indices.filter { $0 != index }.map { [matches[$0].platform] }
        }
    }

    /// The most pairs of a vulnerable product and another one that an AND may have; real ones have thousands.
    private static let mostPairs = 1 << 20

    private var statements = CPEStatements()
    /// What was left out, one line each, at most 16.
    private(set) var faults: [RecordFault] = []

    var affected: [AffectedPackage] { statements.affected }

    /// Adds a list of configurations.
    ///
    /// - Parameter place: The list's name, for messages.
    mutating func add(_ list: JSONArray, place: String) {
        for (index, configuration) in list.enumerated() {
            do throws(RecordFault) {
                try add(configuration, place: "\(place)[\(index)]")
            } catch {
                leaveOut(error)
            }
        }
    }

    /// Adds a product that no configuration names.
    mutating func add(_ cpe: CPEName, ranges: [AffectedRange], versions: [String]) {
        do throws(RecordFault) {
            try statements.add(cpe, ranges: ranges, versions: versions)
        } catch {
            leaveOut(error)
        }
    }

    mutating func leaveOut(_ fault: RecordFault) {
        if faults.count < 16 { faults.append(fault) }
    }

    private mutating func add(_ configuration: JSONValue, place: String) throws(RecordFault) {
        guard configuration.kind == .object else { throw RecordFault(place, "is not an object") }
        guard configuration["negate"]?.bool != true else { throw RecordFault(place, "is negated, which is not read") }
        let isConjunction = configuration["operator"]?.isString("AND") ?? false
        guard let list = try configuration.elements("nodes", in: "\(place).") else {
            // Old records have one node in the configuration's place.
            return try add([try node(configuration, place: place)], isConjunction: false, place: place)
        }
        var nodes: [Node] = []
        for (index, element) in list.enumerated() {
            nodes.append(try node(element, place: "\(place).nodes[\(index)]"))
        }
        // With one operand unread, what remains of an AND would say more than was meant.
        if isConjunction && nodes.contains(where: \.matches.isEmpty) { return }
        try add(nodes, isConjunction: isConjunction, place: place)
    }

    private mutating func add(_ nodes: [Node], isConjunction: Bool, place: String) throws(RecordFault) {
        // Each vulnerable product carries its platforms, so an AND of long lists grows as their product.
        let matches = nodes.reduce(0) { $0 + $1.matches.count }
        let vulnerable = nodes.reduce(0) { $0 + $1.matches.count(where: \.isVulnerable) }
        let isLarge = isConjunction || nodes.contains(where: \.isConjunction)
        guard !isLarge || (nodes.count <= 256 && vulnerable <= Self.mostPairs / max(1, matches)) else {
            throw RecordFault(place, "has more combinations than are read")
        }
        for (place, node) in nodes.enumerated() {
            let others =
                isConjunction ? nodes.enumerated().filter { $0.offset != place }.flatMap(\.element.requirements) : []
            for (index, match) in node.matches.enumerated() where match.isVulnerable {
                do throws(RecordFault) {
                    try statements.add(
                        match.cpe, ranges: match.range.map { [$0] } ?? [],
                        platforms: node.requirements(beside: index) + others)
                } catch {
                    leaveOut(error)
                }
            }
        }
    }

    private mutating func node(_ node: JSONValue, place: String) throws(RecordFault) -> Node {
        guard node.kind == .object else { throw RecordFault(place, "is not an object") }
        guard node["negate"]?.bool != true else { throw RecordFault(place, "is negated, which is not read") }
        let isConjunction = node["operator"]?.isString("AND") ?? false
        guard let list = try node.elements("cpeMatch", in: "\(place).") else {
            throw RecordFault("\(place).cpeMatch", "is missing")
        }
        var matches: [Match] = []
        for (index, element) in list.enumerated() {
            do throws(RecordFault) {
                matches.append(try match(element, place: "\(place).cpeMatch[\(index)]."))
            } catch {
                leaveOut(error)
                if isConjunction { return Node(matches: [], isConjunction: true) }
            }
        }
        return Node(matches: matches, isConjunction: isConjunction)
    }

    private func match(_ match: JSONValue, place: String) throws(RecordFault) -> Match {
        guard match.kind == .object else { throw RecordFault(place, "is not an object") }
        let text = try match.requiredString("criteria", in: place)
        let cpe: CPEName
        do throws(CPEError) {
            cpe = try CPEName(text)
        } catch {
            throw RecordFault("\(place)criteria", "is not a CPE name: \(error.reason.rawValue)")
        }
        guard let isVulnerable = match["vulnerable"]?.bool else {
            throw RecordFault("\(place)vulnerable", "is missing or not true or false")
        }
        return Match(cpe: cpe, range: try range(match, of: cpe, place: place), isVulnerable: isVulnerable)
    }

    /// The bounds beside a criteria without a version; a version of its own wins over them.
    private func range(_ match: JSONValue, of cpe: CPEName, place: String) throws(RecordFault) -> AffectedRange? {
        guard cpe.version == .any else { return nil }
        var events: [AffectedRange.Event] = []
        if let start = try match.optionalString("versionStartIncluding", in: place) {
            events.append(.introduced(start))
        } else if let start = try match.optionalString("versionStartExcluding", in: place) {
            events.append(.introducedAfter(start))
        }
        if let end = try match.optionalString("versionEndExcluding", in: place) {
            events.append(.fixed(end))
        } else if let end = try match.optionalString("versionEndIncluding", in: place) {
            events.append(.lastAffected(end))
        }
        guard let first = events.first else { return nil }
        switch first {
        case .introduced, .introducedAfter: break
        default: events.insert(.introduced("0"), at: 0)
        }
        return AffectedRange(kind: .ecosystem, events: events)
    }
}
