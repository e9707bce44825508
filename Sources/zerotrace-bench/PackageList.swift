import Matching
import PackageIdentity

/// Package versions as a bulk caller has them: bytes, one behind the other, and where each part is.
struct PackageList {
    private struct Place {
        let scope: Range<Int>
        let name: Range<Int>
        let version: Range<Int>
        /// Place of what else is known.
        let context: Int
    }

    private var bytes: [UInt8] = []
    private var places: [Place] = []
    /// What is known besides; the first says that nothing is.
    private var contexts = [MatchContext()]

    var count: Int { places.count }

    /// A package version in words.
    subscript(number: Int) -> AdvisoryCoordinates {
        let place = places[number]
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return AdvisoryCoordinates(scope: text(place.scope), name: text(place.name), version: text(place.version))
    }

    /// Adds a package version, one of a product with the CPE name that an inventory would state.
    mutating func append(scope: String, name: String, version: String) {
        var context = 0
        if let cpe = Self.product(scope: scope, name: name, version: version) {
            context = contexts.count
            contexts.append(MatchContext(cpe: cpe))
        }
        let starts = [scope, name, version].map { text in
            bytes.append(contentsOf: text.utf8)
            return bytes.count - text.utf8.count..<bytes.count
        }
        places.append(Place(scope: starts[0], name: starts[1], version: starts[2], context: context))
    }

    /// Asks about all of them, one after the other.
    ///
    /// - Returns: Of how many the index knows the name.
    func ask(_ index: AdvisoryIndex, into verdicts: inout CompactVerdicts) throws -> Int {
        var known = 0
        for number in 0..<count where try ask(number, index, into: &verdicts) { known += 1 }
        return known
    }

    /// Asks about one.
    @discardableResult
    func ask(_ number: Int, _ index: AdvisoryIndex, into verdicts: inout CompactVerdicts) throws -> Bool {
        let place = places[number]
        let bytes = bytes.span
        return try index.match(
            scope: bytes.extracting(place.scope), name: bytes.extracting(place.name),
            version: bytes.extracting(place.version), context: contexts[place.context], into: &verdicts)
    }

    private static func product(scope: String, name: String, version: String) -> CPEName? {
        guard scope.hasPrefix("cpe:"), let part = CPEName.Part(rawValue: String(scope.dropFirst(4))) else { return nil }
        var halves = [""]
        var isEscaped = false
        for character in name {
            if character == "\\" && !isEscaped {
                isEscaped = true
            } else if character == ":" && !isEscaped {
                halves.append("")
            } else {
                halves[halves.count - 1].append(character)
                isEscaped = false
            }
        }
        return halves.count == 2 ? CPEName(part, vendor: halves[0], product: halves[1], version: version) : nil
    }
}
