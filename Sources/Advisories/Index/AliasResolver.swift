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
        /// The CVE in the id's own spelling.
        let derivedCVE: UInt32?
        let isWithdrawn: Bool
    }

    /// Collects the links of all advisories.
    ///
    /// - Parameters:
    ///   - isCVE: Whether a text is a CVE id.
    ///   - prefersAsName: Whether the first of two non-CVE ids is the better name for both.
    init(
        _ nodes: some Sequence<Node>, isCVE: @escaping (UInt32) -> Bool,
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
            if let cve = node.derivedCVE { directCVEs[node.id, default: []].append(cve) }
            if !node.upstream.isEmpty { upstream[node.id, default: []] += node.upstream }
        }
        self.directCVEs = directCVEs
        self.upstream = upstream
        self.neighbours = neighbours
        self.isCVE = isCVE
        self.prefersAsName = prefersAsName
    }

    /// The vulnerabilities an advisory speaks of: at least one text number, without repetition, in no promised order.
    mutating func vulnerabilities(of node: Node) -> [UInt32] {
        guard node.isWithdrawn else { return resolve(node.id) }
        let cves = node.aliases.filter(isCVE) + (node.derivedCVE.map { [$0] } ?? [])
        if isCVE(node.id) { return [node.id] }
        let named = Set(cves).union(node.upstream.flatMap { resolve($0) })
        if !named.isEmpty { return Array(named) }
        let viaAliases = Set(node.aliases.flatMap { resolve($0) })
        return viaAliases.isEmpty ? [node.id] : Array(viaAliases)
    }

    /// The vulnerabilities that an id names.
    mutating func resolve(_ id: UInt32) -> [UInt32] {
        var path: Set<UInt32> = []
        return resolve(id, path: &path)
    }

    private mutating func resolve(_ id: UInt32, path: inout Set<UInt32>) -> [UInt32] {
        if isCVE(id) { return [id] }
        if let known = resolved[id] { return known }
        // Records that are each other's upstream: what stands outside the circle decides. Depth is bounded too.
        guard path.count < 64, path.insert(id).inserted else { return [] }
        defer { path.remove(id) }
        var found = Set(directCVEs[id] ?? [])
        for parent in upstream[id] ?? [] { found.formUnion(resolve(parent, path: &path)) }
        let answer = found.isEmpty ? nearest(to: id) : Array(found)
        // An answer found inside a circle may lack what the circle's head adds; only whole answers are kept.
        if path.count == 1 { resolved[id] = answer }
        return answer
    }

    /// Walks the alias links outwards, one distance at a time.
    private func nearest(to id: UInt32) -> [UInt32] {
        var seen: Set<UInt32> = [id]
        var layer = [id]
        while !layer.isEmpty {
            let cves = Set(layer.flatMap { directCVEs[$0] ?? [] })
            if !cves.isEmpty { return Array(cves) }
            layer = layer.flatMap { neighbours[$0] ?? [] }.filter { seen.insert($0).inserted }
        }
        return seen.min(by: prefersAsName).map { [$0] } ?? [id]
    }

    /// Every id that stands in some alias link and is not a CVE.
    var linkedIDs: some Sequence<UInt32> {
        Set(neighbours.keys).union(directCVEs.keys)
    }
}
