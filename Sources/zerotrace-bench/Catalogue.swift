import Matching
import SeededRandom

/// The names of an index by ecosystem and release.
struct Catalogue {
    private let index: AdvisoryIndex
    /// Name numbers by scope, ascending.
    private var scopes: [String: [[Int]]] = [:]

    /// The ecosystems, ascending; products by CPE are one, commits are none.
    var ecosystems: [String] { scopes.keys.sorted() }

    /// Reads all names once.
    init(_ index: AdvisoryIndex) throws {
        self.index = index
        var last = ""
        for number in 0..<index.nameCount {
            let scope = try index.knownName(number).scope
            let ecosystem = String(scope.prefix { $0 != ":" })
            guard ecosystem != "GIT" else { continue }
            if scope != last { scopes[ecosystem, default: []].append([]) }
            last = scope
            let place = scopes[ecosystem, default: []].count - 1
            scopes[ecosystem]?[place].append(number)
        }
    }

    /// A seeded list of package versions, see the README.
    func draw(_ count: Int, of ecosystems: [String], seed: UInt64) -> PackageList {
        var generator = SplitMix(seed: seed)
        var list = PackageList()
        while list.count < count {
            guard let ecosystem = ecosystems.randomElement(using: &generator),
                let number = scopes[ecosystem]?.randomElement(using: &generator)?.randomElement(using: &generator),
                let known = try? index.knownName(number)
            else { break }
            let isUnknown = Bool.random(using: &generator)
            list.append(
                scope: known.scope, name: isUnknown ? "\(known.name)-\(list.count)" : known.name,
                version: version(of: known, using: &generator))
        }
        return list
    }

    private func version(of known: AdvisoryIndex.KnownName, using generator: inout SplitMix) -> String {
        let newest = known.versions.last ?? "1.0"
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return newest + ".1"
        case 1: return newest
        default: return known.versions.randomElement(using: &generator) ?? newest
        }
    }
}
