/// Finds which vulnerabilities each advisory speaks of, and under which id each vulnerability is known.
///
/// Aliases are transitive, with one wall: **two different CVE ids never become one vulnerability**, even when a record lists both as
/// aliases. So CVEs are not joined to the graph; ids of other kinds are, and each takes the nearest CVEs it can reach:
///
/// 1. A CVE id is itself.
/// 2. An id takes the CVEs its own advisory lists as aliases or carries in its name (`DEBIAN-CVE-…`), together with what its
///    `upstream` ids resolve to. An advisory with several thus speaks of each.
/// 3. Otherwise the CVEs at the smallest distance along alias links, whichever record states the link.
/// 4. Otherwise the connected ids are one vulnerability, named by the first GHSA id, else by the first id, in byte order.
///
/// Withdrawn advisories add no links, as their aliases are often why they were withdrawn; they still resolve for look-ups.
struct AliasResolver {
    /// Lists of text numbers by text number.
    typealias Links = [UInt32: [UInt32]]

    private let isCVE: (UInt32) -> Bool
    private let derivedCVEs: [UInt32: UInt32]
    private let prefersAsName: (UInt32, UInt32) -> Bool
    private let directCVEs: Links
    private let upstream: Links
    private let neighbours: Links
    private var resolved: Links = [:]

    /// One advisory's part of the graph.
    struct Node {
        let id: UInt32
        let aliases: [UInt32]
        let upstream: [UInt32]
        let isWithdrawn: Bool
    }

    /// Collects the links of all advisories.
    ///
    /// - Parameters:
    ///   - derivedCVEs: The CVE that an id carries in its own spelling, by id, whether or not a record has that id.
    ///   - isCVE: Whether a text is a CVE id.
    ///   - prefersAsName: Whether the first of two non-CVE ids is the better name for both.
    init(
        _ nodes: some Sequence<Node>, derivedCVEs: [UInt32: UInt32], isCVE: @escaping (UInt32) -> Bool,
        prefersAsName: @escaping (UInt32, UInt32) -> Bool
    ) {
        var directCVEs: Links = [:]
        var upstream: Links = [:]
        var neighbours: Links = [:]
        for node in nodes where !node.isWithdrawn && !isCVE(node.id) {
            for alias in node.aliases where alias != node.id {
                if isCVE(alias) {
                    directCVEs[node.id, default: []].append(alias)
                } else {
                    neighbours[node.id, default: []].append(alias)
                    neighbours[alias, default: []].append(node.id)
                }
            }
            if !node.upstream.isEmpty { upstream[node.id, default: []] += node.upstream }
        }
        self.directCVEs = directCVEs
        self.upstream = upstream
        self.neighbours = neighbours
        self.derivedCVEs = derivedCVEs
        self.isCVE = isCVE
        self.prefersAsName = prefersAsName
    }

    /// The vulnerabilities an advisory speaks of: at least one text number, without repetition, in no promised order.
    mutating func vulnerabilities(of node: Node) -> [UInt32] {
        guard node.isWithdrawn else { return resolve(node.id) }
        let own = node.aliases.filter(isCVE) + cves(of: node.id)
        if isCVE(node.id) { return [node.id] }
        let named = Set(own).union(node.upstream.flatMap { resolve($0) })
        if !named.isEmpty { return Array(named) }
        let viaAliases = Set(node.aliases.flatMap { resolve($0) })
        return viaAliases.isEmpty ? [node.id] : Array(viaAliases)
    }

    /// The vulnerabilities that an id names.
    mutating func resolve(_ id: UInt32) -> [UInt32] {
        if isCVE(id) { return [id] }
        if let known = resolved[id] { return known }
        let found = withUpstream(of: id)
        let answer = found.isEmpty ? nearest(to: id) : Array(found)
        resolved[id] = answer
        return answer
    }

    /// The vulnerabilities of an id and of everything upstream of it, each visited once: circles end, and no pattern of links makes the
    /// walk longer than the number of ids, of which at most 4,096 are looked at.
    private mutating func withUpstream(of id: UInt32) -> Set<UInt32> {
        var found = Set(cves(of: id))
        var seen: Set<UInt32> = [id]
        var open = upstream[id] ?? []
        while let next = open.popLast(), seen.count < 4096 {
            guard seen.insert(next).inserted else { continue }
            let own = isCVE(next) ? [next] : cves(of: next)
            let above = isCVE(next) ? [] : upstream[next] ?? []
            found.formUnion(own.isEmpty && above.isEmpty ? nearest(to: next) : own)
            open += above
        }
        return found
    }

    /// The CVEs of an id by its own record or spelling.
    private func cves(of id: UInt32) -> [UInt32] {
        let direct = directCVEs[id] ?? []
        return derivedCVEs[id].map { direct + [$0] } ?? direct
    }

    /// Walks the alias links outwards, one distance at a time.
    private mutating func nearest(to id: UInt32) -> [UInt32] {
        var seen: Set<UInt32> = [id]
        var layer = [id]
        while !layer.isEmpty {
            let found = Set(layer.flatMap { cves(of: $0) })
            if !found.isEmpty { return Array(found) }
            layer = layer.flatMap { neighbours[$0] ?? [] }.filter { seen.insert($0).inserted }
        }
        // None of them has a CVE, so all of them have this answer, unless something upstream says more.
        let name = [seen.min(by: prefersAsName) ?? id]
        for other in seen where upstream[other] == nil { resolved[other] = name }
        return name
    }

    /// Every id that stands in some alias link or carries a CVE, and is not a CVE.
    var linkedIDs: some Sequence<UInt32> {
        Set(neighbours.keys).union(directCVEs.keys).union(derivedCVEs.keys)
    }
}
