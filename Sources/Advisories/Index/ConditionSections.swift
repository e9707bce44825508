/// The sections that hold what statements ask for besides a name and a version.
struct ConditionSections {
    /// The places of conditions in the file, by text number.
    let places: [UInt32: UInt32]
    private let sorted: [UInt32]
    private let pool: StringPool

    /// Collects the conditions of all packages, ascending by their texts.
    init(pending: GatheredAdvisories) {
        let pool = pending.texts
        var isUsed = [Bool](repeating: false, count: pool.count)
        for package in pending.packages { isUsed[Int(package.condition)] = true }
        let distinct = isUsed.indices.lazy.filter { isUsed[$0] }.map { UInt32($0) }.filter { !pool.isEmpty($0) }
        sorted = distinct.sorted { pool.precedes($0, $1) }
        places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, UInt32($0.offset)) })
        self.pool = pool
    }

    /// The conditions as texts, in the order of their places.
    var texts: [[UInt8]] { sorted.map { pool.withBytes($0) { Array($0) } } }

    /// Writes them.
    func build(into sections: inout IndexSections, texts positions: inout IndexTexts) {
        var known: [String: UInt32] = [:]
        func text(_ string: String?) -> UInt32 {
            guard let string else { return IndexFormat.none }
            if let position = known[string] { return position }
            let position = positions.newText(string)
            known[string] = position
            return position
        }
        for number in sorted {
            guard let condition = ConditionText.decode(pool.string(number)) else { continue }
            sections[.conditions].append(text(condition.moduleStream))
            sections.append(list: condition.architectures.map { text($0) }, to: .conditions)
            sections[.conditions].append(text(condition.criteria))
            // Each operand is the count of its matches and their places.
            var operands: [UInt32] = []
            for matches in condition.platforms {
                operands.append(UInt32(matches.count))
                for match in matches {
                    operands.append(UInt32(sections.recordCount(.platforms)))
                    sections[.platforms].append(text(match.criteria))
                    let events = (match.range?.events ?? []).flatMap { event in
                        let (kind, version) = Self.parts(event)
                        return [UInt32(kind.rawValue), text(version)]
                    }
                    sections.append(list: events, to: .platforms)
                }
            }
            sections.append(list: operands, to: .conditions)
        }
    }

    private static func parts(_ event: AffectedRange.Event) -> (RangeCompiler.Event, String) {
        switch event {
        case .introduced(let version): (.introduced, version)
        case .introducedAfter(let version): (.introducedAfter, version)
        case .fixed(let version): (.fixed, version)
        case .lastAffected(let version): (.lastAffected, version)
        case .limit(let version): (.limit, version)
        }
    }
}
