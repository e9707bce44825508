import Foundation
import Scoring
import Testing

@Suite struct ThreatFactsTests {
    @Test(
        arguments: [
            (0.5, 0.5), (0, 0), (1, 1), (-1, 0), (2, 1), (.nan, 0), (.infinity, 1), (-.infinity, 0),
        ] as [(Double, Double)])
    func `EPSS figures stay within 0 to 1`(_ given: Double, _ kept: Double) {
        let score = EPSSScore(probability: given, percentile: given)
        #expect(score.probability == kept)
        #expect(score.percentile == kept)
    }

    @Test func `decoding EPSS keeps the bounds`() throws {
        let decoded = try JSONDecoder().decode(
            EPSSScore.self, from: Data(#"{"probability": 7, "percentile": -2}"#.utf8))
        #expect(decoded == EPSSScore(probability: 1, percentile: 0))
    }

    @Test func `facts survive coding`() throws {
        let epss = EPSSScore(probability: 0.97565, percentile: 0.99998)
        let kev = KnownExploitation(dateAdded: "2021-12-10", dueDate: nil, ransomware: true)
        #expect(try JSONDecoder().decode(EPSSScore.self, from: JSONEncoder().encode(epss)) == epss)
        #expect(try JSONDecoder().decode(KnownExploitation.self, from: JSONEncoder().encode(kev)) == kev)
    }
}
