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
    /// The vulnerabilities that something names: at least one text number, without repetition, in no promised order.
    enum Answer {
        /// Nearly always.
        case one(UInt32)
        case several([UInt32])

        init(_ found: Set<UInt32>) {
            if found.count == 1, let first = found.first { self = .one(first) } else { self = .several(Array(found)) }
        }

        var all: [UInt32] {
            switch self {
            case .one(let number): [number]
            case .several(let numbers): numbers
            }
        }
    }

    private let isCVE: [Bool]
    /// By text number, "none" for most.
    private let derivedCVEs: [UInt32]
    private let prefersAsName: (UInt32, UInt32) -> Bool
    private let directCVEs: GroupedLists<UInt32>
    private let upstream: GroupedLists<UInt32>
    private let neighbours: GroupedLists<UInt32>
    /// The answers by text number, "none" where there is none yet, or in ``several``.
    private var single: [UInt32]
    private var several: [UInt32: [UInt32]] = [:]

    /// One advisory's part of the graph.
    struct Node {
        let id: UInt32
        let aliases: ArraySlice<UInt32>
        let upstream: ArraySlice<UInt32>
        let isWithdrawn: Bool
    }

    private struct Link {
        let from: UInt32
        let to: UInt32
    }

    /// Collects the links of all advisories.
    ///
    /// - Parameters:
    ///   - derivedCVEs: The CVE that an id carries in its own spelling, by id, whether or not a record has that id.
    ///   - isCVE: Whether a text is a CVE id, by text number.
    ///   - prefersAsName: Whether the first of two non-CVE ids is the better name for both.
    init(
        _ nodes: some Sequence<Node>, derivedCVEs: [UInt32: UInt32], isCVE: [Bool],
        prefersAsName: @escaping (UInt32, UInt32) -> Bool
    ) {
        var (direct, above, beside): ([Link], [Link], [Link]) = ([], [], [])
        for node in nodes where !node.isWithdrawn && !isCVE[Int(node.id)] {
            for alias in node.aliases where alias != node.id {
                if isCVE[Int(alias)] {
                    direct.append(Link(from: node.id, to: alias))
                } else {
                    beside.append(Link(from: node.id, to: alias))
                    beside.append(Link(from: alias, to: node.id))
                }
            }
            for id in node.upstream { above.append(Link(from: node.id, to: id)) }
        }
        func grouped(_ links: [Link]) -> GroupedLists<UInt32> {
            GroupedLists(links, owners: isCVE.count, owner: \.from, element: \.to)
        }
        (directCVEs, upstream, neighbours) = (grouped(direct), grouped(above), grouped(beside))
        var derived = [UInt32](repeating: IndexFormat.none, count: isCVE.count)
        for (id, cve) in derivedCVEs { derived[Int(id)] = cve }
        self.derivedCVEs = derived
        self.isCVE = isCVE
        self.prefersAsName = prefersAsName
        single = [UInt32](repeating: IndexFormat.none, count: isCVE.count)
    }

    /// The vulnerabilities an advisory speaks of.
    mutating func vulnerabilities(of node: Node) -> Answer {
        guard node.isWithdrawn, !isCVE[Int(node.id)] else { return resolve(node.id) }
        let own = node.aliases.filter { isCVE[Int($0)] } + cves(of: node.id)
        let named = Set(own).union(node.upstream.flatMap { resolve($0).all })
        if !named.isEmpty { return Answer(named) }
        let viaAliases = Set(node.aliases.flatMap { resolve($0).all })
        return viaAliases.isEmpty ? .one(node.id) : Answer(viaAliases)
    }

    /// The vulnerabilities that an id names.
    mutating func resolve(_ id: UInt32) -> Answer {
        if isCVE[Int(id)] { return .one(id) }
        if single[Int(id)] != IndexFormat.none { return .one(single[Int(id)]) }
        if let known = several[id] { return .several(known) }
        let answer = workedOut(id)
        switch answer {
        case .one(let number): single[Int(id)] = number
        case .several(let numbers): several[id] = numbers
        }
        return answer
    }

    private mutating func workedOut(_ id: UInt32) -> Answer {
        if upstream.range(of: id).isEmpty, let cve = onlyCVE(of: id) { return .one(cve) }
        let found = withUpstream(of: id)
        return found.isEmpty ? nearest(to: id) : Answer(found)
    }

    /// The one CVE that an id has by its own record or spelling; `nil` where there is none or are several.
    private func onlyCVE(of id: UInt32) -> UInt32? {
        let (direct, derived) = (directCVEs.range(of: id), derivedCVEs[Int(id)])
        if direct.isEmpty { return derived == IndexFormat.none ? nil : derived }
        let first = directCVEs.element(direct.lowerBound)
        guard derived == IndexFormat.none || derived == first else { return nil }
        return direct.allSatisfy { directCVEs.element($0) == first } ? first : nil
    }

    /// The vulnerabilities of an id and of everything upstream of it, each visited once: circles end, and no pattern of links makes the
    /// walk longer than the number of ids, of which at most 4,096 are looked at.
    private mutating func withUpstream(of id: UInt32) -> Set<UInt32> {
        var found = Set(cves(of: id))
        var seen: Set<UInt32> = [id]
        var open = Array(upstream[id])
        while let next = open.popLast(), seen.count < 4096 {
            guard seen.insert(next).inserted else { continue }
            if isCVE[Int(next)] {
                found.insert(next)
                continue
            }
            let (own, above) = (cves(of: next), upstream[next])
            if own.isEmpty && above.isEmpty { found.formUnion(nearest(to: next).all) } else { found.formUnion(own) }
            open += above
        }
        return found
    }

    /// The CVEs of an id by its own record or spelling.
    private func cves(of id: UInt32) -> [UInt32] {
        let derived = derivedCVEs[Int(id)]
        return directCVEs[id] + (derived == IndexFormat.none ? [] : [derived])
    }

    /// Walks the alias links outwards, one distance at a time.
    private mutating func nearest(to id: UInt32) -> Answer {
        if neighbours.range(of: id).isEmpty, cves(of: id).isEmpty { return .one(id) }
        var seen: Set<UInt32> = [id]
        var layer = [id]
        while !layer.isEmpty {
            let found = Set(layer.flatMap { cves(of: $0) })
            if !found.isEmpty { return Answer(found) }
            layer = layer.flatMap { neighbours[$0] }.filter { seen.insert($0).inserted }
        }
        // None of them has a CVE, so all of them have this answer, unless something upstream says more.
        let name = seen.min(by: prefersAsName) ?? id
        for other in seen where upstream.range(of: other).isEmpty { single[Int(other)] = name }
        return .one(name)
    }

    /// Every id that stands in some alias link or carries a CVE, and is not a CVE; ascending.
    var linkedIDs: [UInt32] {
        (0..<UInt32(isCVE.count)).filter { id in
            !neighbours.range(of: id).isEmpty || !directCVEs.range(of: id).isEmpty
                || derivedCVEs[Int(id)] != IndexFormat.none
        }
    }
}
