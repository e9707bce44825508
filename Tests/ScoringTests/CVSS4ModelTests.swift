import Testing

@testable import Scoring

@Suite struct CVSS4ModelTests {
    /// Interpolation is only sound when a lower macrovector never scores more.
    @Test func `the lookup table never rises on the way down`() {
        for set in macroVectors {
            for next in below(set) {
                #expect(next.tenths <= set.tenths, "\(set) above \(next)")
            }
        }
        #expect(macroVectors.count == 270)
    }

    /// No vector lies above the most severe ones of its set nor further below than the set is deep.
    @Test func `distances stay within the depth of their set`() throws {
        var random = SplitMix(seed: 4)
        for _ in 0..<5000 {
            let text = VectorGenerator.vector(.v4_0, optional: 0.8, using: &random).dropFirst("CVSS:4.0/".count)
            let levels = CVSS4Levels(try CVSSMetricValues(parsing: text))
            for step in CVSS4MacroVector(levels).interpolations(levels) {
                #expect((0..<step.depth).contains(step.distance), "\(text)")
            }
        }
    }

    /// Making one metric of a vector less severe never raises the score.
    @Test func `scores fall with every metric`() throws {
        for text in VectorGenerator.baseVectors(.v4_0).enumerated().filter({ $0.offset.isMultiple(of: 97) }).map(
            \.element)
        {
            let score = try CVSSVector(text).score
            for metric in CVSS4Metric.allCases where metric.group == .base {
                guard let milder = milder(text, metric) else { continue }
                #expect(try CVSSVector(milder).score <= score, "\(text) against \(milder)")
            }
        }
    }

    private func milder(_ text: String, _ metric: CVSS4Metric) -> String? {
        var elements = text.split(separator: "/").map(String.init)
        guard let place = elements.firstIndex(where: { $0.hasPrefix(metric.rawValue + ":") }),
            let level = metric.values.firstIndex(where: { elements[place] == "\(metric.rawValue):\($0)" }),
            level + 1 < metric.values.count
        else { return nil }
        elements[place] = "\(metric.rawValue):\(metric.values[level + 1])"
        return elements.joined(separator: "/")
    }

    private var macroVectors: [CVSS4MacroVector] {
        (0..<3).flatMap { eq1 in
            (0..<2).flatMap { eq2 in
                (0..<5).flatMap { joint in
                    (0..<3).flatMap { eq4 in
                        (0..<3).map { CVSS4MacroVector(eq1: eq1, eq2: eq2, eq3and6: joint, eq4: eq4, eq5: $0) }
                    }
                }
            }
        }
    }

    private func below(_ set: CVSS4MacroVector) -> [CVSS4MacroVector] {
        let ladders: [(WritableKeyPath<CVSS4MacroVector, Int>, [[Int]])] = [
            (\.eq1, [[1], [2], []]), (\.eq2, [[1], []]), (\.eq3and6, [[1, 2], [3], [3], [4], []]),
            (\.eq4, [[1], [2], []]), (\.eq5, [[1], [2], []]),
        ]
        return ladders.flatMap { level, lower in
            lower[set[keyPath: level]].map { value in
                var next = set
                next[keyPath: level] = value
                return next
            }
        }
    }
}
